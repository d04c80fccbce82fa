# bench: class=PhysicsInformedNN input=randn:128,1+randn:128,1 loss=mse
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
        return self.layers(x)


class PhysicsInformedNN(torch.nn.Module):
    def __init__(self, layers=[2, 20, 20, 20, 20, 20, 20, 20, 20, 1], nu=0.01):
        super().__init__()
        self.dnn = DNN(layers)
        self.nu = nu
        self.lambda_1 = torch.nn.Parameter(torch.tensor([0.0]))

    def net_u(self, x, t):
        return self.dnn(torch.cat([x, t], dim=1))

    def forward(self, x, t):
        return self.net_u(x, t)
