# bench: class=PINN input=randn:128,1+randn:128,1 loss=mse
from collections import OrderedDict
import torch


class DNN(torch.nn.Module):
    def __init__(self, layers):
        super(DNN, self).__init__()
        self.depth = len(layers) - 1
        self.activation = torch.nn.Tanh
        layer_list = list()
        for i in range(self.depth - 1):
            layer_list.append(('layer_%d' % i, torch.nn.Linear(layers[i], layers[i + 1])))
            layer_list.append(('activation_%d' % i, self.activation()))
        layer_list.append(('layer_%d' % (self.depth - 1), torch.nn.Linear(layers[-2], layers[-1])))
        layerDict = OrderedDict(layer_list)
        self.layers = torch.nn.Sequential(layerDict)

    def forward(self, x):
        out = self.layers(x)
        return out


class PINN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dnn = DNN([2, 20, 20, 20, 20, 20, 20, 20, 20, 1])
        self.dnn.apply(self.xavier)

    @staticmethod
    def xavier(m):
        if type(m) == torch.nn.Linear:
            torch.nn.init.xavier_normal_(m.weight.data)
            torch.nn.init.zeros_(m.bias)

    def forward(self, x, t):
        u = self.dnn(torch.cat([x, t], dim=1))
        return u
