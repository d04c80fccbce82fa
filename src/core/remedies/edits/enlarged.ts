import type { InitFact, PythonFacts, StatementFact } from '../../python/facts';
import { numberPlace } from '../../python/literals';
import type { Expr, Stmt } from '../../python/syntax/ast';
import { childBlocks } from '../../python/syntax/walk';
import type { TextEdit } from '../../text';
import { reaches } from './initialise';
import type { ModelView } from './model';
import { removeStatement } from './place';

/** Weights that are multiplied after they are drawn. */
export interface Enlarged {
  /** The factor as written. */
  readonly text: string;
  readonly factor: number;
  readonly statement: StatementFact;
  /** What goes with it: the loop or condition that holds nothing else, or the statement itself. */
  readonly whole: StatementFact;
  /** What drew them; null for PyTorch's own initialisation. */
  readonly init: InitFact | null;
}

/** The largest gain in use, tanh's: a scheme's weights times more than this enlarge what passes whatever the activation. */
const LARGEST_GAIN = 5 / 3;
/** PyTorch's own initialisation of linear layers keeps a third of the variance. */
const DEFAULT_FACTOR = 1 / Math.sqrt(3);

/**
 * What multiplies a model's weights beyond any gain in use after a scheme, or PyTorch itself, has given them a size that keeps the
 * signal's: `nn.init.kaiming_normal_(m.weight)` and, further on in the same block, `m.weight.data *= 2.0` or
 * `m.weight.data.mul_(2.0)`; `p.data *= 10` for every parameter.
 */
export function enlargedWeights(facts: PythonFacts, model: ModelView): readonly Enlarged[] {
  return enlargements(facts).filter(({ init, factor }) =>
    init === null
      ? factor * DEFAULT_FACTOR > LARGEST_GAIN
      : factor > LARGEST_GAIN && /^(?:kaiming|xavier|orthogonal)$/.test(init.kind) && reaches(init, model),
  );
}

/** Every multiplication of weights by a constant above 1 behind their initialisation. */
export function enlargements(facts: PythonFacts): readonly Enlarged[] {
  return scalings(facts).filter(({ factor }) => factor > 1);
}

/** Every multiplication of weights by a constant, or division by one, behind their initialisation. */
export function scalings(facts: PythonFacts): readonly Enlarged[] {
  return facts.source.mentions(/[*/]=|\b(?:mul|div)_\(|\.data\s{0,4}[*/]|\bcopy_\(/)
    ? inBlock(facts, facts.body, facts.inits, null, false)
    : [];
}

/** Takes the multiplication away, and the loop or condition that it alone stands in; null where it is part of a longer statement. */
export function withoutFactor(facts: PythonFacts, { whole }: Enlarged): TextEdit | null {
  return removeStatement(facts, whole);
}

function inBlock(
  facts: PythonFacts,
  body: readonly Stmt[],
  inits: readonly InitFact[],
  /** The outermost statement around that holds nothing else. */
  around: Stmt | null,
  /** In a loop over the parameters or layers of a model. */
  sweeps: boolean,
): readonly Enlarged[] {
  facts.source.work.spend(body.length);
  const drawn = new Map<string, InitFact>();
  return body.flatMap((stmt) => {
    const { line, endLine } = facts.rangeOf(stmt);
    const scaled = scaledBy(facts, stmt);
    const place = scaled === null ? null : numberPlace(facts.source, scaled.by);
    const tensor = scaled === null ? '' : tensorText(facts, scaled.tensor);
    const init = drawn.get(tensor) ?? null;
    for (const one of inits) {
      if (one.statement.range.line === line && one.statement.range.endLine === endLine) {
        drawn.set(one.target.replace(/\.data$/, ''), one);
      }
    }
    const isWeight = init !== null || (sweeps && isParameter(tensor));
    const factor =
      place === null || scaled === null ? Number.NaN : scaled.divides ? 1 / place.value : place.value;
    if (isWeight && place !== null && factor > 0 && Number.isFinite(factor)) {
      const statement = facts.statementOf(stmt);
      const whole = body.length === 1 && around !== null ? facts.statementOf(around) : statement;
      const text = scaled?.divides === true ? `1/${place.text}` : place.text;
      return [{ text, factor, statement, whole, init }];
    }
    const blocks = childBlocks(stmt).filter(({ length }) => length > 0);
    return blocks.flatMap((block) =>
      inBlock(
        facts,
        block,
        inits,
        blocks.length > 1 || stmt.kind === 'function' || stmt.kind === 'class'
          ? null
          : body.length === 1 && around !== null
            ? around
            : stmt,
        sweeps || isSweep(facts, stmt),
      ),
    );
  });
}

/** `for p in model.parameters():`, `for m in self.modules():`, `for name, p in model.named_parameters():`. */
function isSweep(facts: PythonFacts, stmt: Stmt): boolean {
  return (
    stmt.kind === 'for' &&
    /\.(?:named_)?(?:parameters|modules)\(\)$/.test(facts.textOf(facts.rangeOf(stmt.iter)))
  );
}

/** A parameter of a loop over them, or the weight of a layer; not a gradient, nor an average of weights. */
function isParameter(tensor: string): boolean {
  return /^\w+$|\.weight$/.test(tensor) && !/grad|ema|avg|mean|var/i.test(tensor);
}

interface Scaled {
  readonly tensor: Expr;
  readonly by: Expr;
  readonly divides: boolean;
}

/** `w *= c`, `w /= c`, `w.mul_(c)`, `w.div_(c)`, `w.data = w.data * c`, `w.copy_(w * c)`. */
function scaledBy(facts: PythonFacts, stmt: Stmt): Scaled | null {
  if (stmt.kind === 'augmented') {
    return stmt.op === '*=' || stmt.op === '/='
      ? { tensor: stmt.target, by: stmt.value, divides: stmt.op === '/=' }
      : null;
  }
  if (stmt.kind === 'assign') {
    const [target, another] = stmt.targets;
    return target?.kind === 'attribute' && another === undefined ? product(facts, target, stmt.value) : null;
  }
  const call = stmt.kind === 'expr' ? stmt.value : null;
  const by = call?.kind === 'call' ? call.args[0]?.value : undefined;
  if (call?.kind !== 'call' || call.func.kind !== 'attribute' || by === undefined) {
    return null;
  }
  const { attr, object } = call.func;
  return attr === 'mul_' || attr === 'div_'
    ? { tensor: object, by, divides: attr === 'div_' }
    : attr === 'copy_'
      ? product(facts, object, by)
      : null;
}

/** A tensor times a number, or by it, that the tensor itself is given. */
function product(facts: PythonFacts, tensor: Expr, value: Expr | null): Scaled | null {
  if (value?.kind !== 'binary' || (value.op !== '*' && value.op !== '/')) {
    return null;
  }
  const own = tensorText(facts, tensor);
  if (tensorText(facts, value.left) === own) {
    return { tensor, by: value.right, divides: value.op === '/' };
  }
  return value.op === '*' && tensorText(facts, value.right) === own
    ? { tensor, by: value.left, divides: false }
    : null;
}

function tensorText(facts: PythonFacts, tensor: Expr): string {
  return facts.textOf(facts.rangeOf(tensor)).replace(/\.data$/, '');
}
