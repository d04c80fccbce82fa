# bench: class=Net make=create_model input=randn:8,3,32,32 loss=ce
import torch
import torch.nn as nn

BLOCKS = {}
ACTIVATIONS = {'relu': nn.ReLU, 'lrelu': lambda: nn.LeakyReLU(0.1), 'silu': nn.SiLU}
NORMS = {'bn': nn.BatchNorm2d, 'gn': lambda c: nn.GroupNorm(8, c), 'none': lambda c: nn.Identity()}


def register(name):
    def deco(cls):
        BLOCKS[name] = cls
        return cls
    return deco


@register('plain')
class PlainBlock(nn.Module):
    def __init__(self, cin, cout, act='relu', norm='bn', stride=1):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(cin, cout, 3, stride, 1), NORMS[norm](cout), ACTIVATIONS[act]())

    def forward(self, x):
        return self.body(x)


@register('se')
class SEBlock(nn.Module):
    def __init__(self, cin, cout, act='relu', norm='bn', stride=1, reduction=4):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride, 1)
        self.norm = NORMS[norm](cout)
        self.act = ACTIVATIONS[act]()
        self.se = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(cout, cout // reduction), nn.ReLU(),
            nn.Linear(cout // reduction, cout), nn.Sigmoid())
        self.skip = nn.Identity() if cin == cout and stride == 1 else nn.Conv2d(cin, cout, 1, stride)

    def forward(self, x):
        h = self.act(self.norm(self.conv(x)))
        s = self.se(h)[..., None, None]
        return self.skip(x) + h * s


CONFIG = dict(
    stem=24,
    stages=[
        dict(type='plain', width=24, stride=1),
        dict(type='se', width=32, stride=2, act='silu'),
        dict(type='se', width=32, stride=1, act='silu', norm='gn'),
        dict(type='plain', width=48, stride=2, norm='gn', act='lrelu'),
    ],
    num_classes=10,
)


class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.stem = nn.Conv2d(3, cfg['stem'], 3, padding=1)
        width, stages = cfg['stem'], []
        for stage in cfg['stages']:
            args = dict(stage)
            kind = args.pop('type')
            cout = args.pop('width')
            stages.append(BLOCKS[kind](width, cout, **args))
            width = cout
        self.stages = nn.ModuleList(stages)
        self.head = nn.Linear(width, cfg['num_classes'])

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        return self.head(x.mean(dim=(2, 3)))


def create_model(cfg=CONFIG):
    return Net(cfg)
