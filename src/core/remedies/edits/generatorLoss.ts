import type { PythonFacts } from '../../python/facts';
import type { Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { fixOf, prependTo, replace } from './place';

/** `loss = torch.log(1 - p).mean()`, which is minimised: the generator's loss of the minimax game. */
export interface SaturatingLoss {
  readonly range: TextRange;
  readonly edits: readonly TextEdit[];
}

/** Losses that training goes backward from and that are the logarithm of one minus a probability. */
export function saturatingLosses(facts: PythonFacts): readonly SaturatingLoss[] {
  if (!facts.source.mentions(/\blog\b/) || !facts.source.mentions(/\bbackward\b/)) {
    return [];
  }
  const subjects = new Set(
    facts.loops.flatMap(({ events }) =>
      events.filter(({ kind }) => kind === 'backward').map(({ subject }) => subject),
    ),
  );
  return facts.calls.flatMap(({ call, stmt }) => {
    const [target] = stmt.kind === 'assign' ? stmt.targets : [];
    if (
      stmt.kind !== 'assign' ||
      stmt.value === null ||
      target === undefined ||
      !subjects.has(facts.textOf(facts.rangeOf(target)))
    ) {
      return [];
    }
    const whole = stmt.value;
    const value = meanOf(facts, whole);
    const argument =
      call === value && facts.nameOf(call.func) === 'torch.log' ? call.args[0]?.value : undefined;
    const difference = argument === undefined ? null : oneMinus(argument);
    return difference === null
      ? []
      : [
          {
            range: facts.rangeOf(whole),
            edits: [
              prependTo(facts.rangeOf(whole), '-'),
              replace(facts.rangeOf(difference), facts.textOf(facts.rangeOf(difference.right))),
            ],
          },
        ];
  });
}

/** What stands in `x.mean()`, `x.sum()` or `torch.mean(x)`. */
function meanOf(facts: PythonFacts, value: Expr): Expr {
  if (value.kind !== 'call') {
    return value;
  }
  if (/^torch\.(?:mean|sum)$/.test(facts.nameOf(value.func) ?? '')) {
    return value.args[0]?.value ?? value;
  }
  const { func } = value;
  return func.kind === 'attribute' && /^(?:mean|sum)$/.test(func.attr) && value.args.length === 0
    ? func.object
    : value;
}

/** The `1 - p` of `1 - p`, `1 - p + eps` and `1.0 + eps - p`. */
function oneMinus(expr: Expr): (Expr & { kind: 'binary' }) | null {
  if (expr.kind !== 'binary') {
    return null;
  }
  if (expr.op === '-' && expr.left.kind === 'number' && expr.left.value === 1) {
    return expr.right.kind === 'binary' ? null : expr;
  }
  return expr.op === '+' && expr.right.kind !== 'binary' ? oneMinus(expr.left) : null;
}

/** Maximises the logarithm of the probability in place of minimising that of its complement. */
export function unsaturate(facts: PythonFacts): readonly Fix[] {
  const edits = saturatingLosses(facts).flatMap((loss) => loss.edits);
  return fixOf(
    facts,
    'non-saturating-loss',
    'Use -log(p) for log(1 - p), which does not saturate',
    'unsafe',
    edits,
  );
}
