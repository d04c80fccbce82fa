import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../../src/core/run/run';
import { ofKind, runOf, sharedFolder, stepsOf, valuesOf } from './shared';

/** What a case's log holds, counted here by other means than the product's. */
interface Counted {
  /** Gradient values by name. */
  gradients: Map<string, number[]>;
  steps: Set<number>;
}

interface Case {
  log: { file: string; format: string };
  log_truth: { steps: number; layers: string[] };
}

const NUMBER = '([-+]?(?:\\d+\\.?\\d*(?:e[-+]?\\d+)?|nan|inf))(?![\\w.])';

function numberOf(text: string): number {
  const lower = text.toLowerCase();
  return lower.includes('nan') ? Number.NaN : lower.includes('inf') ? Number.POSITIVE_INFINITY : Number(text);
}

function add(counted: Counted, name: string, value: number): void {
  counted.gradients.set(name, [...(counted.gradients.get(name) ?? []), value]);
}

function countText(text: string): Counted {
  const counted: Counted = { gradients: new Map(), steps: new Set() };
  for (const line of text.split(/\r\n|\n|\r/).filter((one) => !one.startsWith('RESULT'))) {
    for (const [, value = ''] of line.matchAll(new RegExp(`\\bgrad[_ ]norm'?\\s*[:=]\\s*${NUMBER}`, 'gi'))) {
      add(counted, 'whole model', numberOf(value));
    }
    for (const [, name = '', value = ''] of line.matchAll(
      new RegExp(`\\b((?:[A-Za-z_]\\w*\\.)(?:\\w+\\.)*\\w*[a-z]\\w*)\\s*[:=]\\s*${NUMBER}`, 'gi'),
    )) {
      add(counted, name, numberOf(value));
    }
    const within = /Epoch \[?(\d+)\/\d+\]?[,:].*?(?:Step \[|\| )(\d+)\/(\d+)/.exec(line);
    const step = /\b(?:step|iter|iteration)[ :=]+(\d+)/i.exec(line);
    const epoch = /epoch'?:? ([\d.]+)/i.exec(line);
    if (within !== null) {
      counted.steps.add((Number(within[1]) - 1) * Number(within[3]) + Number(within[2]));
    } else if (step !== null) {
      counted.steps.add(Number(step[1]));
    } else if (epoch !== null) {
      counted.steps.add(Number(epoch[1]));
    }
  }
  return counted;
}

function countCsv(text: string): Counted {
  const counted: Counted = { gradients: new Map(), steps: new Set() };
  const [header = '', ...rows] = text.trim().split('\n');
  const names = header.split(',');
  for (const row of rows) {
    row.split(',').forEach((cell, column) => {
      const name = names[column] ?? '';
      if (name === 'step' || name === 'iteration') {
        counted.steps.add(Number(cell));
      } else if (cell !== '' && !/^(?:epoch|lr)$|loss/.test(name)) {
        add(counted, name, numberOf(cell));
      }
    });
  }
  return counted;
}

function countJson(text: string): Counted {
  const counted: Counted = { gradients: new Map(), steps: new Set() };
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        walk(inner, path === '' ? key : `${path}.${key}`);
      }
    } else if (/grad/.test(path)) {
      add(
        counted,
        path,
        value === 'NaN' ? Number.NaN : value === 'Infinity' ? Number.POSITIVE_INFINITY : Number(value),
      );
    } else if (/^(?:step|iter|global_step)$/.test(path)) {
      counted.steps.add(Number(value));
    }
  };
  for (const line of text.split('\n').filter((one) => one.startsWith('{'))) {
    walk(JSON.parse(line.replace(/: (NaN|Infinity)/g, ': "$1"')), '');
  }
  return counted;
}

function count({ log }: Case, text: string): Counted {
  return log.format.startsWith('csv')
    ? countCsv(text)
    : log.format.startsWith('jsonl')
      ? countJson(text)
      : countText(text);
}

function summary(values: readonly number[][]): string {
  const all = values.flat();
  return `${values.length} series, ${all.length} values, ${all.filter(Number.isFinite).length} finite`;
}

/** The layers most affected are named in the case as the log names them. */
function namesLayer(run: Run, layer: string): boolean {
  return ofKind(run, 'grad-norm').some(({ name, parameter }) => parameter === layer || name.endsWith(layer));
}

describe('benchmark logs', () => {
  const folder = sharedFolder('gradbench/cases');
  if (folder === null) {
    return;
  }
  for (const id of readdirSync(folder).sort()) {
    it(id, async () => {
      const about = JSON.parse(readFileSync(join(folder, id, 'case.json'), 'utf8')) as Case;
      const path = join(folder, id, about.log.file);
      const run = await runOf(path);
      assert.ok(run !== null, 'not recognised');
      const counted = count(about, readFileSync(path, 'utf8'));
      const gradients = ofKind(run, 'grad-norm');
      assert.equal(summary(gradients.map(valuesOf)), summary([...counted.gradients.values()]));
      assert.equal(run.steps, counted.steps.size, 'distinct steps');
      for (const series of gradients) {
        assert.ok(
          stepsOf(series).every((step) => counted.steps.has(step)),
          `${series.name} has steps that are not in the log`,
        );
      }
      assert.deepEqual(
        about.log_truth.layers.filter((layer) => !namesLayer(run, layer)),
        [],
        'layers without a series',
      );
      if (run.axis.kind === 'step') {
        assert.ok(Math.max(...counted.steps) <= about.log_truth.steps);
      }
      assert.deepEqual(run.problems, []);
    });
  }
});
