import { type ChainItem, chainOfClass, chainOfModel } from '../../python/chain';
import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import { kerasChains } from '../../python/kerasChain';
import { activationOf } from '../../python/layers';
import type { TextRange } from '../../text';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

/** Hidden sigmoid layers from which default training fails: with SGD two reach 24 % and three fail in our measurement. */
const WARN_AT = 3;
const HINT_AT = 2;
/** Narrower layers are teaching examples (XOR), which train all the same. */
const MIN_WIDTH = 10;

const meta: RuleMeta = {
  code: 'GI201',
  name: 'sigmoid-stack',
  title: 'A stack of hidden sigmoid layers',
  severity: 'warning',
  subject: 'python',
  remedies: ['relu', 'gelu', 'leaky-relu', 'batch-norm'],
  doc: {
    sees: `${WARN_AT} or more linear or convolution layers in a row that are each followed by a sigmoid and then by another layer, with no normalisation, residual sum or gate between them; ${HINT_AT} are a hint. The sigmoid of the output layer does not count, nor do layers narrower than ${MIN_WIDTH} units.`,
    why: "The slope of a sigmoid is at most 1/4, so each such layer shrinks the gradient several times: at the usual initialisation the first of three layers gets about 4e-4 of the last one's gradient, the first of five about 6e-6.",
    reference: {
      title:
        'Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks',
      url: 'https://proceedings.mlr.press/v9/glorot10a.html',
    },
    whenWrong:
      'Networks whose sigmoid is the point (autoencoders of probabilities, biological models). Batch normalisation before each sigmoid keeps ten such layers trainable.',
    example: `import torch.nn as nn

model = nn.Sequential(
    nn.Linear(20, 64), nn.Sigmoid(),
    nn.Linear(64, 64), nn.Sigmoid(),
    nn.Linear(64, 64), nn.Sigmoid(),
    nn.Linear(64, 1),
)
`,
    better: `import torch.nn as nn

model = nn.Sequential(
    nn.Linear(20, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 1),
)
`,
  },
};

export const sigmoidStack: PythonRule = {
  meta,
  check(facts) {
    if (!facts.source.mentions(/sigmoid/i)) {
      return [];
    }
    const chains = [
      ...facts.classes.map((owner) => chainOfClass(facts, owner)),
      ...facts.models
        .filter((model) => model.type === 'torch.nn.Sequential' || model.members.length > 0)
        .map((model) => chainOfModel(facts, model)),
      ...kerasChains(facts),
    ];
    const seen = new Set<string>();
    return chains.flatMap((chain) => {
      const stack = longestStack(chain);
      const key = stack.map((item) => `${item.range.line}:${item.range.column}`).join();
      if (stack.length < HINT_AT || seen.has(key)) {
        return [];
      }
      seen.add(key);
      return [report(facts, chain, stack)];
    });
  },
};

/** The longest run of weight layer and sigmoid, again and again, that ends in a further weight layer. */
function longestStack(chain: readonly ChainItem[]): ChainItem[] {
  let best: ChainItem[] = [];
  let run: ChainItem[] = [];
  let pending: ChainItem | null = null;
  let weight: ChainItem | null = null;
  for (const item of chain) {
    if (item.role === 'weight') {
      if (pending !== null) {
        run.push(pending);
        best = run.length > best.length ? [...run] : best;
      } else if (weight !== null) {
        run = [];
      }
      weight = item;
      pending = null;
    } else if (item.role === 'activation') {
      if (isSigmoid(item) && weight !== null && pending === null && isWide(weight)) {
        pending = item;
      } else {
        run = [];
        weight = null;
        pending = null;
      }
    } else if (item.role !== 'dropout') {
      run = [];
      weight = null;
      pending = null;
    }
  }
  return best;
}

function isSigmoid(item: ChainItem): boolean {
  return activationOf(item.type) === 'sigmoid';
}

function isWide(weight: ChainItem): boolean {
  const width = weight.values[1];
  return typeof width !== 'number' || width >= MIN_WIDTH;
}

function report(facts: PythonFacts, chain: readonly ChainItem[], stack: readonly ChainItem[]): Finding {
  const first = stack[0] as ChainItem;
  const count = stack.length;
  return finding(meta, {
    severity: count >= WARN_AT ? 'warning' : 'hint',
    message: `${count} hidden sigmoid layers in a row: each shrinks the gradient at least four times, so the first layers hardly learn.`,
    range: first.callee ?? first.range,
    evidence: { layers: count },
    fixes: fixes(facts, chain, stack),
  });
}

/** Replaces every hidden sigmoid, unless the same text also makes the output's. */
function fixes(facts: PythonFacts, chain: readonly ChainItem[], stack: readonly ChainItem[]): Fix[] {
  const hidden = distinct(stack);
  const others = chain.filter((item) => isSigmoid(item) && !stack.includes(item));
  if (others.some((item) => hidden.some((one) => same(one, item.callee)))) {
    return [];
  }
  const edits = hidden.flatMap((range) => {
    const isModule = stack.some((item) => same(range, item.callee) && /^nn\./.test(item.type));
    const newText = swapped(facts.textOf(range)) ?? (isModule ? facts.spell('torch.nn.ReLU') : null);
    return newText === null ? [] : [replace(range, newText)];
  });
  return edits.length < hidden.length || edits.length === 0
    ? []
    : [unsafeFix(facts, 'relu', 'Use ReLU in the hidden layers', edits, true)];
}

/** The same spelling with ReLU in the place of the sigmoid; null when it is spelled in a way that cannot be swapped. */
function swapped(text: string): string | null {
  if (/^(["'])sigmoid\1$/.test(text)) {
    return text.replace('sigmoid', 'relu');
  }
  if (/^(?:\w+\.)*Sigmoid$/.test(text) && text.includes('.')) {
    return text.replace(/Sigmoid$/, 'ReLU');
  }
  return /^(?:\w+\.)*sigmoid$/.test(text) && (text.includes('.') || text === 'sigmoid')
    ? text.replace(/sigmoid$/, 'relu')
    : null;
}

function distinct(items: readonly ChainItem[]): TextRange[] {
  const out: TextRange[] = [];
  for (const { callee } of items) {
    if (callee !== null && !out.some((one) => same(one, callee))) {
      out.push(callee);
    }
  }
  return out;
}

function same(a: TextRange, b: TextRange | null): boolean {
  return b !== null && a.line === b.line && a.column === b.column;
}
