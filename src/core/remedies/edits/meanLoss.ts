import type { PythonFacts } from '../../python/facts';
import type { Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { fixOf, replace } from './place';

/** A loss that adds up over the batch, and the edit that averages it. */
export interface SummedLoss {
  readonly range: TextRange;
  readonly edit: TextEdit;
}

/** What divides by the number of samples after all. */
const DIVIDES =
  /\/=?\s*(?:len\(|float\(|\(?\w*(?:batch|count|size|num|total|n_)|n\b|[\w.]+\.(?:size|shape|numel|sum))/i;

/** Losses with `reduction="sum"`, and `.sum()` over everything as the last step of the loss that runs backward. */
export function summedLosses(facts: PythonFacts): readonly SummedLoss[] {
  const reductions = facts.losses.flatMap(({ call, uses }) => {
    const written = facts.calls.find((one) => {
      const at = facts.rangeOf(one.call);
      return at.line === call.line && at.column === call.column;
    })?.call;
    const reduction = written?.args.find((arg) => arg.name === 'reduction')?.value;
    const lines = [call, ...uses.map((use) => use.call)].map((range) => lineOf(facts, range));
    return reduction?.kind !== 'string' ||
      reduction.value !== 'sum' ||
      lines.some((line) => DIVIDES.test(line))
      ? []
      : [summed(facts, reduction, facts.textOf(facts.rangeOf(reduction)).replace('sum', 'mean'))];
  });
  const sums = facts.loops.flatMap(({ events }) =>
    events.flatMap((event) => {
      const value =
        event.kind === 'backward' && event.helper === null ? lossValue(facts, event.subject) : null;
      const sum = value === null ? null : totalSum(facts, value);
      return sum === null || DIVIDES.test(lineOf(facts, sum.range)) ? [] : [sum];
    }),
  );
  return [...reductions, ...sums];
}

/** The only value that a variable of the file is given. */
function lossValue(facts: PythonFacts, name: string): Expr | null {
  const values = facts.calls.flatMap(({ call, stmt }) =>
    stmt.kind === 'assign' &&
    stmt.value === call &&
    stmt.targets.some((target) => facts.textOf(facts.rangeOf(target)) === name)
      ? [call]
      : [],
  );
  const [only, another] = values;
  return only !== undefined && another === undefined ? only : null;
}

/** `x.sum()` or `torch.sum(x)`, over all dimensions. */
function totalSum(facts: PythonFacts, value: Expr): SummedLoss | null {
  if (value.kind !== 'call') {
    return null;
  }
  const { func, args } = value;
  const isMethod = func.kind === 'attribute' && func.attr === 'sum' && args.length === 0;
  const isFunction = facts.nameOf(func) === 'torch.sum' && args.length === 1;
  if (func.kind !== 'attribute' || !(isMethod || isFunction)) {
    return null;
  }
  return summed(facts, { start: func.attrStart, end: func.attrStart + 'sum'.length }, 'mean');
}

function summed(facts: PythonFacts, at: { start: number; end: number }, newText: string): SummedLoss {
  const range = facts.rangeOf(at);
  return { range, edit: replace(range, newText) };
}

function lineOf(facts: PythonFacts, { line }: TextRange): string {
  return facts.text.split('\n')[line - 1] ?? '';
}

/** Averages every summed loss. */
export function averageLoss(facts: PythonFacts): readonly Fix[] {
  return fixOf(
    facts,
    'mean-loss',
    'Average the loss over the batch',
    'unsafe',
    summedLosses(facts).map(({ edit }) => edit),
  );
}
