from torch import nn

WIDTH = 24
ACTIVATIONS = {"default": nn.SiLU, "relu": nn.ReLU}
