import type { ArgumentFact, ModuleEntry, PythonFacts } from '../../python/facts';
import type { CallExpr } from '../../python/syntax/ast';
import type { TextEdit, TextRange } from '../../text';
import type { ModelView } from './model';
import { appendTo, replace } from './place';

/** A weight matrix that a class makes itself: `nn.Parameter(torch.randn(n_in, n_out))`. */
export interface RawMatrix {
  readonly entry: ModuleEntry;
  /** The `torch.randn(...)`, which draws with standard deviation 1. */
  readonly draw: ArgumentFact;
  /** Sizes as written, input first. */
  readonly sizes: readonly [string, string];
}

/** Unscaled normal matrices that inputs are multiplied by (`x @ self.w`, `F.linear(x, self.w)`), one per line of code. */
export function rawMatrices(facts: PythonFacts, model: ModelView): readonly RawMatrix[] {
  const seen = new Set<number>();
  return model.modules.flatMap((entry) => {
    const draw = entry.args[0];
    const sizes = /^torch\.randn\(\s*([\w.]+)\s*,\s*([\w.]+)\s*\)$/.exec(draw?.text ?? '');
    const name = (entry.path.split('.').pop() ?? '').replace(/[^\w]/g, '\\$&');
    const [first, second] = [sizes?.[1], sizes?.[2]];
    if (entry.type !== 'nn.Parameter' || draw === undefined || first === undefined || second === undefined) {
      return [];
    }
    const multiplied = new RegExp(
      `@ *self\\.${name}\\b|(?:matmul|mm)\\([^()\\n]{1,80}, *self\\.${name}\\)`,
    ).test(facts.text);
    const linear = new RegExp(`linear\\([^()\\n]{1,80}, *self\\.${name}\\b`).test(facts.text);
    if (multiplied === linear || seen.has(draw.range.line)) {
      return [];
    }
    seen.add(draw.range.line);
    return [{ entry, draw, sizes: multiplied ? [first, second] : [second, first] }];
  });
}

/** Scales each matrix by what keeps the signal's size: √(2 / fan-in) after He, √(2 / (fan-in + fan-out)) after Glorot. */
export function scaleMatrices(matrices: readonly RawMatrix[], scheme: 'he' | 'xavier'): readonly TextEdit[] {
  return matrices.map(({ draw, sizes: [fanIn, fanOut] }) =>
    appendTo(draw.valueRange, ` * (2 / ${scheme === 'he' ? fanIn : `(${fanIn} + ${fanOut})`}) ** 0.5`),
  );
}

/** A matrix of a model without modules: `torch.randn(n_in, n_out, requires_grad=True)`. */
export interface RawLeaf {
  readonly range: TextRange;
  readonly call: CallExpr;
  readonly sizes: readonly [string, string];
}

/** Leaf matrices drawn with standard deviation 1, in a file that multiplies inputs by them. */
export function rawLeaves(facts: PythonFacts): readonly RawLeaf[] {
  if (!/@|matmul\(|\.mm\(/.test(facts.text)) {
    return [];
  }
  return facts.calls.flatMap(({ call }) => {
    const [first, second, third] = call.args;
    const isLeaf =
      facts.nameOf(call.func) === 'torch.randn' &&
      call.args.length === 3 &&
      third?.name === 'requires_grad' &&
      third.value.kind === 'constant' &&
      third.value.value === true;
    const sizes = [first, second].map((arg) =>
      arg === undefined || arg.name !== null ? '' : facts.textOf(facts.rangeOf(arg.value)),
    );
    const [fanIn = '', fanOut = ''] = sizes;
    return isLeaf && sizes.every((size) => /^[\w.]+$/.test(size))
      ? [{ range: facts.rangeOf(call), call, sizes: [fanIn, fanOut] as const }]
      : [];
  });
}

/** Scales each leaf like {@link scaleMatrices}; a product is no leaf, so the flag comes last. */
export function scaleLeaves(
  facts: PythonFacts,
  leaves: readonly RawLeaf[],
  scheme: 'he' | 'xavier',
): readonly TextEdit[] {
  return leaves.map(({ range, call, sizes: [fanIn, fanOut] }) => {
    const drawn = `${facts.textOf(facts.rangeOf(call.func))}(${fanIn}, ${fanOut})`;
    const variance = scheme === 'he' ? fanIn : `(${fanIn} + ${fanOut})`;
    return replace(range, `(${drawn} * (2 / ${variance}) ** 0.5).requires_grad_()`);
  });
}
