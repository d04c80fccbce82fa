import { argumentOf } from '../../python/definitions';
import type { ModuleInstance, PythonFacts } from '../../python/facts';
import { argumentValue } from '../../python/instances';
import { numberPlace } from '../../python/literals';
import { stateCells } from '../../python/recurrence';
import type { CallExpr, Expr, Stmt } from '../../python/syntax/ast';
import { expressionsOf } from '../../python/syntax/walk';
import type { TextEdit, TextRange } from '../../text';
import { replace } from './place';

/** A weight matrix that the code draws itself: `nn.Parameter(torch.randn(n_in, n_out) * 0.5)`, a leaf of its own. */
export interface RawMatrix {
  /** The draw with its factor. */
  readonly range: TextRange;
  /** The draw alone, as it is to be written again: `torch.randn(n_in, n_out)`. */
  readonly draw: string;
  /** Sizes as written, input first. */
  readonly sizes: readonly [string, string];
  /** Number of inputs, where the code gives it. */
  readonly fanIn: number | null;
  readonly std: number;
  /** How many layers are made by this line, as far as the code tells. */
  readonly layers: number;
  /** It carries a state from one time step to the next: `h @ w`, again and again. */
  readonly recurrent: boolean;
  /** `torch.randn(..., requires_grad=True)`: a product of it would be no leaf. */
  readonly flagged: boolean;
}

/**
 * Normal matrices of a constant standard deviation, whatever the fan-in, that values are multiplied by; one per line of
 * code. Those with a factor of their own, such as a root of the fan-in, are left out.
 */
function rawMatrices(facts: PythonFacts): readonly RawMatrix[] {
  if (
    !facts.source.mentions(/\brandn\b|\.normal_\(/) ||
    !facts.source.mentions(/@|\b(?:matmul|mm|linear|bmm)\b/)
  ) {
    return [];
  }
  const seen = new Set<number>();
  return facts.calls.flatMap(({ call, stmt }) => {
    const drawn = drawOf(facts, call);
    const found = drawn === null ? null : matrixOf(facts, drawn, stmt);
    if (found === null || seen.has(found.range.line)) {
      return [];
    }
    seen.add(found.range.line);
    return [found];
  });
}

/**
 * Standard deviation times the root of the fan-in above which every layer enlarges what passes: 1.41 is He's, 1.67 the
 * gain of tanh. A matrix that multiplies at every time step bears less: above 1 it explodes in tanh's linear part.
 */
const TOO_LARGE = 1.7;
const RECURRENT_TOO_LARGE = 1.2;
/** Where the fan-in is not known: that of the usual 50 to 500 features. */
const LARGE_STD = 0.2;

/** The matrices that start too large for their fan-in. */
export function largeMatrices(facts: PythonFacts): readonly RawMatrix[] {
  return rawMatrices(facts).filter(({ std, fanIn, recurrent }) =>
    fanIn === null
      ? std >= LARGE_STD
      : std * Math.sqrt(fanIn) > (recurrent ? RECURRENT_TOO_LARGE : TOO_LARGE),
  );
}

/** Where the fan-in is not known, weights that keep nothing of what passes 50 to 500 features; and where it is. */
const SMALL_STD = 0.03;
const TOO_SMALL = 0.4;

/** The matrices that start too small for their fan-in: every layer shrinks what passes to less than half. */
export function smallMatrices(facts: PythonFacts): readonly RawMatrix[] {
  return rawMatrices(facts).filter(
    ({ std, fanIn, recurrent }) =>
      !recurrent && (fanIn === null ? std <= SMALL_STD : std * Math.sqrt(fanIn) < TOO_SMALL),
  );
}

/** A state that each step multiplies by less than this is gone after a dozen. */
const FORGETS = 0.6;

/** The matrices that carry a state and start so small that it is forgotten at once. */
export function forgetfulMatrices(facts: PythonFacts): readonly RawMatrix[] {
  return rawMatrices(facts).filter(
    ({ std, fanIn, recurrent }) =>
      recurrent && (fanIn === null ? std <= SMALL_STD : std * Math.sqrt(fanIn) < FORGETS),
  );
}

/** A draw of normal values: the call that gives the sizes, and with its deviation the whole of it. */
interface Draw {
  /** `torch.randn(n, m)`, or `torch.empty(n, m)` that is then filled. */
  readonly made: CallExpr;
  readonly whole: CallExpr;
  /** Deviation that the draw itself has. */
  readonly std: number;
  /** `generator=rng`, where the draw has one of its own. */
  readonly generator: string | null;
}

/** `torch.randn(n, m)`, `torch.empty(n, m).normal_(0.0, 0.1)`. */
function drawOf(facts: PythonFacts, call: CallExpr): Draw | null {
  const generatorOf = ({ args }: CallExpr): string | null => {
    const given = args.find(({ name }) => name === 'generator');
    return given === undefined ? null : `generator=${facts.textOf(facts.rangeOf(given.value))}`;
  };
  if (facts.nameOf(call.func) === 'torch.randn') {
    return { made: call, whole: call, std: 1, generator: generatorOf(call) };
  }
  const { func } = call;
  const made = func.kind === 'attribute' && func.attr === 'normal_' ? func.object : null;
  if (made?.kind !== 'call' || !/^torch\.(?:empty|zeros)$/.test(facts.nameOf(made.func) ?? '')) {
    return null;
  }
  const mean = argumentOf(call, 'mean', 0);
  const deviation = argumentOf(call, 'std', 1);
  const std = deviation === null ? 1 : numberPlace(facts.source, deviation)?.value;
  const isCentred = mean === null || numberPlace(facts.source, mean)?.value === 0;
  return std !== undefined && std > 0 && isCentred
    ? { made, whole: call, std, generator: generatorOf(call) }
    : null;
}

function matrixOf(
  facts: PythonFacts,
  { made: call, whole, std, generator }: Draw,
  stmt: Stmt,
): RawMatrix | null {
  const sizes = call.args.filter((arg) => arg.name === null && arg.star === 0);
  const flags = call.args.filter((arg) => arg.name !== null && arg.name !== 'generator');
  const [first, second] = sizes.map((arg) => facts.textOf(facts.rangeOf(arg.value)));
  const flagged = flags.some(({ name }) => name === 'requires_grad');
  const isPlain = flags.every(({ name }) => name === 'requires_grad');
  if (sizes.length !== 2 || first === undefined || second === undefined || !isPlain) {
    return null;
  }
  if (![first, second].every((size) => /^[\w.]+$/.test(size))) {
    return null;
  }
  const name = targetOf(facts, stmt);
  const isLeaf =
    flagged ||
    /\bParameter\(|\brequires_grad_\(/.test(facts.textOf(facts.rangeOf(stmt))) ||
    (name !== null && new RegExp(`\\b${escaped(name)}\\.requires_grad`).test(facts.text));
  const scaled = scaleOf(facts, whole, stmt);
  const side =
    isLeaf && scaled !== null
      ? (sideOf(name, facts.text) ?? (isReturned(facts, name, stmt) ? sideOf(null, facts.text) : null))
      : null;
  if (scaled === null || side === null) {
    return null;
  }
  const [fanIn, fanOut] = side === 'right' ? [first, second] : [second, first];
  const inputs = sizes[side === 'right' ? 0 : 1];
  const given = inputs === undefined ? undefined : numberPlace(facts.source, inputs.value)?.value;
  const made = layersMadeAt(facts, facts.rangeOf(stmt).line);
  return {
    range: facts.rangeOf(scaled.expr),
    draw: `${spelledRandn(facts, call)}(${[first, second, ...(generator === null ? [] : [generator])].join(', ')})`,
    sizes: [fanIn, fanOut],
    fanIn: given ?? middle(made.flatMap((layer) => sizeGiven(facts, layer, fanIn) ?? [])),
    std: std * scaled.std,
    layers: Math.max(1, made.length),
    recurrent: first === second && name !== null && (isCarried(facts, name) || isCarriedByCell(facts, name)),
    flagged,
  };
}

/** `torch.randn` as the file would write it, beside how it writes `torch.empty`. */
function spelledRandn(facts: PythonFacts, { func }: CallExpr): string {
  return facts.textOf(facts.rangeOf(func)).replace(/(?:empty|zeros)$/, 'randn');
}

/** Does a helper make the matrix for others, under a name that only it uses? */
function isReturned(facts: PythonFacts, name: string | null, stmt: Stmt): boolean {
  const body = facts.source.functionAt(stmt.start)?.body ?? [];
  return (
    name !== null &&
    body.some(
      (one) =>
        one.kind === 'return' &&
        one.value !== null &&
        new RegExp(`^${escaped(name)}\\b`).test(facts.textOf(facts.rangeOf(one.value))),
    )
  );
}

/** A layer that registers a matrix, with the modules around it. */
interface MadeLayer {
  readonly owner: ModuleInstance;
}

/** The layers whose matrices a line draws, in the model that has most of them. */
function layersMadeAt(facts: PythonFacts, line: number): readonly MadeLayer[] {
  let most: readonly MadeLayer[] = [];
  for (const { instances } of [...facts.classes, ...facts.models]) {
    const byPath = new Map(instances.map((one) => [one.path, one]));
    const found = instances.flatMap(({ path, entry }) => {
      const owner = byPath.get(path.slice(0, Math.max(0, path.lastIndexOf('.'))));
      const isHere = entry.type === 'nn.Parameter' && entry.range.line === line;
      return isHere && owner !== undefined ? [{ owner }] : [];
    });
    most = found.length > most.length ? found : most;
  }
  return most;
}

/** What a layer's constructor is given for the parameter of a name. */
function sizeGiven(facts: PythonFacts, { owner }: MadeLayer, name: string): number | null {
  const init = facts.classNamed(owner.entry.type)?.init ?? null;
  const at = init === null ? -1 : init.params.findIndex((param) => param.name === name) - 1;
  const value = at < 0 ? undefined : argumentValue(owner, name, at);
  return typeof value === 'number' ? value : null;
}

function middle(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

/** Does a cell multiply the state that it is handed at every step by it? */
function isCarriedByCell(facts: PythonFacts, name: string): boolean {
  return stateCells(facts).some(({ scope, state }) =>
    new RegExp(
      `\\b${state} *@ *${escaped(name)}\\b|${escaped(name)} *@ *${state}\\b|(?:matmul|mm|linear)\\( *${state} *, *${escaped(name)}\\b`,
    ).test(facts.source.source(scope)),
  );
}

/** Name that holds the matrix: `w`, `self.w`; null in a list or a call. */
function targetOf(facts: PythonFacts, stmt: Stmt): string | null {
  const [target, another] = stmt.kind === 'assign' ? stmt.targets : [];
  return target !== undefined && another === undefined && /^(?:name|attribute)$/.test(target.kind)
    ? facts.textOf(facts.rangeOf(target))
    : null;
}

/** The draw with the number it is multiplied or divided by; null for any other factor, which may well be the right one. */
function scaleOf(facts: PythonFacts, call: CallExpr, stmt: Stmt): { expr: Expr; std: number } | null {
  const expressions = expressionsOf(stmt);
  // `nn.init.orthogonal_(torch.randn(n, n))` writes over what was drawn.
  const isOverwritten = expressions.some(
    (one) =>
      one.kind === 'call' &&
      one.args.some(({ value }) => value === call) &&
      /_$/.test(facts.textOf(facts.rangeOf(one.func))),
  );
  if (isOverwritten) {
    return null;
  }
  const around = expressions.find(
    (one) => one.kind === 'binary' && (one.left === call || one.right === call),
  );
  if (around?.kind !== 'binary') {
    return { expr: call, std: 1 };
  }
  const other = around.left === call ? around.right : around.left;
  const factor = numberPlace(facts.source, other)?.value;
  if (factor === undefined || !(factor > 0)) {
    return null;
  }
  const isDivided = around.op === '/' && around.left === call;
  return around.op === '*' || isDivided ? { expr: around, std: isDivided ? 1 / factor : factor } : null;
}

/** On which side of a product the matrix stands; matrices in lists by what the file writes; null when it multiplies nothing. */
export function sideOf(name: string | null, text: string): 'left' | 'right' | null {
  const own = name === null ? '\\w+(?:\\[[^\\]\\n]{1,40}\\])?' : escaped(name);
  const transposed = '(?!\\.(?:T\\b|t\\(|transpose))';
  const right = new RegExp(
    `@ *${own}\\b${transposed}|(?:matmul|mm|bmm)\\([^()\\n]{1,80}, *${own}\\b${transposed}`,
  ).test(text);
  const left = new RegExp(
    `linear\\([^()\\n]{1,80}, *${own}\\b|@ *${own}\\.(?:T\\b|t\\(|transpose)|${own} *@|(?:matmul|mm)\\( *${own} *,`,
  ).test(text);
  return right ? 'right' : left ? 'left' : null;
}

/** In a loop, `h = f(... h @ w ...)`. */
function isCarried(facts: PythonFacts, name: string): boolean {
  const own = escaped(name);
  return new RegExp(
    `^[ \\t]+(\\w+) *=.*(?:\\b\\1 *@ *${own}\\b|(?:matmul|mm|linear)\\( *\\1 *, *${own}\\b)`,
    'm',
  ).test(facts.text);
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}

/**
 * Draws each matrix with what keeps the signal's size: variance 2 / fan-in after He, 2 / (fan-in + fan-out) after Glorot;
 * recurrent ones by orthogonal matrices whatever the scheme, as theirs multiply at every step.
 */
export function scaleMatrices(
  facts: PythonFacts,
  matrices: readonly RawMatrix[],
  scheme: 'he' | 'xavier' | 'orthogonal',
): readonly TextEdit[] {
  const torch = facts.spell('torch.nn.init.orthogonal_');
  return matrices.flatMap((matrix) => {
    const { range, draw, sizes, flagged, recurrent } = matrix;
    const [fanIn, fanOut] = sizes;
    if (recurrent || scheme === 'orthogonal') {
      const square = recurrent && torch !== null;
      const leaf = flagged ? '.requires_grad_()' : '';
      return square ? [replace(range, `${torch}(${draw})${leaf}`)] : [];
    }
    const scaled = `${draw} * (2 / ${scheme === 'he' ? fanIn : `(${fanIn} + ${fanOut})`}) ** 0.5`;
    return [replace(range, flagged ? `(${scaled}).requires_grad_()` : scaled)];
  });
}
