import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import { type SquaredClasses, squaredClasses } from '../../python/squaredClasses';
import type { Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI319',
  name: 'squared-classes',
  title: 'Classes are learned by the squared error of a sigmoid or softmax',
  severity: 'hint',
  subject: 'python',
  remedies: ['logits-loss'],
  doc: {
    sees: '`mse_loss` or another loss on numbers that compares a sigmoid or softmax with `one_hot(...)`, in the call itself or through one name.',
    why: 'Where the network is sure and wrong the activation is flat, and the squared error passes that flatness on: next to no gradient exactly where it is needed. Cross-entropy cancels the slope of the activation.',
    reference: {
      title: 'Golik, Doetsch and Ney 2013, Cross-Entropy vs. Squared Error Training',
      url: 'https://www.isca-archive.org/interspeech_2013/golik13_interspeech.html',
    },
    whenWrong: 'Noisy labels, for which a bounded loss may be meant, and the Brier score.',
    example: `import torch
import torch.nn.functional as F

def loss_of(model, x, y):
    return F.mse_loss(torch.sigmoid(model(x)), F.one_hot(y, 10).float())
`,
    better: `import torch
import torch.nn.functional as F

def loss_of(model, x, y):
    return F.cross_entropy(model(x), y)
`,
  },
};

export const squaredClassesRule: PythonRule = {
  meta,
  check: (facts) =>
    squaredClasses(facts).map((found) =>
      finding(meta, {
        message: `A squared error of a ${found.activation.activation} passes next to no gradient where it is sure and wrong; cross-entropy on the scores does.`,
        range: facts.rangeOf(found.use.call),
        fixes: fixes(facts, found),
      }),
    ),
};

/** Cross-entropy of the scores, where loss, activation and classes stand in one call of a function. */
function fixes(facts: PythonFacts, { use, activation, classes }: SquaredClasses): Fix[] {
  const name = facts.spell('torch.nn.functional.cross_entropy');
  const isHere = activation.via === 'direct' && use.loss.startsWith('torch.nn.functional.');
  const rest = use.call.args.slice(2);
  if (name === null || !isHere || activation.argument === null || rest.length > 0) {
    return [];
  }
  const call = `${name}(${activation.argument}, ${facts.textOf(facts.rangeOf(classes))})`;
  return [
    unsafeFix(
      facts,
      'logits-loss',
      'Use cross-entropy on the scores',
      [replace(facts.rangeOf(use.call), call)],
      true,
    ),
  ];
}
