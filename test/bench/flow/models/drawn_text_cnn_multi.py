# bench: class=KimCNN input=tokens:32,24:200 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class KimCNN(nn.Module):
    def __init__(self, **kwargs):
        super(KimCNN, self).__init__()
        self.vocab = kwargs.get("vocab", 200)
        self.word_dim = kwargs.get("word_dim", 32)
        self.filters = kwargs.get("filters", [3, 4, 5])
        self.filter_num = kwargs.get("filter_num", [20, 20, 20])
        self.classes = kwargs.get("classes", 4)
        assert len(self.filters) == len(self.filter_num)
        self.embedding = nn.Embedding(self.vocab + 2, self.word_dim, padding_idx=self.vocab + 1)
        for i in range(len(self.filters)):
            conv = nn.Conv1d(1, self.filter_num[i], self.word_dim * self.filters[i], stride=self.word_dim)
            setattr(self, f'conv_{i}', conv)
        self.fc = nn.Linear(sum(self.filter_num), self.classes)

    def get_conv(self, i):
        return getattr(self, f'conv_{i}')

    def forward(self, inp):
        n, length = inp.size()
        x = self.embedding(inp).view(-1, 1, self.word_dim * length)
        conv_results = [
            F.max_pool1d(F.relu(self.get_conv(i)(x)), length - self.filters[i] + 1).view(-1, self.filter_num[i])
            for i in range(len(self.filters))]
        x = torch.cat(conv_results, 1)
        x = F.dropout(x, p=0.5, training=self.training)
        return self.fc(x)
