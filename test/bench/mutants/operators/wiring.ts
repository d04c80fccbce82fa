import {
  alsoAt,
  BACKWARD,
  indentOf,
  insertAfter,
  type Mutant,
  OPTIMIZER_STEP,
  type Operator,
  replaceIn,
  ZERO_GRAD,
} from '../program';

const CROSS_ENTROPY =
  /((?:nn\.functional|F)\.cross_entropy)\(((?:[^(),]|\((?:[^()]|\([^()]*\))*\))*), ((?:[^(),]|\((?:[^()]|\([^()]*\))*\))*)\)/;

/** Moves a line out of the loop it stands in: before the loop's head, or behind its last line. */
function outOfLoop(lines: readonly string[], what: RegExp, where: 'before' | 'after'): Mutant | null {
  const at = lines.findIndex((line) => what.test(line));
  const line = lines[at];
  const indent = indentOf(line);
  if (line === undefined || /;|^\s*(?:if|for|with)\b/.test(line)) {
    return null;
  }
  const isOutside = (other: string) => other.trim() !== '' && indentOf(other) < indent;
  const head = lines.slice(0, at).findLastIndex(isOutside);
  const loop = lines[head] ?? '';
  // The loop must stand in another one.
  const outer = lines.slice(0, head).findLast((one) => one.trim() !== '' && indentOf(one) < indentOf(loop));
  if (!/^\s*for .*:$/.test(loop) || !/^\s*(?:for|while) .*:$/.test(outer ?? '')) {
    return null;
  }
  const end = lines.findIndex((other, k) => k > at && isOutside(other));
  const to = where === 'before' ? head : end < 0 ? lines.length : end;
  const moved = ' '.repeat(indentOf(loop)) + line.trim();
  const text = lines.flatMap((one, k) =>
    k === at ? (k === to ? [moved] : []) : k === to ? [moved, one] : [one],
  );
  return { text: text.join('\n'), lines: [where === 'before' ? to + 1 : to] };
}

export const WIRING_OPERATORS: readonly Operator[] = [
  {
    id: 'no-batch-first',
    says: 'a recurrent layer without batch_first',
    alwaysWrong: true,
    apply: (lines) =>
      alsoAt(
        replaceIn(lines, /(nn\.(?:LSTM|GRU|RNN)\(.*?), batch_first=True/, '$1'),
        /\[:, -1\]|\.mean\((?:dim=)?1\)/,
      ),
  },
  {
    id: 'reset-per-epoch',
    says: 'gradients reset once an epoch, before its batches',
    alwaysWrong: true,
    apply: (lines) => alsoAt(outOfLoop(lines, ZERO_GRAD, 'before'), BACKWARD),
  },
  {
    id: 'step-per-epoch',
    says: 'the optimizer steps once an epoch, after its batches',
    alwaysWrong: true,
    apply: (lines) => alsoAt(outOfLoop(lines, OPTIMIZER_STEP, 'after'), BACKWARD),
  },
  {
    id: 'softmax-over-batch',
    says: 'softmax over the batch',
    apply: (lines) => replaceIn(lines, /(softmax\((?:.*, )?)(?:dim=)?-?1\)/, '$1dim=0)'),
  },
  {
    id: 'cold-softmax',
    says: 'scores divided by a temperature of 0.001',
    apply: (lines) => replaceIn(lines, CROSS_ENTROPY, '$1(($2) / 0.001, $3)', 1),
  },
  {
    id: 'smoothed-away',
    says: 'label smoothing of 0.99',
    apply: (lines) =>
      replaceIn(lines, CROSS_ENTROPY, '$1($2, $3, label_smoothing=0.99)', 1) ??
      replaceIn(lines, /nn\.CrossEntropyLoss\(\)/, 'nn.CrossEntropyLoss(label_smoothing=0.99)'),
  },
  {
    id: 'squares-of-classes',
    says: 'squared error of sigmoids against one-hot classes',
    apply: (lines) =>
      replaceIn(
        lines,
        CROSS_ENTROPY,
        'nn.functional.mse_loss(torch.sigmoid($2), nn.functional.one_hot($3, ($2).shape[-1]).float())',
        1,
      ),
  },
  {
    id: 'loss-made-anew',
    says: 'backward through a new tensor of the loss',
    alwaysWrong: true,
    apply: (lines) =>
      replaceIn(
        lines,
        /^(\s*)(\w*loss\w*)\.backward\(\)/,
        '$1torch.tensor($2.item(), requires_grad=True).backward()',
        1,
      ),
  },
  {
    id: 'patience-of-none',
    says: 'ReduceLROnPlateau stepped with each batch',
    apply(lines) {
      const optimizer = lines
        .map((line) => /^\s*(\w+)\s*=\s*(?:torch\.)?optim\.\w+\(/.exec(line)?.[1])
        .find(Boolean);
      const loss = lines.map((line) => /^\s*(\w*loss\w*)\.backward\(\)/.exec(line)?.[1]).find(Boolean);
      if (optimizer === undefined || loss === undefined || lines.some((line) => /lr_scheduler/.test(line))) {
        return null;
      }
      const made = insertAfter(lines, new RegExp(`^\\s*${optimizer}\\s*=\\s*(?:torch\\.)?optim\\.`), [
        `plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(${optimizer}, patience=2)`,
      ]);
      const stepped =
        made === null
          ? null
          : insertAfter(made.text.split('\n'), new RegExp(`^\\s*${optimizer}\\.step\\(\\)`), [
              `plateau.step(${loss})`,
            ]);
      return made === null || stepped === null
        ? null
        : { text: stepped.text, lines: [...made.lines, ...stepped.lines] };
    },
  },
  {
    id: 'polynomial-default',
    says: 'PolynomialLR with its usual five steps',
    apply(lines) {
      const optimizer = lines
        .map((line) => /^\s*(\w+)\s*=\s*(?:torch\.)?optim\.\w+\(/.exec(line)?.[1])
        .find(Boolean);
      if (optimizer === undefined || lines.some((line) => /lr_scheduler/.test(line))) {
        return null;
      }
      const made = insertAfter(lines, new RegExp(`^\\s*${optimizer}\\s*=\\s*(?:torch\\.)?optim\\.`), [
        `decay = torch.optim.lr_scheduler.PolynomialLR(${optimizer})`,
      ]);
      const stepped =
        made === null
          ? null
          : insertAfter(made.text.split('\n'), new RegExp(`^\\s*${optimizer}\\.step\\(\\)`), [
              'decay.step()',
            ]);
      return made === null || stepped === null
        ? null
        : { text: stepped.text, lines: [...made.lines, ...stepped.lines] };
    },
  },
  {
    id: 'group-rate',
    says: 'a group of parameters with a rate of its own of 1e-7',
    apply: (lines) =>
      replaceIn(lines, /(optim\.\w+\()(\w+\.parameters\(\))/, '$1[{"params": $2, "lr": 1e-7}]', 1),
  },
  {
    id: 'clip-value-tiny',
    says: 'SGD with each gradient clipped to 1e-6',
    apply(lines) {
      const name = lines.map((line) => /optim\.SGD\((\w+)\.parameters\(\)/.exec(line)?.[1]).find(Boolean);
      return name === undefined
        ? null
        : insertAfter(lines, BACKWARD, [`torch.nn.utils.clip_grad_value_(${name}.parameters(), 1e-6)`]);
    },
  },
  {
    id: 'gradient-scaled',
    says: 'gradients of SGD multiplied by 1e-4 by hand',
    apply(lines) {
      const name = lines.map((line) => /optim\.SGD\((\w+)\.parameters\(\)/.exec(line)?.[1]).find(Boolean);
      return name === undefined
        ? null
        : insertAfter(lines, BACKWARD, [`for p in ${name}.parameters():`, '    p.grad *= 1e-4']);
    },
  },
  {
    id: 'state-detached',
    says: 'the state detached at each step in time',
    alwaysWrong: true,
    apply: (lines) =>
      replaceIn(
        lines,
        /^(\s+(h|state|hidden) = self\.\w+\([^()]*(?:\([^()]*\))?[^()]*, )\2\)$/,
        '$1$2.detach())',
      ),
  },
  {
    id: 'no-activation',
    says: 'the rectifiers left out',
    apply: (lines) =>
      replaceIn(lines, /nn\.(?:ReLU|GELU|SiLU|Tanh|ELU|LeakyReLU)\([^()]*\)/g, 'nn.Identity()') ??
      replaceIn(lines, /\b(?:torch|F|nn\.functional)\.(?:relu|gelu|silu|tanh)\(/g, '('),
  },
  {
    id: 'branch-times-ten',
    says: 'residual branches times ten',
    apply: (lines) => replaceIn(lines, /(return|=) (x|h) \+ (?=self\.|torch\.|F\.)/, '$1 $2 + 10 * '),
  },
  {
    id: 'saturated-tanh',
    says: 'a hundred times the input into tanh',
    apply: (lines) => replaceIn(lines, /\b(torch|F)\.tanh\(/, '$1.tanh(100 * '),
  },
];
