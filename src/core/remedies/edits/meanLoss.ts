import type { PythonFacts } from '../../python/facts';
import { partsOfLoss } from '../../python/lossParts';
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
  const sums = facts.source
    .callsNamed('backward')
    .flatMap(({ call }) => (call.func.kind === 'attribute' ? partsOfLoss(facts, call.func.object) : []))
    .flatMap((part) => totalSum(facts, part) ?? []);
  const all = [...reductions, ...sums.filter(({ range }) => !DIVIDES.test(lineOf(facts, range)))];
  return all.filter((one, at) => all.findIndex(({ range }) => isSame(range, one.range)) === at);
}

function isSame(a: TextRange, b: TextRange): boolean {
  return a.line === b.line && a.column === b.column;
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
