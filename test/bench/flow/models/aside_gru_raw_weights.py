# bench: class=GRUModel input=randn:32,24,8 loss=mse
import math
import torch
from torch.nn import Module, Parameter, Linear


class GRUCell(Module):
    def __init__(self, n_in, n_hid):
        super().__init__()
        self.W_r = Parameter(torch.Tensor(n_in, n_hid))
        self.U_r = Parameter(torch.Tensor(n_hid, n_hid))
        self.b_r = Parameter(torch.Tensor(n_hid))
        self.W_z = Parameter(torch.Tensor(n_in, n_hid))
        self.U_z = Parameter(torch.Tensor(n_hid, n_hid))
        self.b_z = Parameter(torch.Tensor(n_hid))
        self.W_h = Parameter(torch.Tensor(n_in, n_hid))
        self.U_h = Parameter(torch.Tensor(n_hid, n_hid))
        self.b_h = Parameter(torch.Tensor(n_hid))
        self.n_hid = n_hid
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1.0 / math.sqrt(self.n_hid)
        for weight in self.parameters():
            weight.data.uniform_(-stdv, stdv)

    def forward(self, x, h):
        r = torch.sigmoid(x @ self.W_r + h @ self.U_r + self.b_r)
        z = torch.sigmoid(x @ self.W_z + h @ self.U_z + self.b_z)
        n = torch.tanh(x @ self.W_h + (r * h) @ self.U_h + self.b_h)
        return (1.0 - z) * n + z * h


class GRUModel(Module):
    def __init__(self, n_in=8, n_hid=48, n_out=1):
        super().__init__()
        self.cell = GRUCell(n_in, n_hid)
        self.readout = Linear(n_hid, n_out)

    def forward(self, x):
        h = torch.zeros(x.shape[0], self.cell.n_hid).to(x.device)
        for step in x.unbind(1):
            h = self.cell(step, h)
        return self.readout(h)
