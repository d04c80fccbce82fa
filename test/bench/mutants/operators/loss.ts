import { alsoAt, BACKWARD, type Mutant, type Operator, replaceIn } from '../program';

const MEAN_LOSS =
  /((?:mse_loss|cross_entropy|l1_loss|smooth_l1_loss|binary_cross_entropy_with_logits)\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*)\)/;

function inLossLine(change: (line: string) => string) {
  return (lines: readonly string[]): Mutant | null =>
    replaceIn(lines, /^\s*(?:\w*loss\w*) = .*$/, (line) => change(line));
}

export const LOSS_OPERATORS: readonly Operator[] = [
  {
    id: 'sum-reduction',
    says: 'losses summed over the batch',
    apply: (lines) =>
      inLossLine((line) =>
        /reduction/.test(line)
          ? line
          : line.replace(MEAN_LOSS, '$1, reduction="sum")').replace(/\.mean\(\)$/, '.sum()'),
      )(lines) ??
      replaceIn(
        lines,
        /nn\.(MSELoss|CrossEntropyLoss|L1Loss|BCEWithLogitsLoss)\(\)/,
        'nn.$1(reduction="sum")',
      ),
  },
  {
    id: 'shape-spread',
    says: 'predictions [N, 1] against targets [N]',
    alwaysWrong: true,
    apply: (lines) =>
      lines.some((line) => /mse_loss|MSELoss|l1_loss|L1Loss|pow\(2\)|\*\* 2/.test(line))
        ? alsoAt(
            replaceIn(lines, /^(\s+return self\..*)\.squeeze\((?:1|-1)\)$/, '$1'),
            /mse_loss\(|l1_loss\(|loss = /,
          )
        : null,
  },
  {
    id: 'negative-loss',
    says: 'the sign of the loss turned',
    alwaysWrong: true,
    apply: (lines) =>
      alsoAt(replaceIn(lines, /^(\s*)(\w*loss\w*)\.backward\(\)/, '$1(-$2).backward()', 1), /loss = /),
  },
  {
    id: 'nll-of-logits',
    says: 'nll_loss on raw scores',
    alwaysWrong: true,
    apply: (lines) =>
      alsoAt(
        replaceIn(lines, /(?:nn\.functional|F)\.cross_entropy\(/, 'torch.nn.functional.nll_loss(') ??
          replaceIn(lines, /nn\.CrossEntropyLoss\(\)/, 'nn.NLLLoss()'),
        /loss\w* = /,
      ),
  },
  {
    id: 'log-of-softmax',
    says: 'cross-entropy by hand: log(softmax)',
    apply: (lines) =>
      replaceIn(
        lines,
        /(?:nn\.functional|F)\.cross_entropy\(((?:[^(),]|\((?:[^()]|\([^()]*\))*\))*), ((?:[^(),]|\((?:[^()]|\([^()]*\))*\))*)\)/,
        '-torch.log(torch.softmax(30 * $1, dim=-1)).gather(1, $2.unsqueeze(1)).mean()',
        1,
      ),
  },
  {
    id: 'no-eps',
    says: 'the small constant of a log, root or quotient taken out',
    apply: (lines) =>
      replaceIn(lines, /(log|sqrt|\/)(.*?) \+ (?:1e-\d+|eps)\b/, '$1$2') ??
      replaceIn(lines, /\.clamp(?:_min)?\((?:min=)?1e-\d+\)/, ''),
  },
  {
    id: 'loss-times-thousand',
    says: 'the loss times 1,000',
    apply: (lines) => replaceIn(lines, /^(\s*)(\w*loss\w*)\.backward\(\)/, '$1($2 * 1000).backward()'),
  },
  {
    id: 'unscaled-inputs',
    says: 'inputs in the thousands',
    apply: (lines) => alsoAt(scaledReturn(lines, 'x'), BACKWARD),
  },
  {
    id: 'unscaled-targets',
    says: 'targets in the thousands',
    apply: (lines) =>
      lines.some((line) => /"r2"|'r2'/.test(line)) ? alsoAt(scaledReturn(lines, 'y'), /loss = /) : null,
  },
];

/** `return x, y` of a function that makes data: one of the two in other units. */
function scaledReturn(lines: readonly string[], which: 'x' | 'y'): Mutant | null {
  return which === 'x'
    ? replaceIn(lines, /^(\s+return )x(?=, \w+(?:\.\w+\([^()]*\))?$)/, '$11000.0 * x', 1)
    : replaceIn(lines, /^(\s+return \w+, )(\w+)$/, '$11000.0 * $2', 1);
}
