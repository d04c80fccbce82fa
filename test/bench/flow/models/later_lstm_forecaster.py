# bench: class=LSTMForecaster make=build input=randn:16,48,3 loss=mse
import torch
import torch.nn as nn


class LSTMForecaster(nn.Module):
    def __init__(self, n_features, n_hidden, n_outputs, sequence_len, n_lstm_layers=2, n_deep_layers=3, dropout=0.2):
        super().__init__()
        self.n_lstm_layers = n_lstm_layers
        self.nhid = n_hidden
        self.lstm = nn.LSTM(n_features, n_hidden, num_layers=n_lstm_layers, batch_first=True)
        self.fc1 = nn.Linear(n_hidden * sequence_len, n_hidden)
        self.dropout = nn.Dropout(p=dropout)
        dnn_layers = []
        for i in range(n_deep_layers):
            if i == n_deep_layers - 1:
                dnn_layers.append(nn.ReLU())
                dnn_layers.append(nn.Linear(self.nhid, n_outputs))
            else:
                dnn_layers.append(nn.ReLU())
                dnn_layers.append(nn.Linear(self.nhid, self.nhid))
                if dropout:
                    dnn_layers.append(nn.Dropout(p=dropout))
        self.dnn = nn.Sequential(*dnn_layers)

    def forward(self, x):
        hidden_state = torch.zeros(self.n_lstm_layers, x.shape[0], self.nhid)
        cell_state = torch.zeros(self.n_lstm_layers, x.shape[0], self.nhid)
        self.hidden = (hidden_state, cell_state)
        x, h = self.lstm(x, self.hidden)
        x = self.dropout(x.contiguous().view(x.shape[0], -1))
        x = self.fc1(x)
        return self.dnn(x)


def build():
    nhid, n_dnn_layers, nout, sequence_len, ninp = 32, 3, 1, 48, 3
    return LSTMForecaster(ninp, nhid, nout, sequence_len, n_deep_layers=n_dnn_layers)
