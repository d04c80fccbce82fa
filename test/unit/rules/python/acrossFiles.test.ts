import assert from 'node:assert/strict';
import { applyEdits } from '../../../../src/core/edits';
import { withFindingsAcross } from '../../../../src/core/rules/python/acrossFiles';
import { pythonAnalyzer } from '../../python/analyzer';

function model(ending: string): string {
  return `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        return ${ending}
`;
}

function training(loss: string, made = 'Net().to("cpu")'): string {
  return `from torch import nn, optim
from model import Net

def main(loader):
    net = ${made}
    criterion = ${loss}
    opt = optim.SGD(net.parameters(), lr=0.1)
    for x, y in loader:
        out = net(x)
        loss = criterion(out, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
`;
}

const CASES = [
  {
    title: 'softmax in one file, cross-entropy in the other',
    files: [model('self.softmax(self.fc(x))'), training('nn.CrossEntropyLoss()')],
    found: ['train.py:10 softmax-into-cross-entropy'],
  },
  {
    title: 'sigmoid in one file, a loss on logits in the other',
    files: [model('torch.sigmoid(self.fc(x))'), training('nn.BCEWithLogitsLoss()')],
    found: ['train.py:10 sigmoid-into-bce-logits'],
  },
  {
    title: 'sigmoid with the loss for probabilities',
    files: [model('torch.sigmoid(self.fc(x))'), training('nn.BCELoss()')],
    found: [],
  },
  {
    title: 'logits for cross-entropy',
    files: [model('self.fc(x)'), training('nn.CrossEntropyLoss()')],
    found: [],
  },
  {
    title: 'a model from somewhere else',
    files: [model('self.softmax(self.fc(x))'), training('nn.CrossEntropyLoss()', 'build()')],
    found: [],
  },
];

describe('findings across files', () => {
  for (const { title, files, found } of CASES) {
    it(title, async () => {
      const analyzer = await pythonAnalyzer();
      const read = (texts: readonly string[]) =>
        withFindingsAcross(
          texts.flatMap((text, at) => {
            const one = analyzer.analyze(at === 0 ? 'src/model.py' : 'src/train.py', text);
            return one === null ? [] : [one];
          }),
        );
      const said = read(files).flatMap(({ path, findings }) =>
        findings.map((one) => ({ at: `${path.replace('src/', '')}:${one.range.line} ${one.rule}`, one })),
      );
      assert.deepEqual(
        said.map(({ at }) => at),
        found,
      );
      for (const { one } of said) {
        const [fix] = one.fixes;
        assert.equal(fix?.path, 'src/model.py');
        const mended = applyEdits(files[0] ?? '', fix?.edits ?? []);
        assert.ok(mended !== null, 'edits overlap or lie outside the text');
        assert.match(mended, /return self\.fc\(x\)\n/);
        assert.deepEqual(
          read([mended, files[1] ?? '']).flatMap(({ findings }) => findings),
          [],
        );
      }
    });
  }
});
