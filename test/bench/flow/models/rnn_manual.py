# bench: class=ElmanNet input=randn:32,25,10 loss=ce
import torch
import torch.nn as nn


class ElmanNet(nn.Module):
    def __init__(self, input_size=10, hidden_size=50, output_size=5):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size, hidden_size)
        self.h2h = nn.Linear(hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    def init_hidden(self, batch_size):
        return torch.zeros(batch_size, self.hidden_size)

    def forward(self, x):
        h = self.init_hidden(x.size(0))
        for t in range(x.size(1)):
            h = torch.tanh(self.i2h(x[:, t, :]) + self.h2h(h))
        return self.h2o(h)
