# bench: class=MutanLite input=randn:32,40+tokens:32,9:60 loss=ce
import torch
import torch.nn as nn


class MutanLite(nn.Module):
    def __init__(self, v=40, q=32, mm=24, R=3, ans=15):
        super().__init__()
        self.embed = nn.Embedding(60, 20)
        self.lstm = nn.LSTM(20, q, batch_first=True)
        self.R, self.mm = R, mm
        self.lin_v = nn.Linear(v, mm)
        self.lin_q = nn.Linear(q, mm)
        self.list_v = nn.ModuleList([nn.Linear(mm, mm) for _ in range(R)])
        self.list_q = nn.ModuleList([nn.Linear(mm, mm) for _ in range(R)])
        self.classif = nn.Linear(mm, ans)

    def forward(self, visual, question):
        _, (h, _) = self.lstm(self.embed(question))
        x_v = torch.tanh(self.lin_v(visual))
        x_q = torch.tanh(self.lin_q(h.squeeze(0)))
        parts = []
        for i in range(self.R):
            parts.append(torch.mul(torch.tanh(self.list_q[i](x_q)), torch.tanh(self.list_v[i](x_v))))
        x = torch.stack(parts, dim=1).sum(1).view(-1, self.mm)
        return self.classif(torch.tanh(x))
