import assert from 'node:assert/strict';
import { linkParameters } from '../../../src/core/link/linkParameters';
import { MOST_WORK, orElse } from '../../../src/core/python/work';
import { pythonAnalyzer } from '../python/analyzer';

const FILES: Readonly<Record<string, string>> = {
  'project/layers/__init__.py': '# no framework is named here\nfrom .blocks import Block\n',
  'project/layers/blocks.py': `from torch import nn


class ConvNorm(nn.Sequential):
    def __init__(self, width, norm=nn.BatchNorm2d):
        layers = [nn.Conv2d(width, width, 3)]
        if norm is not None:
            layers.append(norm(width))
        super().__init__(*layers)


class Block(nn.Module):
    expansion = 1

    def __init__(self, config):
        super().__init__()
        self.conv = ConvNorm(config.width)
        if config.width != 8 * self.expansion:
            self.skip = nn.Conv2d(8, config.width, 1)
`,
  'project/model.py': `from dataclasses import dataclass

from torch import nn

from layers import Block


@dataclass
class Config:
    width: int
    depth: int = 2


class Net(nn.Module):
    def __init__(self, block, config):
        super().__init__()
        self.stages = nn.ModuleList()
        for index in range(config.depth):
            self.stages.append(block(config))
            setattr(self, f"tail{index}", nn.Linear(config.width, 2))


def small(block=Block):
    return Net(block, Config(8))
`,
  'project/train.py': `import torch
from torch import nn

from model import small

net = small()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
`,
};

async function sourcesOf(files = Object.keys(FILES)) {
  const analyzer = await pythonAnalyzer();
  return files.flatMap((path) => analyzer.analyze(path, FILES[path] ?? '') ?? []);
}

async function link(names: readonly string[], files = Object.keys(FILES)) {
  return say(names, await sourcesOf(files));
}

function say(names: readonly string[], sources: Awaited<ReturnType<typeof sourcesOf>>) {
  const links = linkParameters('project/run.log', names, sources);
  return names.map((name) => {
    const found = links.get(name);
    return found === undefined
      ? `${name} -`
      : `${name} ${found.entry.file.slice('project/'.length)}:${found.entry.range.line}${found.exact ? '' : ' likely'}`;
  });
}

const NAMES = [
  'stages.0.conv.0.weight',
  'stages.0.conv.0.bias',
  'stages.0.conv.1.weight',
  'stages.1.conv.0.weight',
  'stages.1.conv.1.weight',
  'tail0.weight',
  'tail1.weight',
];

describe('linkParameters across files', () => {
  it('follows imports, arguments that are classes, configurations and Sequential subclasses', async () => {
    assert.deepEqual(await link(NAMES), [
      'stages.0.conv.0.weight layers/blocks.py:6',
      'stages.0.conv.0.bias layers/blocks.py:6',
      'stages.0.conv.1.weight layers/blocks.py:8',
      'stages.1.conv.0.weight layers/blocks.py:6',
      'stages.1.conv.1.weight layers/blocks.py:8',
      'tail0.weight model.py:20',
      'tail1.weight model.py:20',
    ]);
  });

  it('needs none of the work that the facts of each file may cost', async () => {
    const sources = await sourcesOf();
    for (const { facts } of sources) {
      orElse(() => facts.source.work.spend(MOST_WORK + 1), undefined);
    }
    assert.deepEqual(say(NAMES, sources), await link(NAMES));
  });

  it('stops at the deepest certain line where the definition cannot be read', async () => {
    assert.deepEqual(await link(NAMES.slice(0, 3), ['project/model.py', 'project/train.py']), [
      'stages.0.conv.0.weight model.py:19 likely',
      'stages.0.conv.0.bias model.py:19 likely',
      'stages.0.conv.1.weight model.py:19 likely',
    ]);
  });

  it('takes no prefix off that only some names have', async () => {
    assert.deepEqual(await link(['features.0.weight', 'classifier.1.weight']), [
      'features.0.weight -',
      'classifier.1.weight -',
    ]);
  });

  it('finds a model below a wrapper attribute or a logger group', async () => {
    assert.deepEqual(await link(NAMES.map((name) => `model.${name}`).slice(2, 4)), [
      'model.stages.0.conv.1.weight layers/blocks.py:8',
      'model.stages.1.conv.0.weight layers/blocks.py:6',
    ]);
  });
});
