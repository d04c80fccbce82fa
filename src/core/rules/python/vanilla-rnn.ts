import { replace } from '../../python/edits';
import type { ModuleEntry, PythonFacts } from '../../python/facts';
import { plainRecurrences } from '../../python/recurrence';
import { sequenceLengths } from '../../python/sequenceLengths';
import type { TextEdit } from '../../text';
import type { Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI205',
  name: 'vanilla-rnn',
  title: 'A recurrent network without gates',
  severity: 'hint',
  subject: 'python',
  remedies: ['gru', 'lstm', 'orthogonal-init', 'clip-grad-norm'],
  doc: {
    sees: 'A PyTorch model with `nn.RNN` or `nn.RNNCell`, or a recurrence written out over a sequence: `h = torch.tanh(self.wx(x[t]) + self.wh(h))`. Not where the file names the length of its sequences and it is at most 20, nor where it starts the recurrent matrix orthogonal or as the identity.',
    why: "The gradient is multiplied by the recurrent matrix at every step. At PyTorch's default initialisation the first of 20 steps gets 3e-6 of the last one's gradient, the first of 50 gets 3e-14; larger matrices explode instead.",
    reference: {
      title: 'Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks',
      url: 'https://arxiv.org/abs/1211.5063',
    },
    whenWrong:
      'Short sequences (up to about 20 steps), teaching code, echo state networks. A GRU alone does not remember longer at initialisation; its gates must learn to, or start biased.',
    example: `import torch.nn as nn

class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(32, 64, nonlinearity="tanh", batch_first=True)
        self.out = nn.Linear(64, 5)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.out(out)
`,
    better: `import torch.nn as nn

class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(32, 64, batch_first=True)
        self.out = nn.Linear(64, 5)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.out(out)
`,
  },
};

/** A gradient gets so far, if badly: at PyTorch's defaults 3e-6 of it is left. */
const SHORT = 20;
/** Starts that keep the gradient's length (IRNN: Le, Jaitly and Hinton 2015; orthogonal: Saxe et al. 2014). */
const KEEPS_LENGTH = /\b(?:orthogonal|eye)_\(|weight_hh[^\n]{0,80}\beye\(/;

const VANILLA = /^nn\.RNN(?:Cell)?$/;

export const vanillaRnn: PythonRule = {
  meta,
  check(facts) {
    if (facts.source.mentions(KEEPS_LENGTH)) {
      return [];
    }
    const recurrences = plainRecurrences(facts);
    const hasLayers = facts.source.mentions(/RNN/);
    if ((recurrences.length === 0 && !hasLayers) || isShort(facts)) {
      return [];
    }
    const written = recurrences.map(({ range }) =>
      finding(meta, {
        message:
          'This recurrence has no gates: it loses the gradient within some twenty steps (or explodes). A gated cell, or adding to the state instead of replacing it, reaches further back.',
        range,
      }),
    );
    if (!hasLayers) {
      return written;
    }
    const seen = new Set<string>();
    const layers = facts.modules.flatMap((entry) => {
      const { callee, type } = entry;
      const key = callee === null ? '' : `${callee.line}:${callee.column}`;
      if (callee === null || !VANILLA.test(type) || seen.has(key)) {
        return [];
      }
      seen.add(key);
      return [
        finding(meta, {
          message: `${type} loses the gradient within some twenty steps (or explodes): a gated cell or an orthogonal recurrent matrix reaches further back.`,
          range: callee,
          fixes: fixes(facts, entry),
        }),
      ];
    });
    return [...layers, ...written];
  },
};

function isShort(facts: PythonFacts): boolean {
  const lengths = sequenceLengths(facts);
  return lengths.length > 0 && lengths.every((length) => length <= SHORT);
}

/** GRU takes the same arguments but `nonlinearity`, and returns the same. */
function fixes(facts: PythonFacts, entry: ModuleEntry): Fix[] {
  const { callee, args } = entry;
  const text = callee === null ? '' : facts.textOf(callee);
  const isCell = entry.type === 'nn.RNNCell';
  const newText = text.replace(/\.(?:RNNCell|RNN)$/, isCell ? '.GRUCell' : '.GRU');
  const nonlinearity = args.findIndex((arg) => arg.name === 'nonlinearity');
  const positional = args.filter((arg) => arg.name === null).length;
  // The fourth positional argument of both is the nonlinearity or the bias: too risky to guess.
  if (callee === null || newText === text || args.some((arg) => arg.star !== 0) || positional > 3) {
    return [];
  }
  const edits: TextEdit[] = [replace(callee, newText)];
  const before = args[nonlinearity - 1];
  const given = args[nonlinearity];
  if (given !== undefined && before !== undefined) {
    const { endLine: line, endColumn: column } = before.range;
    edits.push({ line, column, endLine: given.range.endLine, endColumn: given.range.endColumn, newText: '' });
  }
  return [unsafeFix(facts, 'gru', 'Use a GRU', edits)];
}
