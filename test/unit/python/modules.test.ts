import * as assert from 'node:assert';
import { pythonAnalyzer } from './analyzer';

/** Paths, types and lines of the modules under one root, as `path type line`, with indices where they are known. */
async function modulesOf(source: string, root: string): Promise<string[]> {
  const analyzer = await pythonAnalyzer();
  const modules = analyzer.analyze('model.py', source)?.facts.modules ?? [];
  return modules
    .filter((entry) => entry.root === root)
    .map(({ path, type, range, indices, exact }) => {
      const places = indices === null ? '' : ` [${indices.join(' ')}]`;
      return `${path} ${type} ${range.line}${places}${exact ? '' : ' likely'}`;
    });
}

const HEAD = 'import torch.nn as nn\nfrom collections import OrderedDict\n';

interface Case {
  readonly name: string;
  readonly source: string;
  readonly root: string;
  readonly expected: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'attributes, aliases and parameters',
    root: 'Net',
    source: `import torch as th
from torch import nn as layers
from torch.nn import Linear as L, Parameter
class Net(layers.Module):
    def __init__(self):
        super().__init__()
        self.a = L(2, 3)
        self.b = th.nn.modules.conv.Conv2d(1, 2, 3)
        self.scale = Parameter(th.ones(3))
        self.size = 3
        self.loss = None
`,
    expected: ['a nn.Linear 7', 'b nn.Conv2d 8', 'scale nn.Parameter 9'],
  },
  {
    name: 'containers with literal contents',
    root: 'Net',
    source: `${HEAD}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 3),
            nn.ReLU(),
        )
        self.named = nn.Sequential(OrderedDict([("first", nn.Linear(2, 3)), ("act", nn.Tanh())]))
        self.heads = nn.ModuleDict({"x": nn.Linear(3, 1), "y": nn.Linear(3, 2)})
`,
    expected: [
      'net nn.Sequential 6',
      'net.0 nn.Linear 7',
      'net.1 nn.ReLU 8',
      'named nn.Sequential 10',
      'named.first nn.Linear 10',
      'named.act nn.Tanh 10',
      'heads nn.ModuleDict 11',
      'heads.x nn.Linear 11',
      'heads.y nn.Linear 11',
    ],
  },
  {
    name: 'comprehensions and loops with counts from defaults and arguments',
    root: 'Net',
    source: `${HEAD}class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, dim)
class Net(nn.Module):
    def __init__(self, dim=8, depth=2):
        super().__init__()
        self.blocks = nn.ModuleList([Block(dim) for _ in range(depth)])
        layers = []
        for i in range(depth):
            layers += [nn.Linear(dim, dim)]
            if i < depth - 1:
                layers.append(nn.ReLU())
        self.mlp = nn.Sequential(*layers)
        for i in range(2):
            self.add_module(f"extra{i}", nn.Linear(dim, 1))
            setattr(self, "more%d" % i, nn.Linear(dim, 1))
model = Net(depth=3)
`,
    expected: [
      'blocks nn.ModuleList 10',
      'blocks.* Block 10 [0 1 2]',
      'blocks.*.fc nn.Linear 6',
      'mlp nn.Sequential 16',
      'mlp.* nn.Linear 13 [0 2 4]',
      'mlp.* nn.ReLU 15 [1 3]',
      'extra0 nn.Linear 18',
      'more0 nn.Linear 19',
      'extra1 nn.Linear 18',
      'more1 nn.Linear 19',
    ],
  },
  {
    name: 'an unknown count leaves the index open',
    root: 'Net',
    source: `${HEAD}class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(8, 8) for _ in range(depth))
        self.out = nn.Linear(8, 1)
`,
    expected: ['layers nn.ModuleList 6', 'layers.* nn.Linear 6', 'out nn.Linear 7'],
  },
  {
    name: 'a block type nobody can see still takes its places',
    root: 'Net',
    source: `${HEAD}class Net(nn.Module):
    def __init__(self, block, n):
        super().__init__()
        self.layer = self._make(block, n)
        self.pair = nn.Sequential(block(1), nn.ReLU())
    def _make(self, block, n):
        layers = []
        layers.append(block(8))
        for _ in range(1, n):
            layers.append(block(8))
        return nn.Sequential(*layers)
`,
    expected: [
      'layer nn.Sequential 6',
      'layer.0 unknown 10',
      'layer.* unknown 12',
      'pair nn.Sequential 7',
      'pair.0 unknown 7',
      'pair.1 nn.ReLU 7',
    ],
  },
  {
    name: 'helpers, subclasses of Sequential and inherited constructors',
    root: 'Net',
    source: `${HEAD}def conv(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3), nn.ReLU())
class ConvNorm(nn.Sequential):
    def __init__(self, i, o, norm=nn.BatchNorm2d):
        layers = [nn.Conv2d(i, o, 3), norm(o)]
        if norm is not None:
            layers.append(nn.ReLU6())
        super().__init__(*layers)
class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(3, 8)
class Net(Base):
    def __init__(self):
        super().__init__()
        self.cn = ConvNorm(8, 8)
        self.tail = self._make(2)
    def _make(self, n):
        return nn.Sequential(*[ConvNorm(8, 8) for _ in range(n)])
`,
    expected: [
      'stem nn.Sequential 14',
      'stem.0 nn.Conv2d 4',
      'stem.1 nn.ReLU 4',
      'cn ConvNorm 18',
      'cn.0 nn.Conv2d 7',
      'cn.1 nn.BatchNorm2d 7',
      'cn.2 nn.ReLU6 9',
      'tail nn.Sequential 19',
      'tail.* ConvNorm 21 [0 1]',
      'tail.*.0 nn.Conv2d 7',
      'tail.*.1 nn.BatchNorm2d 7',
      'tail.*.2 nn.ReLU6 9',
    ],
  },
  {
    name: 'a type that depends on an argument is only likely',
    root: 'Net',
    source: `${HEAD}class Net(nn.Module):
    def __init__(self, big):
        super().__init__()
        self.cell = nn.LSTM(8, 8) if big else nn.GRU(8, 8)
        self.skip = nn.Linear(8, 8) if big else nn.Identity()
`,
    expected: ['cell nn.LSTM 6 likely', 'skip nn.Linear 7'],
  },
  {
    name: 'a model without a class',
    root: 'model',
    source: `${HEAD}def mlp(*sizes):
    layers = []
    for a, b in zip(sizes[:-1], sizes[1:]):
        layers.extend([nn.Linear(a, b), nn.ReLU()])
    return nn.Sequential(*layers[:-1])
def main():
    model = mlp(4, 8, 2).to("cuda")
`,
    expected: ['* nn.Linear 6 [0 2]', '* nn.ReLU 6 [1]'],
  },
  {
    name: 'one open bracket does not hide the next class',
    root: 'After',
    source: `${HEAD}class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, (3
class After(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)
`,
    expected: ['fc nn.Linear 10'],
  },
];

describe('Module tree', () => {
  for (const { name, source, root, expected } of CASES) {
    it(name, async () => assert.deepStrictEqual(await modulesOf(source, root), expected));
  }

  it('gives each instance its own argument values', async () => {
    const analyzer = await pythonAnalyzer();
    const source = `${HEAD}class Net(nn.Module):
    def __init__(self, dims=(2, 8, 4)):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(dims, dims[1:]))
`;
    const owner = analyzer.analyze('model.py', source)?.facts.classes[0];
    const seen = owner?.instances.map(({ path, values }) => `${path} ${values.join(' ')}`.trim());
    assert.deepStrictEqual(seen, ['layers', 'layers.0 2 8', 'layers.1 8 4']);
  });
});
