import {
  alsoAt,
  BACKWARD,
  dropLines,
  indentOf,
  insertAfter,
  type Mutant,
  moveLine,
  OPTIMIZER,
  OPTIMIZER_STEP,
  type Operator,
  replaceIn,
  ZERO_GRAD,
} from '../program';

const TRAINING = new RegExp(`${BACKWARD.source}|${OPTIMIZER_STEP.source}`);
const CLIP = /clip_grad_(?:norm|value)_\(/;

/** The statement that makes the optimizer, on one line, with more arguments. */
function withArgument(lines: readonly string[], kinds: string, argument: string): Mutant | null {
  return replaceIn(
    lines,
    new RegExp(`^(.*optim\\.(?:${kinds})\\(.*parameters\\(\\).*)\\)$`),
    (whole, head = '') =>
      new RegExp(`\\b${argument.split('=')[0]}=`).test(whole) ? whole : `${head}, ${argument})`,
  );
}

function rateTimes(factor: number) {
  return (lines: readonly string[]): Mutant | null =>
    alsoAt(
      replaceIn(
        lines,
        /\b((?:\w*_)?(?:lr|LR|learning_rate)(?:: float)?\s*=\s*)(\d*\.?\d+(?:e-?\d+)?)\b(?!\s*[*/])/g,
        (_, head = '', value = '') => `${head}${String(Number((Number(value) * factor).toPrecision(6)))}`,
      ),
      OPTIMIZER,
    );
}

/** Puts what stands on a line into the training loop: right behind the loop's head that holds `backward`. */
function intoLoop(lines: readonly string[], statement: (line: string) => string | null): Mutant | null {
  const backward = lines.findIndex((line) => BACKWARD.test(line));
  const made = lines.map(statement).find((text) => text !== null);
  if (backward < 0 || made === undefined || made === null) {
    return null;
  }
  for (let at = backward - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    if (indentOf(line) < indentOf(lines[backward]) && line.trim() !== '') {
      if (!/^\s*(?:for|while) .*:$/.test(line)) {
        return null;
      }
      const indent = ' '.repeat(indentOf(lines[at + 1]));
      return {
        text: [...lines.slice(0, at + 1), indent + made, ...lines.slice(at + 1)].join('\n'),
        lines: [at + 2],
      };
    }
  }
  return null;
}

/** A scheduler behind the optimizer, stepped after each of its steps. */
function scheduler(construct: (name: string) => string) {
  return (lines: readonly string[]): Mutant | null => {
    if (lines.some((line) => /lr_scheduler/.test(line))) {
      return null;
    }
    const name = lines
      .map((line) => /^\s*(\w+)\s*=\s*(?:torch\.)?optim\.\w+\(/.exec(line)?.[1])
      .find(Boolean);
    const made =
      name === undefined
        ? null
        : insertAfter(lines, new RegExp(`^\\s*${name}\\s*=\\s*(?:torch\\.)?optim\\.`), [
            `scheduler = ${construct(name)}`,
          ]);
    const stepped =
      made === null
        ? null
        : insertAfter(made.text.split('\n'), new RegExp(`^\\s*${name}\\.step\\(\\)`), ['scheduler.step()']);
    return made === null || stepped === null
      ? null
      : { text: stepped.text, lines: [...made.lines, ...stepped.lines] };
  };
}

export const TRAINING_OPERATORS: readonly Operator[] = [
  { id: 'rate-x100', says: 'learning rate 100 times as large', apply: rateTimes(100) },
  { id: 'rate-x1000', says: 'learning rate 1,000 times as large', apply: rateTimes(1000) },
  { id: 'rate-/1000', says: 'learning rate 1,000 times as small', apply: rateTimes(1e-3) },
  {
    id: 'no-zero-grad',
    says: 'gradients never reset',
    alwaysWrong: true,
    apply: (lines) => dropLines(lines, ZERO_GRAD, TRAINING),
  },
  {
    id: 'no-clip',
    says: 'clipping taken out',
    apply: (lines) =>
      dropLines(
        lines,
        new RegExp(`^\\s*(?:torch\\.nn\\.utils\\.|nn\\.utils\\.|utils\\.)?${CLIP.source}`),
        TRAINING,
      ),
  },
  {
    id: 'no-step',
    says: 'the optimizer never steps',
    alwaysWrong: true,
    apply: (lines) => dropLines(lines, OPTIMIZER_STEP, BACKWARD),
  },
  {
    id: 'reset-before-step',
    says: 'gradients reset between backward and step',
    alwaysWrong: true,
    apply: (lines) =>
      alsoAt(
        moveLine(lines, ZERO_GRAD, OPTIMIZER_STEP, 'before') ?? moveAfterBackward(lines),
        OPTIMIZER_STEP,
      ),
  },
  {
    id: 'step-before-backward',
    says: 'step before backward, after the reset',
    alwaysWrong: true,
    apply: (lines) => alsoAt(moveLine(lines, OPTIMIZER_STEP, BACKWARD, 'before'), BACKWARD),
  },
  {
    id: 'clip-before-backward',
    says: 'clipped before backward',
    alwaysWrong: true,
    apply: (lines) => moveLine(lines, CLIP, BACKWARD, 'before'),
  },
  {
    id: 'weight-decay',
    says: 'weight decay of 1',
    apply: (lines) =>
      withArgument(lines, 'Adam|AdamW|SGD', 'weight_decay=1.0') ??
      replaceIn(lines, /weight_decay=[\d.e-]+/, 'weight_decay=1.0'),
  },
  {
    id: 'betas',
    says: 'beta1 of 0.999',
    apply: (lines) => withArgument(lines, 'Adam|AdamW', 'betas=(0.999, 0.9999)'),
  },
  {
    id: 'momentum',
    says: 'momentum of 0.999',
    apply: (lines) =>
      replaceIn(lines, /momentum=[\d.]+/, 'momentum=0.999') ?? withArgument(lines, 'SGD', 'momentum=0.999'),
  },
  { id: 'eps-one', says: "Adam's eps of 1", apply: (lines) => withArgument(lines, 'Adam|AdamW', 'eps=1.0') },
  {
    id: 'sgd-for-adam',
    says: 'SGD with the rate of Adam',
    apply: (lines) =>
      alsoAt(
        replaceIn(lines, /optim\.AdamW?\((.*?)(?:, (?:betas|eps|weight_decay)=.*?)?\)$/, 'optim.SGD($1)'),
        /\b(?:\w*_)?(?:lr|LR|learning_rate)(?:: float)?\s*=\s*[\d.]/,
      ),
  },
  {
    id: 'clip-tiny',
    says: 'SGD clipped to a norm of 1e-4',
    apply: (lines) => {
      const sgd = replaceIn(lines, /optim\.SGD\((\w+)\.parameters\(\)/, 'optim.SGD($1.parameters()');
      const name = lines.map((line) => /optim\.SGD\((\w+)\.parameters\(\)/.exec(line)?.[1]).find(Boolean);
      return sgd === null && name !== undefined && !lines.some((line) => CLIP.test(line))
        ? insertAfter(lines, BACKWARD, [`torch.nn.utils.clip_grad_norm_(${name}.parameters(), 1e-4)`])
        : replaceIn(lines, /(clip_grad_norm_\([^,]*, *(?:max_norm=)?)[\w.]+/, '$11e-4');
    },
  },
  {
    id: 'optimizer-in-loop',
    says: 'optimizer made again in each step',
    apply: (lines) =>
      intoLoop(lines, (line) =>
        /^\s*\w+\s*=\s*(?:torch\.)?optim\.\w+\(.*\)$/.test(line) ? line.trim() : null,
      ),
  },
  {
    id: 'model-in-loop',
    says: 'model made again in each step',
    alwaysWrong: true,
    apply: (lines) =>
      intoLoop(lines, (line) => (/^\s*(?:model|net)\s*=\s*\w[\w.]*\(.*\)$/.test(line) ? line.trim() : null)),
  },
  {
    id: 'decay-each-step',
    says: 'the rate halved every ten steps',
    apply: scheduler((name) => `torch.optim.lr_scheduler.StepLR(${name}, step_size=10, gamma=0.5)`),
  },
  {
    id: 'exponential-each-step',
    says: 'the rate times 0.9 in each step',
    apply: scheduler((name) => `torch.optim.lr_scheduler.ExponentialLR(${name}, gamma=0.9)`),
  },
  {
    id: 'lambda-to-zero',
    says: 'a lambda that lowers the rate to zero early',
    apply: scheduler(
      (name) => `torch.optim.lr_scheduler.LambdaLR(${name}, lambda s: max(0.0, 1.0 - s / 20))`,
    ),
  },
  {
    id: 'growing-rate',
    says: 'the rate grows by a percent in each step',
    apply: scheduler((name) => `torch.optim.lr_scheduler.ExponentialLR(${name}, gamma=1.02)`),
  },
  {
    id: 'scheduler-per-batch',
    says: 'the scheduler of epochs stepped with each batch',
    apply: (lines) => schedulerPerBatch(lines),
  },
];

function moveAfterBackward(lines: readonly string[]): Mutant | null {
  return moveLine(lines, ZERO_GRAD, BACKWARD, 'after');
}

function schedulerPerBatch(lines: readonly string[]): Mutant | null {
  const at = lines.findIndex((line) => /^\s*(?:self\.)?\w*sched\w*\.step\(\)/.test(line));
  const step = lines.findIndex((line) => OPTIMIZER_STEP.test(line));
  if (at < 0 || step < 0 || at < step || indentOf(lines[at]) >= indentOf(lines[step])) {
    return null;
  }
  const moved = ' '.repeat(indentOf(lines[step])) + (lines[at] ?? '').trim();
  const rest = lines.filter((_, k) => k !== at);
  rest.splice(step + 1, 0, moved);
  return alsoAt({ text: rest.join('\n'), lines: [step + 2] }, /lr_scheduler\./);
}
