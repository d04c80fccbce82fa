import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import { type KerasItem, kerasChains } from '../../python/kerasChain';
import { activationOf } from '../../python/layers';
import type { Expr } from '../../python/syntax/ast';
import type { Finding } from '../finding';
import type { RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

/**
 * Hidden Keras layers whose `kernel_initializer` gives every weight the same value: a constant that is not zero, zeros in two layers
 * in a row, or zeros before a ReLU, whose slope at zero is zero. The last layer may start as it likes: its units have targets of their own.
 */
export function constantKernels(meta: RuleMeta, facts: PythonFacts): Finding[] {
  const found = new Map<Expr, Finding>();
  for (const chain of facts.source.mentions(/kernel_initializer/) ? kerasChains(facts) : []) {
    const weights = chain.filter((item) => item.role === 'weight');
    for (const [index, item] of weights.slice(0, -1).entries()) {
      const constant = constantOf(facts, item);
      const near = [weights[index - 1], weights[index + 1]];
      const isZeroed = near.some((other) => other !== undefined && constantOf(facts, other) === 0);
      const next = chain[chain.indexOf(item) + 1];
      const isShut = next?.role === 'activation' && activationOf(next.type) === 'relu';
      if (item.kernel !== null && constant !== null && (constant !== 0 || isZeroed || isShut)) {
        found.set(item.kernel, report(meta, facts, { constant, kernel: item.kernel, next }));
      }
    }
  }
  return [...found.values()];
}

const CONSTANT = /^(?:keras\.initializers\.)?(zeros|ones|constant)$/i;

/** Null where the initialiser is none, or gives different values. */
function constantOf(facts: PythonFacts, { kernel }: KerasItem): number | null {
  const made = kernel?.kind === 'call' ? kernel : null;
  const name = kernel?.kind === 'string' ? kernel.value : kernel && facts.nameOf(made?.func ?? kernel);
  switch (CONSTANT.exec(name ?? '')?.[1]?.toLowerCase()) {
    case 'zeros':
      return 0;
    case 'ones':
      return 1;
    case 'constant': {
      const value = (made?.args.find((arg) => arg.name === 'value') ?? made?.args[0])?.value;
      // The constant of Keras is 0 where none is given.
      return value === undefined ? 0 : value.kind === 'number' ? value.value : null;
    }
    default:
      return null;
  }
}

interface Constant {
  readonly constant: number;
  readonly kernel: Expr;
  readonly next: KerasItem | undefined;
}

function report(meta: RuleMeta, facts: PythonFacts, { constant, kernel, next }: Constant): Finding {
  const word = next?.role === 'activation' ? activationOf(next.type) : null;
  const isSaturating = word === 'sigmoid' || word === 'tanh';
  const [initialiser, remedy, title] = isSaturating
    ? (['glorot_uniform', 'xavier-init', 'Initialise with Xavier (tanh and sigmoid layers)'] as const)
    : (['he_normal', 'he-init', 'Initialise with He (ReLU layers)'] as const);
  const quote = facts.textOf(facts.rangeOf(kernel)).startsWith("'") ? "'" : '"';
  return finding(meta, {
    message:
      constant === 0
        ? 'The weights of this hidden layer start at zero, and so does what would pass a gradient to them: it never learns.'
        : `Every weight of this hidden layer starts at ${constant}: all its units compute the same and stay copies of one another.`,
    range: facts.rangeOf(kernel),
    evidence: { constant },
    fixes: [
      unsafeFix(facts, remedy, title, [replace(facts.rangeOf(kernel), quote + initialiser + quote)], true),
    ],
  });
}
