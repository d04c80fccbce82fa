import { argumentOf } from '../../python/definitions';
import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr, Stmt } from '../../python/syntax/ast';
import { expressionsOf } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextRange } from '../../text';
import { fixOf, replace } from './place';

/** A layer over time whose output is read along the batch. */
export interface ReadAlongBatch {
  /** `states[:, -1]`. */
  readonly range: TextRange;
  /** `nn.GRU`. */
  readonly type: string;
  /** The constructor that lacks `batch_first`. */
  readonly made: CallExpr;
}

const LAYER = /^torch\.nn\.(RNN|LSTM|GRU|TransformerEncoder)$/;
/** What is read of a sequence: one position, or a statistic over all. `[:, -1]`, `[:, 0, :]`. */
const ONE_POSITION = /^\w{1,80}\[\s{0,4}:\s{0,4},\s{0,4}(?:-1|0)\s{0,4}(?:,\s{0,4}:\s{0,4})?\]$/;
/** Arguments without names that cannot reach `batch_first`. */
const MOST_UNNAMED = 4;
const TURNED = /transpose|permute|swapaxes|movedim|rearrange|\.T\b|\.mT\b/;

/**
 * Outputs of recurrent layers and encoders without `batch_first` (they are time, batch, features) of which `[:, -1]`,
 * `[:, 0]` or `.mean(1)` is read: one sequence of the batch, or the mean over the batch, and no position in time.
 */
export function readAlongBatch(facts: PythonFacts): readonly ReadAlongBatch[] {
  if (!facts.source.mentions(/\b(?:RNN|LSTM|GRU|TransformerEncoder)\(/)) {
    return [];
  }
  return facts.calls.flatMap(({ call, stmt }) => {
    if (stmt.kind !== 'assign' || stmt.value !== call) {
      return [];
    }
    const made = timeFirst(facts, call);
    const name = made === null ? null : nameGiven(facts, stmt, call, made.type);
    return made === null || name === null
      ? []
      : usesOf(facts, name, stmt).map((range) => ({ range, type: made.type, made: made.call }));
  });
}

/** The constructor behind a layer that is called, where it says nothing of `batch_first`. */
function timeFirst(facts: PythonFacts, call: CallExpr): { type: string; call: CallExpr } | null {
  const layer = call.func.kind === 'attribute' || call.func.kind === 'name' ? facts.valueOf(call.func) : null;
  const type = layer?.kind === 'call' ? LAYER.exec(facts.nameOf(layer.func) ?? '')?.[1] : undefined;
  if (layer?.kind !== 'call' || type === undefined || TURNED.test(textOf(facts, call))) {
    return null;
  }
  const inner = type === 'TransformerEncoder' ? layerOf(facts, layer) : layer;
  const given = inner === null ? null : argumentOf(inner, 'batch_first', Number.POSITIVE_INFINITY);
  const isOff = given === null || (given.kind === 'constant' && given.value === false);
  // `nn.LSTM(8, 32, 1, True, True)`: the fifth is it, the seventh of an encoder's layer.
  const unnamed = inner?.args.filter(({ name }) => name === null).length ?? 0;
  return inner === null || !isOff || unnamed > MOST_UNNAMED || inner.args.some(({ star }) => star !== 0)
    ? null
    : { type: `nn.${type}`, call: inner };
}

/** The layer that an encoder is a stack of. */
function layerOf(facts: PythonFacts, encoder: CallExpr): CallExpr | null {
  const given = argumentOf(encoder, 'encoder_layer', 0);
  const layer = given === null ? null : given.kind === 'call' ? given : facts.valueOf(given);
  return layer?.kind === 'call' && facts.nameOf(layer.func) === 'torch.nn.TransformerEncoderLayer'
    ? layer
    : null;
}

/** The only name that receives the outputs: `out` in `out, h = self.rnn(x)`. */
function nameGiven(facts: PythonFacts, stmt: Stmt, call: CallExpr, type: string): string | null {
  if (stmt.kind !== 'assign' || stmt.value !== call || stmt.targets.length !== 1) {
    return null;
  }
  const [target] = stmt.targets;
  const first: Expr | undefined =
    type === 'nn.TransformerEncoder' ? target : target?.kind === 'tuple' ? target.items[0] : undefined;
  const scope = facts.scopeOf(stmt);
  const name = first?.kind === 'name' ? first.id : null;
  const isOnly = facts.source
    .statements()
    .every(
      (other) =>
        other === stmt ||
        facts.scopeOf(other) !== scope ||
        other.kind !== 'assign' ||
        !other.targets.some((one) => names(one).includes(name ?? '')),
    );
  return isOnly ? name : null;
}

function names(target: Expr): readonly string[] {
  return target.kind === 'name'
    ? [target.id]
    : target.kind === 'tuple' || target.kind === 'list'
      ? target.items.flatMap(names)
      : [];
}

function usesOf(facts: PythonFacts, name: string, made: Stmt): readonly TextRange[] {
  const scope = facts.scopeOf(made);
  return facts.source
    .statements()
    .flatMap((stmt) =>
      stmt === made || facts.scopeOf(stmt) !== scope
        ? []
        : expressionsOf(stmt).flatMap((expr) =>
            isReadAlongBatch(facts, expr, name) ? [facts.rangeOf(expr)] : [],
          ),
    );
}

function isReadAlongBatch(facts: PythonFacts, expr: Expr, name: string): boolean {
  if (expr.kind === 'subscript') {
    return isNamed(expr.object, name) && ONE_POSITION.test(textOf(facts, expr));
  }
  if (expr.kind !== 'call' || expr.func.kind !== 'attribute' || !isNamed(expr.func.object, name)) {
    return false;
  }
  const axis = argumentOf(expr, 'dim', 0);
  return /^(?:mean|amax|sum)$/.test(expr.func.attr) && axis?.kind === 'number' && axis.value === 1;
}

function isNamed(expr: Expr, name: string): boolean {
  return expr.kind === 'name' && expr.id === name;
}

function textOf(facts: PythonFacts, expr: Expr): string {
  return facts.textOf(facts.rangeOf(expr));
}

/** Tells each layer that the batch comes first; nothing where the code turns axes, and may hand them on as they are. */
export function batchFirst(facts: PythonFacts): readonly Fix[] {
  const found = readAlongBatch(facts);
  if (found.length === 0 || facts.source.mentions(TURNED)) {
    return [];
  }
  const layers = new Map(found.map(({ made }) => [made.start, made]));
  const edits = [...layers.values()].map((made) => {
    const given = made.args.find(({ name }) => name === 'batch_first');
    const last = made.args.at(-1);
    return given !== undefined
      ? replace(facts.rangeOf(given.value), 'True')
      : last === undefined
        ? null
        : replace(facts.rangeOf(last), `${textOfArgument(facts, last)}, batch_first=True`);
  });
  return fixOf(facts, 'batch-first', 'Say batch_first=True', 'unsafe', edits);
}

function textOfArgument(
  facts: PythonFacts,
  argument: { readonly start: number; readonly end: number },
): string {
  return facts.textOf(facts.rangeOf(argument));
}
