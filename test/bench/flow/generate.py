"""Writes the generated half of the architectures into models/generated_*.py: python3 generate.py"""
import itertools
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
random.seed(7)

INITS = {
    "default": "",
    "he": "nn.init.kaiming_normal_(m.weight, nonlinearity='relu')\n                nn.init.zeros_(m.bias)",
    "xavier": "nn.init.xavier_uniform_(m.weight)\n                nn.init.zeros_(m.bias)",
    "small": "nn.init.normal_(m.weight, std=0.02)\n                nn.init.zeros_(m.bias)",
    "orthogonal": "nn.init.orthogonal_(m.weight)\n                m.bias.data.zero_()",
    "large": "m.weight.data.normal_(0, 0.5)\n                m.bias.data.fill_(0.1)",
}

MLP = '''# bench: class=Net input=randn:64,{width} loss=ce
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width={width}, depth={depth}, classes=10):
        super().__init__()
        layers = []
        for _ in range(depth - 1):
            layers.append(nn.Linear(width, width))
{norm}            layers.append(nn.{act}())
        layers.append(nn.Linear(width, classes))
        self.net = nn.Sequential(*layers)
{init}
    def forward(self, x):
        return self.net(x)
'''

CNN = '''# bench: class=Net input=randn:32,3,32,32 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, {width}, 3, padding=1)
        self.convs = nn.ModuleList([nn.Conv2d({width}, {width}, 3, padding=1) for _ in range({depth})])
{norms}        self.head = nn.Linear({width}, 10)
{init}
    def forward(self, x):
        x = F.{act}(self.stem(x))
        for i, conv in enumerate(self.convs):
            {body}
            if i % {every} == {every} - 1:
                x = F.{pool}_pool2d(x, 2)
        x = x.mean(dim=(2, 3))
        return self.head(x)
'''

RESIDUAL = '''# bench: class=Net input=randn:64,64 loss=ce
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1 = nn.Linear(dim, dim)
        self.fc2 = nn.Linear(dim, dim)
{norm}        self.act = nn.{act}()

    def forward(self, x):
{body}


class Net(nn.Module):
    def __init__(self, dim=64, depth={depth}):
        super().__init__()
        self.stem = nn.Linear(64, dim)
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(depth)])
        self.head = nn.Linear(dim, 10)
{init}
    def forward(self, x):
        return self.head(self.blocks(self.stem(x)))
'''

RECURRENT = '''# bench: class=Tagger input=tokens:32,{length}:200 loss=ce
import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self, vocab=200, dim=48, hidden={hidden}, classes=8):
        super(Tagger, self).__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.rnn = nn.{cell}(dim, hidden, num_layers={layers}, batch_first=True{extra})
        self.out = nn.Linear(hidden{times}, classes)

    def forward(self, tokens):
        h, _ = self.rnn(self.emb(tokens))
        return self.out({take})
'''


def init_code(kind, kinds="nn.Linear"):
    if kind == "default":
        return ""
    return "        for m in self.modules():\n            if isinstance(m, %s):\n                %s\n" % (kinds, INITS[kind])


def write(name, text):
    stem = name if name.startswith("fresh") else "generated_" + name
    with open(os.path.join(HERE, "models", stem + ".py"), "w") as fh:
        fh.write(text)


def main():
    n = 0
    combos = list(itertools.product(["ReLU", "Tanh", "Sigmoid", "GELU", "SiLU", "ELU", "SELU", "LeakyReLU", "Softplus"],
                                    [5, 12, 24], list(INITS)))
    random.shuffle(combos)
    for act, depth, init in combos[:18]:
        width = random.choice([48, 96, 160])
        n += 1
        write("%02d_mlp" % n, MLP.format(width=width, depth=depth, act=act, norm="", init=init_code(init)))
    for norm, act, depth in [("BatchNorm1d", "ReLU", 20), ("LayerNorm", "GELU", 16), ("BatchNorm1d", "Tanh", 10),
                             ("LayerNorm", "ReLU", 30)]:
        n += 1
        write("%02d_norm" % n, MLP.format(width=96, depth=depth, act=act, init="",
                                          norm="            layers.append(nn.%s(width))\n" % norm))
    for act, depth, init, pool, body in [
            ("relu", 6, "default", "max", "x = F.relu(conv(x))"), ("relu", 9, "he", "max", "x = F.relu(conv(x))"),
            ("leaky_relu", 6, "default", "avg", "x = F.leaky_relu(conv(x), 0.1)"),
            ("silu", 8, "xavier", "avg", "x = F.silu(conv(x))"),
            ("relu", 9, "default", "max", "x = F.relu(self.norms[i](conv(x)))"),
            ("relu", 8, "he", "avg", "x = x + F.relu(conv(x))"),
            ("gelu", 8, "default", "avg", "x = x + 0.3 * F.gelu(conv(x))"),
            ("tanh", 6, "xavier", "avg", "x = torch.tanh(conv(x))")]:
        n += 1
        norms = "        self.norms = nn.ModuleList([nn.BatchNorm2d(24) for _ in range(%d)])\n" % depth if "norms" in body else ""
        write("%02d_cnn" % n, CNN.format(width=24, depth=depth, act=act, pool=pool, body=body, every=3, norms=norms,
                                         init=init_code(init, "nn.Conv2d")))
    bodies = [
        ("", "ReLU", "        return x + self.fc2(self.act(self.fc1(x)))", "default", 12),
        ("", "ReLU", "        return x + self.fc2(self.act(self.fc1(x)))", "he", 12),
        ("        self.norm = nn.LayerNorm(dim)\n", "GELU", "        return x + self.fc2(self.act(self.fc1(self.norm(x))))", "default", 16),
        ("        self.norm = nn.LayerNorm(dim)\n", "GELU", "        return self.norm(x + self.fc2(self.act(self.fc1(x))))", "xavier", 16),
        ("        self.norm = nn.BatchNorm1d(dim)\n", "ReLU", "        h = self.act(self.norm(self.fc1(x)))\n        h = self.fc2(h)\n        return self.act(x + h)", "default", 10),
        ("        self.scale = nn.Parameter(torch.full((dim,), 0.1))\n", "SiLU", "        return x + self.scale * self.fc2(self.act(self.fc1(x)))", "default", 20),
        ("", "Tanh", "        out = self.act(self.fc1(x))\n        out = self.act(self.fc2(out))\n        x = x + out\n        return x", "xavier", 8),
        ("", "ReLU", "        return 0.7071 * (x + self.fc2(self.act(self.fc1(x))))", "he", 20),
    ]
    for norm, act, body, init, depth in bodies:
        n += 1
        write("%02d_residual" % n, RESIDUAL.format(norm=norm, act=act, body=body, depth=depth, init=init_code(init)))
    for cell, layers, length, take, extra in [("RNN", 1, 30, "h[:, -1]", ""), ("LSTM", 2, 30, "h[:, -1]", ""),
                                              ("GRU", 1, 30, "h[:, -1, :]", ""), ("GRU", 2, 20, "h", ""),
                                              ("LSTM", 1, 40, "h.mean(dim=1)", ", bidirectional=True"),
                                              ("RNN", 2, 50, "h", ", nonlinearity='relu'")]:
        n += 1
        write("%02d_recurrent" % n, RECURRENT.format(cell=cell, layers=layers, length=length, take=take, extra=extra,
                                                     hidden=64, times=" * 2" if "bidirectional" in extra else ""))
    print(n, "models")
    fresh()


def fresh():
    """Drawn after the forecast was built, scored once."""
    draw = random.Random(2026)
    for i in range(8):
        act, depth = draw.choice(["ReLU", "Tanh", "Sigmoid", "GELU", "Mish", "ELU", "Hardtanh", "CELU", "Softsign"]), draw.randint(3, 30)
        norm = draw.choice(["", "", "", "BatchNorm1d", "LayerNorm"])
        init = draw.choice(list(INITS)) if norm == "" else "default"
        line = "            layers.append(nn.%s(width))\n" % norm if norm else ""
        write("fresh_mlp%d" % i, MLP.format(width=draw.choice([32, 72, 128, 200]), depth=depth, act=act, norm=line, init=init_code(init)))
    for i in range(6):
        act, depth, width = draw.choice(["relu", "gelu", "elu", "tanh", "silu"]), draw.randint(4, 12), draw.choice([12, 20, 40])
        body = draw.choice(["x = F.%s(conv(x))", "x = x + F.%s(conv(x))", "x = F.%s(self.norms[i](conv(x)))", "x = x + 0.2 * conv(F.%s(x))"]) % act
        norm = draw.choice(["BatchNorm2d(%d)" % width, "GroupNorm(4, %d)" % width, "InstanceNorm2d(%d)" % width])
        norms = "        self.norms = nn.ModuleList([nn.%s for _ in range(%d)])\n" % (norm, depth) if "norms" in body else ""
        write("fresh_cnn%d" % i, CNN.format(width=width, depth=depth, act=act, pool=draw.choice(["max", "avg"]), body=body, every=draw.choice([2, 3, 4]),
                                            norms=norms, init=init_code(draw.choice(["default", "he", "xavier"]), "nn.Conv2d")))
    for i in range(5):
        act = draw.choice(["ReLU", "GELU", "Tanh", "SiLU"])
        norm, body = draw.choice([
            ("", "        return x + self.fc2(self.act(self.fc1(x)))"),
            ("        self.norm = nn.LayerNorm(dim)\n", "        return x + self.fc2(self.act(self.fc1(self.norm(x))))"),
            ("        self.norm = nn.LayerNorm(dim)\n", "        x = x + self.fc2(self.act(self.fc1(x)))\n        return self.norm(x)"),
            ("        self.norm = nn.BatchNorm1d(dim)\n", "        return x + 0.5 * self.fc2(self.act(self.norm(self.fc1(x))))")])
        write("fresh_residual%d" % i, RESIDUAL.format(norm=norm, act=act, body=body, depth=draw.randint(4, 24), init=init_code(draw.choice(["default", "xavier", "small"]))))
    for i in range(5):
        cell, extra = draw.choice([("RNN", ""), ("GRU", ""), ("LSTM", ""), ("GRU", ", bidirectional=True"), ("LSTM", ", dropout=0.2")])
        write("fresh_recurrent%d" % i, RECURRENT.format(cell=cell, layers=draw.choice([2, 3]), length=draw.choice([12, 30, 60]), take=draw.choice(["h[:, -1]", "h", "h.mean(dim=1)"]),
                                                        extra=extra, hidden=draw.choice([32, 96]), times=" * 2" if "bidirectional" in extra else ""))


main()
