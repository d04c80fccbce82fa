import type { PythonFacts } from '../../python/facts';
import { carriesState, sequenceLengths } from '../../python/sequenceLengths';
import { raiseForgetBias } from '../../remedies/edits/recurrent';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI209',
  name: 'closed-forget-gate',
  title: 'An LSTM that forgets half its state at every step',
  severity: 'hint',
  subject: 'python',
  remedies: ['forget-bias'],
  doc: {
    sees: 'A PyTorch `nn.LSTM` whose biases are left as they are, in a file that names a sequence length of 50 steps or more. Not where state is carried from one stretch of a stream to the next, and detached.',
    why: "PyTorch's forget gate starts at about one half, so after 50 steps 5e-11 of the gradient is left, no more than a vanilla RNN keeps. With a forget bias of 2 a tenth survives 100 steps.",
    reference: {
      title: 'Jozefowicz et al. 2015, An Empirical Exploration of Recurrent Network Architectures',
      url: 'https://proceedings.mlr.press/v37/jozefowicz15.html',
    },
    whenWrong:
      'Where what matters stands in the last dozen steps, or the length named is not that of the sequences this LSTM reads.',
    example: `import torch.nn as nn

SEQ_LEN = 200

class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 64, batch_first=True)
        self.out = nn.Linear(64, 5)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.out(out[:, -1])
`,
    better: `import torch.nn as nn

SEQ_LEN = 200

class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 64, batch_first=True)
        for name, bias in self.lstm.named_parameters():
            if "bias_ih" in name:
                bias.data[64:128].fill_(2.0)
        self.out = nn.Linear(64, 5)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.out(out[:, -1])
`,
  },
};

/** At a forget gate of one half less than 1e-10 of the gradient gets this far (measured at PyTorch's defaults). */
const LONG = 50;

export const closedForgetGate: PythonRule = {
  meta,
  check(facts) {
    const touched = !facts.source.mentions(/LSTM/) || facts.source.mentions(/\bbias_(?:ih|hh)|forget_bias/);
    const length = touched ? null : longestLength(facts);
    if (length === null) {
      return [];
    }
    const seen = new Set<number>();
    return facts.modules.flatMap(({ type, callee }) => {
      if (type !== 'nn.LSTM' || callee === null || seen.has(callee.line)) {
        return [];
      }
      seen.add(callee.line);
      return [
        finding(meta, {
          message: `The forget gates of ${type} start half closed: over ${length} steps next to nothing of the gradient is left.`,
          range: callee,
          evidence: { steps: length },
          fixes: raiseForgetBias(facts, { parameters: [], line: callee.line }),
        }),
      ];
    });
  },
};

/** The largest length of sequences that the file names, from LONG on; of stretches of a stream it says nothing. */
function longestLength(facts: PythonFacts): number | null {
  const longest = Math.max(0, ...sequenceLengths(facts));
  return longest >= LONG && !carriesState(facts) ? longest : null;
}
