# bench: class=FeedForwardNet input=randn:100,20 loss=mse
import torch


class FeedForwardNet(torch.nn.Module):
    def __init__(self, layer_sizes=None, act="logistic"):
        torch.nn.Module.__init__(self)
        if layer_sizes is None:
            layer_sizes = [20] + 6 * [30] + [1]
        self.linears = torch.nn.ModuleList()
        for n_in, n_out in zip(layer_sizes[:-1], layer_sizes[1:]):
            lin = torch.nn.Linear(n_in, n_out)
            bound = 4.0 * (6.0 / (n_in + n_out)) ** 0.5
            torch.nn.init.uniform_(lin.weight, a=-bound, b=bound)
            lin.bias.data.fill_(0.0)
            self.linears.append(lin)
        self.act = {"logistic": torch.sigmoid, "tanh": torch.tanh}[act]

    def forward(self, inp):
        out = inp
        for i, lin in enumerate(self.linears):
            out = lin(out)
            if i + 1 != len(self.linears):
                out = self.act(out)
        return out
