import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import { buildRun, type RunSketch, type SeriesSketch } from '../../../support/runBuilder';

export const ROWS = 60;

/** A column over ROWS rows with a small deterministic wobble, so that no number is round. */
export function column(value: (row: number) => number, wobble = 0.03, rows = ROWS): number[] {
  return Array.from({ length: rows }, (_, row) => value(row) * (1 + wobble * Math.sin(row * 2.399 + 0.7)));
}

export const falling = column((row) => 0.1 + 2.2 * Math.exp(-row / 12));
export const stuck = column(() => 2.31, 0.002);
export const calm = column((row) => 0.4 + Math.exp(-row / 20), 0.2);
export const loss = (values: readonly number[], name = 'loss'): SeriesSketch => ({
  name,
  values,
  kind: 'loss',
});
export const norm = (values: readonly number[]): SeriesSketch => ({ name: 'grad_norm', values });
export const layer = (parameter: string, values: readonly number[]): SeriesSketch => ({
  name: parameter,
  parameter,
  values,
});
export const patched = (values: readonly number[], patch: (value: number, row: number) => number): number[] =>
  values.map(patch);

/** A run and what is said of it. */
export interface Case {
  readonly name: string;
  readonly run: RunSketch;
  /** "severity rule@step" of everything of warning and above, in order; hints and infos with `all`. */
  readonly expect: readonly string[];
  readonly all?: boolean;
  /** What the first finding shown is to say. */
  readonly says?: RegExp;
}

/** One test a case. */
export function testCases(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const { name, run, expect, all, says } of cases) {
      it(name, () => {
        const { findings } = diagnoseRun(buildRun(run));
        const shown = findings.filter(
          ({ severity }) => all || severity === 'error' || severity === 'warning',
        );
        assert.deepEqual(
          shown.map(({ severity, rule, step }) => `${severity} ${rule}@${step}`),
          expect,
          shown.map(({ message }) => message).join('\n'),
        );
        if (says !== undefined) {
          assert.match(shown[0]?.message ?? '', says);
        }
      });
    }
  });
}
