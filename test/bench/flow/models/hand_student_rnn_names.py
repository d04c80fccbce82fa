# bench: class=RNN input=tokens:32,9:58 loss=ce
import torch
import torch.nn as nn

n_letters = 58
n_categories = 18
n_hidden = 128


class RNN(nn.Module):
    def __init__(self, input_size=n_letters, hidden_size=n_hidden, output_size=n_categories):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.one_hot = nn.functional.one_hot

    def forward(self, names):
        hidden = self.initHidden(names.size(0))
        letters = self.one_hot(names, n_letters).float()
        for i in range(names.size(1)):
            combined = torch.cat((letters[:, i], hidden), 1)
            hidden = torch.tanh(self.i2h(combined))
        return self.h2o(hidden)

    def initHidden(self, n):
        return torch.zeros(n, self.hidden_size)
