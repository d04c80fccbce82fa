import { type ChainItem, chainOfRoot } from '../../python/chain';
import { replace } from '../../python/edits';
import type { InitFact, ModuleEntry, PythonFacts } from '../../python/facts';
import { pathFits } from '../../python/instances';
import { activationOf, isNorm, isWeightLayer } from '../../python/layers';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { constantKernels } from './constantKernel';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI202',
  name: 'constant-weight',
  title: 'All weights of a layer start at the same value',
  severity: 'warning',
  subject: 'python',
  remedies: ['he-init', 'xavier-init', 'orthogonal-init'],
  doc: {
    sees: 'Initialisation code that writes one non-zero constant to the weight matrix of a linear or convolution layer, or zeros to the weights of every layer (a sweep over `modules()`, `parameters()` or through `apply`) or of two layers in a row. In Keras a constant `kernel_initializer` of a hidden layer; zeros only in two layers in a row or before a ReLU.',
    why: 'Units with equal weights compute the same and get the same gradient: they stay copies of one another. With zeros in two layers in a row no gradient passes at all; only the last bias learns.',
    reference: {
      title: 'Nikanjam et al. 2021, NeuraLint (rule f004)',
      url: 'https://arxiv.org/abs/2105.08095',
    },
    whenWrong:
      'Zeros in a single layer are common and right: the last layer of a residual branch, an output head, gates, LoRA. They are left alone, as are norm layers, biases and frozen kernels.',
    example: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 64)
        self.out = nn.Linear(64, 2)
        self.apply(self._init)

    def _init(self, module):
        if isinstance(module, nn.Linear):
            nn.init.constant_(module.weight, 0.0)

    def forward(self, x):
        return self.out(self.hidden(x).relu())
`,
    better: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 64)
        self.out = nn.Linear(64, 2)
        self.apply(self._init)

    def _init(self, module):
        if isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x):
        return self.out(self.hidden(x).relu())
`,
  },
};

export const constantWeight: PythonRule = {
  meta,
  check: (facts) => [
    ...facts.inits.flatMap((init) => (isConstantWeight(facts, init) ? [report(facts, init)] : [])),
    ...constantKernels(meta, facts),
  ],
};

/** Kernels of a fixed filter (blur, averaging) are constant and frozen. */
const FREEZES = /requires_grad\s*=\s*False|requires_grad_\(False\)/;

function isConstantWeight(facts: PythonFacts, init: InitFact): boolean {
  const constant = constantOf(init);
  if (
    constant === null ||
    init.writes === 'bias' ||
    init.writes === 'recurrent' ||
    !reachesMatrices(facts, init)
  ) {
    return false;
  }
  if (constant !== 0) {
    return init.writes === 'weight' && !facts.source.mentions(FREEZES);
  }
  return init.sweeps ? isUnfiltered(facts, init) : zeroNeighbours(facts, init) || zeroBlocks(facts, init);
}

/** Does a block that zeroes its own layer run several times in a row in another model, with no sum that carries the signal past it? */
function zeroBlocks(facts: PythonFacts, init: InitFact): boolean {
  const { root, paths } = init;
  if (root === null || paths === null || !init.conditions.every((test) => PLAIN_TEST.test(test))) {
    return false;
  }
  const zeroed = facts.modules.filter(
    (entry) => entry.root === root && paths.some((path) => pathFits(path, entry.path)),
  );
  const lines = new Set(zeroed.map(({ range }) => range.line));
  const holders = new Set(
    facts.modules.filter(({ type, root: holder }) => type === root && holder !== root).map((one) => one.root),
  );
  return [...holders].some((holder) => {
    const chain = chainOfRoot(facts, holder);
    const isPlain = chain.every(({ role }) => role !== 'residual' && role !== 'gate' && role !== 'opaque');
    return (
      isPlain &&
      chain.filter(({ role, entry }) => role === 'weight' && lines.has(entry?.range.line ?? 0)).length > 1
    );
  });
}

function constantOf(init: InitFact): number | null {
  switch (init.kind) {
    case 'zeros':
      return 0;
    case 'ones':
      return 1;
    case 'constant':
      return init.scale?.value ?? null;
    default:
      return null;
  }
}

/** Is what it writes the weight of linear or convolution layers, as far as filters and paths tell? */
function reachesMatrices(facts: PythonFacts, init: InitFact): boolean {
  if (init.layerTypes.length > 0) {
    return init.layerTypes.some((type) => isWeightLayer(type));
  }
  if (init.paths !== null) {
    return init.paths.length > 0 && init.paths.every((path) => isMatrix(facts, init, path));
  }
  // A helper that zeroes whatever it is given (`zero_module`) is meant for last layers; a class that zeroes itself is not.
  const everything = init.writes === 'any' && constantOf(init) === 0 && init.root !== null;
  return init.sweeps && (init.writes === 'weight' || everything);
}

function entryAt(facts: PythonFacts, init: InitFact, path: string): ModuleEntry | undefined {
  const own = facts.modules.filter((entry) => entry.root === init.root && pathFits(path, entry.path));
  return own.find(({ type }) => isWeightLayer(type)) ?? own[0];
}

function isMatrix(facts: PythonFacts, init: InitFact, path: string): boolean {
  const entry = entryAt(facts, init, path);
  return entry !== undefined && isWeightLayer(entry.type) && /\.weight(?:\.|$)/.test(init.target);
}

/** Conditions that only tell layer types, and weights from biases. */
const PLAIN_TEST =
  /^(?:isinstance\(\w+,\s*[\w.()\s,]+\)|.*\bis not None|hasattr\(.*|type\(\w+\).*|.*\.(?:dim\(\)|ndim)\s*(?:>=?|==)\s*\d|["']weight["'] in \w+|\w+\.endswith\(["']\.?weight["']\))$/;

/** A sweep that lets every weight matrix through: its conditions only tell layer types and weights from biases. */
function isUnfiltered(facts: PythonFacts, init: InitFact): boolean {
  const rewritten = facts.inits.some(
    (other) =>
      other !== init && other.root === init.root && constantOf(other) === null && other.writes !== 'bias',
  );
  return !rewritten && init.conditions.every((condition) => PLAIN_TEST.test(condition));
}

/** Is the layer's neighbour on the main path zeroed too? */
function zeroNeighbours(facts: PythonFacts, init: InitFact): boolean {
  const own = init.paths ?? [];
  if (init.root === null || own.length === 0 || !init.conditions.every((test) => PLAIN_TEST.test(test))) {
    return false;
  }
  const zeroed = facts.inits
    .filter(
      (other) =>
        other.root === init.root &&
        constantOf(other) === 0 &&
        other.writes === 'weight' &&
        other.conditions.every((test) => PLAIN_TEST.test(test)),
    )
    .flatMap((other) => other.paths ?? []);
  const isIn = (paths: readonly string[], item: ChainItem | undefined) =>
    paths.some((path) => pathFits(path, item?.path ?? ''));
  const weights = chainOfRoot(facts, init.root).filter((item) => item.role === 'weight');
  return weights.some((item, index) => {
    const next = weights[index + 1];
    return isIn(zeroed, item) && isIn(zeroed, next) && (isIn(own, item) || isIn(own, next));
  });
}

function report(facts: PythonFacts, init: InitFact): Finding {
  const constant = constantOf(init) ?? 0;
  return finding(meta, {
    message:
      constant === 0
        ? 'The weights of several layers start at zero: no gradient passes them, only the last bias can learn.'
        : `Every weight starts at ${constant}: all units of the layer compute the same and stay copies of one another.`,
    range: init.call,
    evidence: { constant },
    remedies: constant === 0 && zeroBlocks(facts, init) ? ['residual', ...meta.remedies] : meta.remedies,
    fixes: fixes(facts, init),
  });
}

/** He initialisation for ReLU-like hidden layers, Xavier for tanh and sigmoid, on the same tensor. */
function fixes(facts: PythonFacts, init: InitFact): Fix[] {
  const mayMeetVectors =
    init.writes === 'any' ||
    (init.layerTypes.length === 0 &&
      init.paths === null &&
      facts.modules.some((entry) => isNorm(entry.type)));
  const saturating = hiddenActivations(facts, init.root).some(
    (word) => word === 'tanh' || word === 'sigmoid',
  );
  const tensor = init.name.startsWith('nn.init.') ? init.args[0]?.text : init.target;
  const [name, more, remedy] = saturating
    ? (['torch.nn.init.xavier_uniform_', '', 'xavier-init'] as const)
    : (['torch.nn.init.kaiming_normal_', ', nonlinearity="relu"', 'he-init'] as const);
  const spelled = facts.spell(name);
  if (mayMeetVectors || spelled === null || tensor === undefined) {
    return [];
  }
  const title = saturating
    ? 'Initialise with Xavier (tanh and sigmoid layers)'
    : 'Initialise with He (ReLU layers)';
  return [unsafeFix(facts, remedy, title, [replace(init.call, `${spelled}(${tensor}${more})`)], true)];
}

function hiddenActivations(facts: PythonFacts, root: string | null): string[] {
  const roots = root === null ? facts.classes.map(({ name }) => name) : [root];
  return roots.flatMap((one) =>
    chainOfRoot(facts, one).flatMap((item) =>
      item.role === 'activation' ? [activationOf(item.type) ?? ''] : [],
    ),
  );
}
