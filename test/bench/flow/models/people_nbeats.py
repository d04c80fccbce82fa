# bench: class=NBeatsNet input=randn:32,60 loss=mse
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def linear_space(length):
    return np.arange(0, length) / length


class Block(nn.Module):
    def __init__(self, units, thetas_dim, backcast_length, forecast_length, share_thetas=False):
        super(Block, self).__init__()
        self.units = units
        self.fc1 = nn.Linear(backcast_length, units)
        self.fc2 = nn.Linear(units, units)
        self.fc3 = nn.Linear(units, units)
        self.fc4 = nn.Linear(units, units)
        if share_thetas:
            self.theta_f_fc = self.theta_b_fc = nn.Linear(units, thetas_dim, bias=False)
        else:
            self.theta_b_fc = nn.Linear(units, thetas_dim, bias=False)
            self.theta_f_fc = nn.Linear(units, thetas_dim, bias=False)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = F.relu(self.fc3(x))
        x = F.relu(self.fc4(x))
        return x


class GenericBlock(Block):
    def __init__(self, units, thetas_dim, backcast_length, forecast_length):
        super(GenericBlock, self).__init__(units, thetas_dim, backcast_length, forecast_length)
        self.backcast_fc = nn.Linear(thetas_dim, backcast_length)
        self.forecast_fc = nn.Linear(thetas_dim, forecast_length)

    def forward(self, x):
        x = super(GenericBlock, self).forward(x)
        theta_b = self.theta_b_fc(x)
        theta_f = self.theta_f_fc(x)
        backcast = self.backcast_fc(theta_b)
        forecast = self.forecast_fc(theta_f)
        return backcast, forecast


class NBeatsNet(nn.Module):
    GENERIC_BLOCK = 'generic'

    def __init__(self, stack_types=(GENERIC_BLOCK, GENERIC_BLOCK), nb_blocks_per_stack=3, forecast_length=12,
                 backcast_length=60, thetas_dim=(8, 8), hidden_layer_units=64):
        super(NBeatsNet, self).__init__()
        self.forecast_length = forecast_length
        self.backcast_length = backcast_length
        self.hidden_layer_units = hidden_layer_units
        self.nb_blocks_per_stack = nb_blocks_per_stack
        self.thetas_dim = thetas_dim
        self.stack_types = stack_types
        self.stacks = []
        self.parameters_list = []
        for stack_id in range(len(self.stack_types)):
            self.stacks.append(self.create_stack(stack_id))
        self.parameters_list = nn.ParameterList(self.parameters_list)

    def create_stack(self, stack_id):
        blocks = []
        for block_id in range(self.nb_blocks_per_stack):
            block_init = NBeatsNet.select_block(self.stack_types[stack_id])
            block = block_init(self.hidden_layer_units, self.thetas_dim[stack_id], self.backcast_length,
                               self.forecast_length)
            self.parameters_list.extend(block.parameters())
            blocks.append(block)
        return blocks

    @staticmethod
    def select_block(block_type):
        if block_type == NBeatsNet.GENERIC_BLOCK:
            return GenericBlock
        raise ValueError(block_type)

    def forward(self, backcast):
        forecast = torch.zeros(size=(backcast.size()[0], self.forecast_length))
        for stack_id in range(len(self.stacks)):
            for block_id in range(len(self.stacks[stack_id])):
                b, f = self.stacks[stack_id][block_id](backcast)
                backcast = backcast - b
                forecast = forecast + f
        return forecast, backcast
