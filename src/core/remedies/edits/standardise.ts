import type { MadeTensor } from '../../python/dataTrace';
import type { PythonFacts } from '../../python/facts';
import type { Expr, Stmt } from '../../python/syntax/ast';
import type { TextEdit } from '../../text';
import type { LargeData } from './dataScale';
import { featuresIn, isConvolution, isWeightLayer, type ModelView } from './model';
import { insertAfter } from './place';

/** Data, and the model whose features each have a scale of their own; null for targets. */
export interface Unscaled {
  readonly data: LargeData;
  readonly model: ModelView | null;
}

/**
 * Standardises tensors right after the one statement that makes each, or hands it on to the code that trains, where that
 * runs once and not for every batch: a batch's own statistics would be another scale for each. Features each for
 * itself, images and targets as a whole. Empty where one of them has no such statement.
 */
export function standardise(facts: PythonFacts, unscaled: readonly Unscaled[]): readonly (TextEdit | null)[] {
  const added = new Map<Stmt, string[]>();
  for (const { data, model } of unscaled) {
    const { made, unpacked, expr } = data.tensor;
    const axis = axisOf(facts, expr, model);
    const lines =
      made !== null && /^\w+$/.test(made.variable) && !runsInLoop(facts, made.stmt)
        ? [{ stmt: made.stmt, lines: [scaled(made.variable, axis)] }]
        : unpacked !== null && !runsInLoop(facts, unpacked.stmt)
          ? whereUnpacked(facts, unpacked, axis)
          : null;
    if (lines === null) {
      return [];
    }
    for (const one of lines) {
      added.set(one.stmt, [...(added.get(one.stmt) ?? []), ...one.lines]);
    }
  }
  return [...added].map(([stmt, lines]) => insertAfter(facts, facts.statementOf(stmt), lines));
}

interface Added {
  readonly stmt: Stmt;
  readonly lines: readonly string[];
}

function scaled(variable: string, axis: string): string {
  return `${variable} = (${variable} - ${variable}.mean(${axis})) / (${variable}.std(${axis}) + 1e-8)`;
}

/** What the same function gives for a test is scaled as the data for training are; null where that comes first or elsewhere. */
function whereUnpacked(
  facts: PythonFacts,
  { stmt, variable, call, index }: NonNullable<MadeTensor['unpacked']>,
  axis: string,
): readonly Added[] | null {
  const helper = facts.source.helperOf(call);
  const others = helper === null ? [] : facts.source.callsOf(helper).filter((one) => one.call !== call);
  if (others.length === 0) {
    return [{ stmt, lines: [scaled(variable, axis)] }];
  }
  const [mean, std] = [`${variable}_mean`, `${variable}_std`];
  const added: Added[] = [
    {
      stmt,
      lines: [
        `${mean}, ${std} = ${variable}.mean(${axis}), ${variable}.std(${axis}) + 1e-8`,
        `${variable} = (${variable} - ${mean}) / ${std}`,
      ],
    },
  ];
  for (const other of others) {
    const held = elementOf(other.stmt, index);
    if (held === null || other.stmt.start < stmt.start || facts.scopeOf(other.stmt) !== facts.scopeOf(stmt)) {
      return null;
    }
    added.push({ stmt: other.stmt, lines: [`${held} = (${held} - ${mean}) / ${std}`] });
  }
  return new RegExp(`\\b(?:${mean}|${std})\\b`).test(facts.text) ? null : added;
}

/** `y` of `x, y = load()`. */
function elementOf(stmt: Stmt, index: number): string | null {
  const target: Expr | undefined = stmt.kind === 'assign' ? stmt.targets[0] : undefined;
  const item = target?.kind === 'tuple' || target?.kind === 'list' ? target.items[index] : undefined;
  return item?.kind === 'name' ? item.id : null;
}

/** One scale for each feature that a linear layer reads; one for all of an image or a target. */
function axisOf(facts: PythonFacts, expr: Expr, model: ModelView | null): string {
  const first = model?.modules.find((entry) => isWeightLayer(entry.type));
  const perFeature = first !== undefined && !isConvolution(first.type) && featuresIn(first)?.literal !== 1;
  return !perFeature ? '' : /\bnp\.|numpy\./.test(facts.textOf(facts.rangeOf(expr))) ? 'axis=0' : 'dim=0';
}

/** In a training loop, or in a function that one calls. */
function runsInLoop(facts: PythonFacts, stmt: { readonly start: number; readonly end: number }): boolean {
  const { line } = facts.rangeOf(stmt);
  const name = facts.scopeOf(stmt)?.split('.').pop() ?? null;
  return facts.loops.some(({ kind, range }) => {
    const isInside = range.line <= line && line <= range.endLine;
    const text = name === null ? '' : facts.textOf(range);
    return (isInside && kind === 'loop') || (name !== null && new RegExp(`\\b${name}\\(`).test(text));
  });
}
