# bench: class=GRUForecaster input=randn:32,24,7 loss=mse
import torch
import torch.nn as nn


class GRUForecaster(nn.Module):
    def __init__(self, n_features: int = 7, hidden: int = 40, n_layers: int = 3, horizon: int = 4, p: float = 0.1):
        super().__init__()
        self.n_layers, self.hidden = n_layers, hidden
        self.gru = nn.GRU(input_size=n_features, hidden_size=hidden, num_layers=n_layers, batch_first=True, dropout=p)
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Sequential(nn.Linear(hidden, hidden // 2), nn.ReLU(), nn.Linear(hidden // 2, horizon))

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = torch.zeros(self.n_layers, x.size(0), self.hidden, device=x.device)
        out, hn = self.gru(x, h0.detach())
        last = hn[-1]
        return self.head(self.norm(last))
