# bench: class=LitNet input=randn:64,1,28,28 loss=ce
import torch
import torch.nn.functional as F
from torch import nn

try:
    import pytorch_lightning as pl
    Base = pl.LightningModule
except ImportError:
    Base = nn.Module


class LitNet(Base):
    def __init__(self, hidden=128, depth=6):
        super().__init__()
        self.stem = nn.Linear(28 * 28, hidden)
        self.hidden = nn.ModuleList([nn.Linear(hidden, hidden) for _ in range(depth)])
        self.norms = nn.ModuleList([nn.LayerNorm(hidden) for _ in range(depth)])
        self.head = nn.Linear(hidden, 10)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        x = F.elu(self.stem(x))
        for lin, norm in zip(self.hidden, self.norms):
            x = norm(F.elu(lin(x)))
        return self.head(x)

    def training_step(self, batch, _):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("loss", loss)
        return loss
