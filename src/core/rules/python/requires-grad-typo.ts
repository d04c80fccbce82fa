import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI204',
  name: 'requires-grad-typo',
  title: 'An assignment to a misspelt requires_grad',
  severity: 'error',
  subject: 'python',
  remedies: [],
  doc: {
    sees: 'An assignment to `.require_grad`, `.requires_grads`, `.require_grads` or `.requires_gradient`.',
    why: 'Python makes a new attribute that nobody reads: a layer meant to be frozen keeps training, one meant to be unfrozen stays frozen.',
    reference: {
      title: 'torch.Tensor.requires_grad',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.Tensor.requires_grad.html',
    },
    whenWrong: 'Own classes with an attribute of that name, on `self`, are left alone.',
    example: `import torch

def freeze(model):
    for p in model.parameters():
        p.require_grad = False
`,
    better: `import torch

def freeze(model):
    for p in model.parameters():
        p.requires_grad = False
`,
  },
};

const MISSPELT = /^(?:require_grads?|requires_grads|requires_gradients?)$/;

export const requiresGradTypo: PythonRule = {
  meta,
  check(facts) {
    if (!facts.frameworks.includes('torch') || !facts.source.mentions(/\brequires?_grad/)) {
      return [];
    }
    return facts.source.statements().flatMap((stmt) => {
      const targets = stmt.kind === 'assign' ? stmt.targets : [];
      return targets.flatMap((target) => {
        if (target.kind !== 'attribute' || !MISSPELT.test(target.attr)) {
          return [];
        }
        const isOwn = target.object.kind === 'name' && target.object.id === 'self';
        return isOwn
          ? []
          : [
              finding(meta, {
                message: `\`${target.attr}\` is no attribute of a tensor: this should be \`requires_grad\`.`,
                range: facts.rangeOf({ start: target.attrStart, end: target.end }),
              }),
            ];
      });
    });
  },
};
