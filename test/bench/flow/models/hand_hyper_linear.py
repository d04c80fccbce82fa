# bench: class=HyperMLP input=randn:32,10+randn:32,4 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class HyperMLP(nn.Module):
    """Weights of the target network come from a task vector, one set a sample."""

    def __init__(self, x_dim=10, task_dim=4, hidden=16, hyper=64):
        super().__init__()
        self.x_dim, self.hidden = x_dim, hidden
        n1 = x_dim * hidden + hidden
        n2 = hidden + 1
        self.sizes = [n1, n2]
        self.trunk = nn.Sequential(nn.Linear(task_dim, hyper), nn.ReLU(), nn.Linear(hyper, hyper), nn.ReLU())
        self.heads = nn.ModuleList([nn.Linear(hyper, n) for n in self.sizes])
        for head, fan in zip(self.heads, (x_dim, hidden)):
            nn.init.normal_(head.weight, std=(1.0 / (fan * hyper)) ** 0.5)
            nn.init.zeros_(head.bias)

    def forward(self, x, task):
        e = self.trunk(task)
        w1b1, w2b2 = [head(e) for head in self.heads]
        w1 = w1b1[:, :self.x_dim * self.hidden].view(-1, self.x_dim, self.hidden)
        b1 = w1b1[:, self.x_dim * self.hidden:]
        h = torch.tanh(torch.bmm(x.unsqueeze(1), w1).squeeze(1) + b1)
        w2, b2 = w2b2[:, :-1], w2b2[:, -1:]
        return (h * w2).sum(dim=1, keepdim=True) + b2
