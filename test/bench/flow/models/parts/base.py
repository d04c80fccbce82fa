from torch import nn


def make_activation(name):
    match_table = {'relu': nn.ReLU, 'tanh': nn.Tanh, 'gelu': nn.GELU}
    try:
        return match_table[name]()
    except KeyError:
        raise ValueError('unknown activation %s' % name)


class BaseNet(nn.Module):
    DEFAULTS = {'inputs': 40, 'width': 48, 'depth': 3, 'classes': 7, 'activation': 'relu'}

    def __init__(self, **overrides):
        super().__init__()
        self.cfg = {**self.DEFAULTS, **overrides}
        width = self.cfg['width']
        self.stem = nn.Linear(self.cfg['inputs'], width)
        self.blocks = nn.ModuleList(self.build_block(width) for _ in range(self.cfg['depth']))
        self.head = nn.Linear(width, self.cfg['classes'])
        self.reset()

    def build_block(self, width):
        raise NotImplementedError

    def run_block(self, block, x):
        return block(x)

    def reset(self):
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = self.run_block(block, x)
        return self.head(x)
