import { alsoAt, indentOf, insertAfter, type Mutant, type Operator, replaceIn } from '../program';

/** Where a model is made and named: `net = Classifier(...)`. */
export const MODEL =
  /^\s*(\w*(?:model|net|policy|agent|encoder|generator|student|critic)\w*|[GD]|net[GD]|gen|disc)\s*=\s*(?:build\w*|nn\.Sequential|[A-Z]\w+)\(/;
const RECTIFIER =
  /\b(?:nn\.(?:ReLU|LeakyReLU|GELU|SiLU|ELU)\([^()]*\)|(?:F|torch|nn\.functional)\.(?:relu|gelu|silu|elu|leaky_relu)\()/g;

function activation(module: string, call: string) {
  return (lines: readonly string[]): Mutant | null =>
    replaceIn(lines, RECTIFIER, (found) => (found.endsWith(')') ? `nn.${module}()` : `torch.${call}(`));
}

function overParameters(body: readonly string[]) {
  return (lines: readonly string[]): Mutant | null =>
    insertAfter(lines, MODEL, (match) => [
      `for p in ${match[1]}.parameters():`,
      ...body.map((line) => `    ${line}`),
    ]);
}

function overLinear(body: readonly string[]) {
  return (lines: readonly string[]): Mutant | null =>
    insertAfter(lines, MODEL, (match) => [
      `for m in ${match[1]}.modules():`,
      '    if isinstance(m, (nn.Linear, nn.Conv1d, nn.Conv2d)):',
      ...body.map((line) => `        ${line}`),
    ]);
}

/** The value that `forward` returns, in the last class that has one: changed as `by` says. */
function returned(lines: readonly string[], by: (value: string) => string | null): Mutant | null {
  let forward = -1;
  for (const [at, line] of lines.entries()) {
    if (/^\s+def forward\(/.test(line)) {
      forward = at;
    } else if (forward >= 0 && indentOf(line) <= indentOf(lines[forward]) && line.trim() !== '') {
      forward = -1;
    }
    const value =
      forward < 0 ? undefined : /^\s+return (self\.\w+\(.*\))(?:\.squeeze\([^()]*\))?$/.exec(line)?.[1];
    const isLast = !lines.slice(at + 1).some((later) => /^\s+def forward\(/.test(later));
    const next = value === undefined || !isLast ? null : by(value);
    if (value !== undefined && next !== null) {
      const text = lines.map((each, k) => (k === at ? each.replace(value, next) : each));
      return { text: text.join('\n'), lines: [at + 1] };
    }
  }
  return null;
}

const LAYER = /nn\.(?:Linear|Conv1d|Conv2d)\(/;

export const MODEL_OPERATORS: readonly Operator[] = [
  {
    id: 'sigmoid-everywhere',
    says: 'sigmoid instead of the rectifiers',
    apply: activation('Sigmoid', 'sigmoid'),
  },
  {
    id: 'no-norm',
    says: 'normalisation layers taken out',
    apply: (lines) =>
      replaceIn(lines, /nn\.(?:LayerNorm|BatchNorm[12]d|GroupNorm)\([^()]*\)/g, 'nn.Identity()'),
  },
  {
    id: 'no-residual',
    says: 'residual addition taken out',
    apply: (lines) => replaceIn(lines, /(return|=) (x|h) \+ (?=self\.|torch\.|F\.)/, '$1 '),
  },
  {
    id: 'relu-at-output',
    says: 'rectifier after the last layer',
    alwaysWrong: true,
    apply: (lines) => returned(lines, (value) => `torch.relu(${value})`),
  },
  {
    id: 'tanh-at-output',
    says: 'tanh after the last layer',
    apply: (lines) => returned(lines, (value) => `torch.tanh(${value})`),
  },
  {
    id: 'softmax-into-cross-entropy',
    says: 'softmax before the cross-entropy',
    alwaysWrong: true,
    apply: (lines) =>
      lines.some((line) => /cross_entropy|CrossEntropyLoss/.test(line))
        ? alsoAt(
            returned(lines, (value) => `torch.softmax(${value}, dim=-1)`),
            /cross_entropy\(/,
          )
        : null,
  },
  {
    id: 'sigmoid-into-logits-loss',
    says: 'sigmoid before BCE with logits',
    alwaysWrong: true,
    apply: (lines) =>
      lines.some((line) => /with_logits|BCEWithLogits/.test(line))
        ? alsoAt(
            returned(lines, (value) => `torch.sigmoid(${value})`),
            /with_logits\(/,
          )
        : null,
  },
  {
    id: 'detached-features',
    says: 'features detached inside forward',
    alwaysWrong: true,
    apply: (lines) =>
      replaceIn(
        lines,
        /^(\s+(?:h|x|z|hidden|feats|features) = (?:F|torch)?\.?(?:relu|tanh)?\(?self\.\w+\(\w+\)\)?)$/,
        '$1.detach()',
        1,
      ) ??
      returned(lines, (value) => {
        const nested = /^(self\.\w+)\((self\.\w+\(\w+\))\)$/.exec(value);
        return nested === null ? null : `${nested[1]}(${nested[2]}.detach())`;
      }),
  },
  {
    id: 'hard-threshold',
    says: 'a step function as activation',
    apply: (lines) =>
      replaceIn(lines, /(?:torch|F)\.(?:relu|tanh|gelu)\((self\.\w+\(\w+\))\)/, '($1 > 0).float()'),
  },
  {
    id: 'recurrent-plain',
    says: 'a plain RNN instead of a GRU',
    apply: (lines) => replaceIn(lines, /nn\.GRU\(/, 'nn.RNN('),
  },
  {
    id: 'unscaled-attention',
    says: 'attention scores without 1/sqrt(d)',
    apply: (lines) =>
      replaceIn(
        lines,
        /(@.*?|bmm\(.*?\)) ?(?:\/ (?:math\.sqrt\([^()]*(?:\([^()]*\))?\)|\w+ \*\* 0\.5)|\* \w+ \*\* -0\.5)/,
        '$1',
      ),
  },
  {
    id: 'plain-list',
    says: 'layers in a plain Python list',
    alwaysWrong: true,
    apply: (lines) =>
      replaceIn(lines, /nn\.ModuleList\((\[.*\])\)/, '$1') ??
      replaceIn(lines, /nn\.ModuleList\((.* for .*)\)$/, '[$1]'),
  },
  {
    id: 'dropout-most',
    says: 'dropout of 0.95',
    apply: (lines) =>
      replaceIn(lines, /nn\.Dropout\([^()]*\)/g, 'nn.Dropout(0.95)') ??
      replaceIn(lines, /nn\.(ReLU|GELU|Tanh|SiLU)\(\), nn\.Linear/g, 'nn.$1(), nn.Dropout(0.95), nn.Linear'),
  },
  {
    id: 'init-normal-one',
    says: 'weights drawn with deviation 1',
    apply: overLinear(['nn.init.normal_(m.weight, std=1.0)']),
  },
  {
    id: 'init-uniform-one',
    says: 'weights drawn from -1 to 1',
    apply: overLinear(['nn.init.uniform_(m.weight, -1, 1)', 'nn.init.zeros_(m.bias)']),
  },
  {
    id: 'init-tiny',
    says: 'weights drawn with deviation 1e-3',
    apply: overLinear(['nn.init.normal_(m.weight, 0.0, 0.001)', 'nn.init.zeros_(m.bias)']),
  },
  {
    id: 'init-constant',
    alwaysWrong: true,
    says: 'all weights the same',
    apply: overLinear(['nn.init.constant_(m.weight, 0.1)']),
  },
  {
    id: 'init-zero',
    alwaysWrong: true,
    says: 'all weights zero',
    apply: overLinear(['m.weight.data.zero_()', 'm.bias.data.zero_()']),
  },
  { id: 'init-times-ten', says: 'weights made ten times as large', apply: overParameters(['p.data *= 10']) },
  {
    id: 'bias-far-below',
    says: 'biases far below zero',
    apply: overLinear(['nn.init.constant_(m.bias, -5.0)']),
  },
  {
    id: 'frozen-part',
    says: 'a part left frozen',
    apply: (lines) => {
      const part = partsOf(lines)[0];
      return part === undefined
        ? null
        : insertAfter(lines, MODEL, (match) => [
            `for p in ${match[1]}.${part}.parameters():`,
            '    p.requires_grad_(False)',
          ]);
    },
  },
  {
    id: 'optimizer-part',
    says: 'the optimizer gets the last part only',
    apply: (lines) => {
      const part = partsOf(lines).at(-1);
      return part === undefined || partsOf(lines).length < 2
        ? null
        : replaceIn(
            lines,
            /((?:Adam|AdamW|SGD|RMSprop)\((?:params=)?\w+)\.parameters\(\)/,
            `$1.${part}.parameters()`,
          );
    },
  },
];

/** Attributes with layers of the last class of the file, in order. */
function partsOf(lines: readonly string[]): readonly string[] {
  const start = lines.findLastIndex((line) => /^class \w+\((?:torch\.)?nn\.Module\)/.test(line));
  if (start < 0) {
    return [];
  }
  const end = lines.findIndex((line, at) => at > start && /^\S/.test(line));
  return lines.slice(start, end < 0 ? undefined : end).flatMap((line) => {
    const name = /^\s+self\.(\w+) = nn\./.exec(line)?.[1];
    return name !== undefined && (LAYER.test(line) || /nn\.(?:Sequential|GRU|LSTM|Embedding)\(/.test(line))
      ? [name]
      : [];
  });
}
