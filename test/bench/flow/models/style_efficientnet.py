# bench: class=EfficientNet make=make input=randn:8,3,32,32 loss=ce
import collections
import math
import re
import torch
from torch import nn
from torch.nn import functional as F

GlobalParams = collections.namedtuple('GlobalParams', ['width_coefficient', 'depth_coefficient', 'num_classes', 'dropout_rate', 'depth_divisor', 'batch_norm_epsilon'])
BlockArgs = collections.namedtuple('BlockArgs', ['num_repeat', 'kernel_size', 'stride', 'expand_ratio', 'input_filters', 'output_filters', 'se_ratio'])


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


def round_filters(filters, global_params):
    multiplier = global_params.width_coefficient
    if not multiplier:
        return filters
    divisor = global_params.depth_divisor
    filters *= multiplier
    new_filters = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    if new_filters < 0.9 * filters:
        new_filters += divisor
    return int(new_filters)


def round_repeats(repeats, global_params):
    multiplier = global_params.depth_coefficient
    if not multiplier:
        return repeats
    return int(math.ceil(multiplier * repeats))


class MBConvBlock(nn.Module):
    def __init__(self, block_args, global_params):
        super().__init__()
        self._block_args = block_args
        self.has_se = (block_args.se_ratio is not None) and (0 < block_args.se_ratio <= 1)
        inp = block_args.input_filters
        oup = block_args.input_filters * block_args.expand_ratio
        eps = global_params.batch_norm_epsilon
        if block_args.expand_ratio != 1:
            self._expand_conv = nn.Conv2d(inp, oup, kernel_size=1, bias=False)
            self._bn0 = nn.BatchNorm2d(num_features=oup, eps=eps)
        k = block_args.kernel_size
        s = block_args.stride
        self._depthwise_conv = nn.Conv2d(in_channels=oup, out_channels=oup, groups=oup, kernel_size=k, stride=s, padding=k // 2, bias=False)
        self._bn1 = nn.BatchNorm2d(num_features=oup, eps=eps)
        if self.has_se:
            squeezed = max(1, int(inp * block_args.se_ratio))
            self._se_reduce = nn.Conv2d(oup, squeezed, kernel_size=1)
            self._se_expand = nn.Conv2d(squeezed, oup, kernel_size=1)
        self._project_conv = nn.Conv2d(oup, block_args.output_filters, kernel_size=1, bias=False)
        self._bn2 = nn.BatchNorm2d(block_args.output_filters, eps=eps)
        self._swish = Swish()

    def forward(self, inputs):
        x = inputs
        if self._block_args.expand_ratio != 1:
            x = self._expand_conv(inputs)
            x = self._bn0(x)
            x = self._swish(x)
        x = self._depthwise_conv(x)
        x = self._bn1(x)
        x = self._swish(x)
        if self.has_se:
            x_squeezed = F.adaptive_avg_pool2d(x, 1)
            x_squeezed = self._se_reduce(x_squeezed)
            x_squeezed = self._swish(x_squeezed)
            x_squeezed = self._se_expand(x_squeezed)
            x = torch.sigmoid(x_squeezed) * x
        x = self._project_conv(x)
        x = self._bn2(x)
        if self._block_args.stride == 1 and self._block_args.input_filters == self._block_args.output_filters:
            x = x + inputs
        return x


class EfficientNet(nn.Module):
    def __init__(self, blocks_args=None, global_params=None):
        super().__init__()
        assert isinstance(blocks_args, list), 'blocks_args should be a list'
        self._global_params = global_params
        out_channels = round_filters(32, global_params)
        self._conv_stem = nn.Conv2d(3, out_channels, kernel_size=3, stride=1, padding=1, bias=False)
        self._bn0 = nn.BatchNorm2d(out_channels, eps=global_params.batch_norm_epsilon)
        self._blocks = nn.ModuleList([])
        for block_args in blocks_args:
            block_args = block_args._replace(
                input_filters=round_filters(block_args.input_filters, global_params),
                output_filters=round_filters(block_args.output_filters, global_params),
                num_repeat=round_repeats(block_args.num_repeat, global_params))
            self._blocks.append(MBConvBlock(block_args, global_params))
            if block_args.num_repeat > 1:
                block_args = block_args._replace(input_filters=block_args.output_filters, stride=1)
            for _ in range(block_args.num_repeat - 1):
                self._blocks.append(MBConvBlock(block_args, global_params))
        in_channels = block_args.output_filters
        out_channels = round_filters(128, global_params)
        self._conv_head = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False)
        self._bn1 = nn.BatchNorm2d(out_channels, eps=global_params.batch_norm_epsilon)
        self._avg_pooling = nn.AdaptiveAvgPool2d(1)
        self._dropout = nn.Dropout(global_params.dropout_rate)
        self._fc = nn.Linear(out_channels, global_params.num_classes)
        self._swish = Swish()

    def extract_features(self, inputs):
        x = self._swish(self._bn0(self._conv_stem(inputs)))
        for idx, block in enumerate(self._blocks):
            x = block(x)
        return self._swish(self._bn1(self._conv_head(x)))

    def forward(self, inputs):
        bs = inputs.size(0)
        x = self.extract_features(inputs)
        x = self._avg_pooling(x)
        x = x.view(bs, -1)
        x = self._dropout(x)
        return self._fc(x)


def make():
    blocks = [BlockArgs(1, 3, 1, 1, 32, 16, 0.25), BlockArgs(2, 3, 2, 6, 16, 24, 0.25), BlockArgs(2, 5, 2, 6, 24, 40, 0.25)]
    return EfficientNet(blocks, GlobalParams(0.5, 1.0, 10, 0.2, 8, 1e-3))
