# bench: class=PINN input=randn:128,1+randn:128,1 loss=mse
import torch
import torch.nn as nn
import numpy as np

torch.set_default_dtype(torch.float32)
layers = np.array([2, 50, 50, 50, 50, 50, 1])


class PINN(nn.Module):
    def __init__(self, layers=layers):
        super().__init__()
        self.activation = nn.Tanh()
        self.iter = 0
        self.linears = nn.ModuleList([nn.Linear(layers[i], layers[i + 1]) for i in range(len(layers) - 1)])
        for i in range(len(layers) - 1):
            nn.init.xavier_normal_(self.linears[i].weight.data, gain=1.0)
            nn.init.zeros_(self.linears[i].bias.data)

    def forward(self, x, t):
        a = torch.hstack((x, t)).float()
        for i in range(len(layers) - 2):
            z = self.linears[i](a)
            a = self.activation(z)
        a = self.linears[-1](a)
        return a

    def loss_pde(self, x, t):
        x.requires_grad_(True)
        t.requires_grad_(True)
        u = self.forward(x, t)
        u_x = torch.autograd.grad(u.sum(), x, create_graph=True)[0]
        u_xx = torch.autograd.grad(u_x.sum(), x, create_graph=True)[0]
        u_t = torch.autograd.grad(u.sum(), t, create_graph=True)[0]
        return ((u_t - 0.1 * u_xx) ** 2).mean()
