import { cutLayers } from '../../python/cutLayers';
import type { PythonFacts } from '../../python/facts';
import { cutsOf } from '../../remedies/edits/keepGraph';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI116',
  name: 'detached-layers',
  title: 'Layers that the optimizer is to train are cut off in forward',
  severity: 'hint',
  subject: 'python',
  remedies: ['keep-graph'],
  doc: {
    sees: "`detach()` or `.data` on what one of the model's own layers gives, a comparison of it made a number, or its `round()` or `sign()`, in forward or in a method that forward calls, where nothing else uses that layer's output and the optimizer is given all parameters of a model. Also `detach()`, `.data`, `item()`, `numpy()`, `torch.tensor()` or `no_grad` anywhere in a program, where every way back from its losses to a layer that the optimizer holds is cut by one of them. Not in files that load weights or keep a teacher.",
    why: 'No gradient passes a detached tensor, nor a step that is flat on both sides: the layers before it keep their random weights, and what comes after learns on random features. The loss falls a little and then stands.',
    reference: {
      title: 'torch.Tensor.detach',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html',
    },
    whenWrong: 'Layers that are random or frozen on purpose, or trained by a loss of their own elsewhere.',
    example: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(40, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        z = self.encoder(x)
        self.kept = z = z.detach()
        return self.head(z)

model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`,
    better: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(40, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        z = self.encoder(x)
        self.kept = z.detach()
        return self.head(z)

model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`,
  },
};

export const detachedLayers: PythonRule = {
  meta,
  check(facts) {
    if (facts.optimizers.length === 0) {
      return [];
    }
    const isTrained =
      facts.source.mentions(IN_FORWARD) && facts.optimizers.some(({ model }) => model !== null);
    const inForward = (isTrained ? cutsOf(facts) : []).flatMap(({ range, layer, how, edits }) =>
      layer === null || callsOf(facts.text, layer) !== 1
        ? []
        : [
            finding(meta, {
              message: `${how ?? 'detach()'} keeps the gradient from \`self.${layer}\`, which the optimizer is to train.`,
              range,
              fixes: [unsafeFix(facts, 'keep-graph', 'Let the gradient reach these layers', edits)],
            }),
          ],
    );
    const lines = new Set(inForward.map(({ range }) => range.line));
    const elsewhere = (mayBeCut(facts) ? cutLayers(facts) : []).flatMap(({ place, how, layers }) => {
      const range = facts.rangeOf(place);
      return lines.has(range.line)
        ? []
        : [
            finding(meta, {
              message: `${how} keeps the gradient from ${layers.map((layer) => `\`${layer}\``).join(', ')}, which the optimizer is to train.`,
              range,
            }),
          ];
    });
    return [...inForward, ...elsewhere];
  },
};

/** What the first kind looks like: a detached tensor, a comparison made a number, a step. */
const IN_FORWARD =
  /\.detach|\.data\b|no_grad|[<>][^\n]{0,200}?\)\s{0,9}\.(?:float|to|type)\(|\b(?:round|sign|sgn|floor|ceil|trunc)\(/;

/** Is there anything that may cut the way back from a loss? Numbers that are only printed or added up do not. */
function mayBeCut({ source }: PythonFacts): boolean {
  return (
    source.mentions(/\.detach|\.data\b|no_grad|inference_mode|\.numpy\(|\.tolist\(|torch\.tensor\(/) ||
    source.callsNamed('item').some(({ stmt }) => stmt.kind === 'assign' || stmt.kind === 'return')
  );
}

/** How often a layer is called; one that is called elsewhere may get its gradient there. */
function callsOf(text: string, layer: string): number {
  return text.match(new RegExp(`\\.${layer}(?:\\.\\w+)*\\(`, 'g'))?.length ?? 0;
}
