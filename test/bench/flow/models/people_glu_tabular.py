# bench: class=TabNetEncoder input=randn:64,16 loss=ce
import numpy as np
import torch
from torch.nn import BatchNorm1d, Linear, Module, ModuleList, ReLU


def initialize_glu(module, input_dim, output_dim):
    gain_value = np.sqrt((input_dim + output_dim) / np.sqrt(input_dim))
    torch.nn.init.xavier_normal_(module.weight, gain=gain_value)
    return


class GLU_Layer(Module):
    def __init__(self, input_dim, output_dim, fc=None):
        super(GLU_Layer, self).__init__()
        self.output_dim = output_dim
        if fc:
            self.fc = fc
        else:
            self.fc = Linear(input_dim, 2 * output_dim, bias=False)
        initialize_glu(self.fc, input_dim, 2 * output_dim)
        self.bn = BatchNorm1d(2 * output_dim)

    def forward(self, x):
        x = self.fc(x)
        x = self.bn(x)
        out = torch.mul(x[:, :self.output_dim], torch.sigmoid(x[:, self.output_dim:]))
        return out


class GLU_Block(Module):
    def __init__(self, input_dim, output_dim, n_glu=2, first=False, shared_layers=None):
        super(GLU_Block, self).__init__()
        self.first = first
        self.shared_layers = shared_layers
        self.n_glu = n_glu
        self.glu_layers = ModuleList()
        for glu_id in range(n_glu):
            fc = shared_layers[glu_id] if shared_layers else None
            self.glu_layers.append(GLU_Layer(input_dim if glu_id == 0 else output_dim, output_dim, fc=fc))

    def forward(self, x):
        scale = torch.sqrt(torch.FloatTensor([0.5]).to(x.device))
        if self.first:
            x = self.glu_layers[0](x)
            layers_left = range(1, self.n_glu)
        else:
            layers_left = range(self.n_glu)
        for glu_id in layers_left:
            x = torch.add(x, self.glu_layers[glu_id](x))
            x = x * scale
        return x


class TabNetEncoder(Module):
    def __init__(self, input_dim=16, n_d=24, steps=3, output_dim=4):
        super(TabNetEncoder, self).__init__()
        self.initial_bn = BatchNorm1d(input_dim, momentum=0.01)
        self.first = GLU_Block(input_dim, n_d, first=True)
        self.steps = ModuleList([GLU_Block(n_d, n_d) for _ in range(steps)])
        self.relu = ReLU()
        self.final_mapping = Linear(n_d, output_dim, bias=False)
        torch.nn.init.xavier_normal_(self.final_mapping.weight)

    def forward(self, x):
        x = self.initial_bn(x)
        h = self.first(x)
        res = 0
        for step in self.steps:
            h = step(h)
            res = torch.add(res, self.relu(h))
        return self.final_mapping(res)
