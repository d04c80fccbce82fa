# bench: class=DeepONet input=randn:32,100+randn:32,2 loss=mse
import torch
import torch.nn as nn


class FNN(nn.Module):
    def __init__(self, layer_sizes, activation="tanh", kernel_initializer="glorot normal"):
        super().__init__()
        self.activation = {"tanh": torch.tanh, "relu": torch.relu, "sin": torch.sin}[activation]
        self.linears = torch.nn.ModuleList()
        for i in range(1, len(layer_sizes)):
            self.linears.append(torch.nn.Linear(layer_sizes[i - 1], layer_sizes[i]))
            if kernel_initializer == "glorot normal":
                torch.nn.init.xavier_normal_(self.linears[-1].weight)
            torch.nn.init.zeros_(self.linears[-1].bias)

    def forward(self, inputs):
        x = inputs
        for linear in self.linears[:-1]:
            x = self.activation(linear(x))
        x = self.linears[-1](x)
        return x


class DeepONet(nn.Module):
    def __init__(self, branch_sizes=(100, 40, 40, 40), trunk_sizes=(2, 40, 40, 40, 40)):
        super().__init__()
        self.branch = FNN(list(branch_sizes), "tanh")
        self.trunk = FNN(list(trunk_sizes), "tanh")
        self.b = torch.nn.parameter.Parameter(torch.tensor(0.0))

    def forward(self, u, y):
        x_func = self.branch(u)
        x_loc = torch.tanh(self.trunk(y))
        x = torch.einsum("bi,bi->b", x_func, x_loc)
        x = torch.unsqueeze(x, 1)
        x += self.b
        return x
