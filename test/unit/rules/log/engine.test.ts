import assert from 'node:assert/strict';
import { BytesSource } from '../../../../src/core/io/fileSource';
import { readLog } from '../../../../src/core/logs/logReader';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import type { Diagnosis } from '../../../../src/core/rules/finding';

type Row = Readonly<Record<string, number>>;

/** Diagnosis of a CSV with one row for each of `rows`. */
async function diagnosisOf(rows: readonly Row[]): Promise<Diagnosis> {
  const names = Object.keys(rows[0] ?? {});
  const text = [names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n');
  const run = await readLog(new BytesSource('run.csv', new TextEncoder().encode(`${text}\n`)));
  assert.ok(run !== null, 'not read as a training log');
  return diagnoseRun(run);
}

function rows(count: number, row: (at: number) => Row): Row[] {
  return Array.from({ length: count }, (_, at) => row(at));
}

function shown({ findings }: Diagnosis): string[] {
  return findings.map(({ severity, rule }) => `${severity} ${rule}`);
}

/** No number is round, none repeats. */
const wobble = (at: number, size = 0.1): number => 1 + size * Math.sin(at * 2.399 + 0.7);
const falling = (at: number): number => 0.2 + 2.1 * Math.exp(-at / 15) * wobble(at, 0.02);

describe('a norm that contains the loss scale', () => {
  const scaleAt = (at: number): number =>
    65536 / 2 ** [0, 3, 7, 6, 11, 12, 13, 14][Math.min(7, Math.floor(at / 10))]!;

  it('is judged without it', async () => {
    // The scale falls to 1 part in 16,384: a norm that contains it seems to vanish.
    const stuck = (at: number): Row => ({ step: at, loss: 2.3 * wobble(at, 0.003), loss_scale: scaleAt(at) });
    const logged = await diagnosisOf(
      rows(80, (at) => ({ ...stuck(at), grad_norm: 0.8 * wobble(at) * scaleAt(at) })),
    );
    assert.ok(shown(logged).includes('hint norm-before-unscaling'), shown(logged).join());
    assert.ok(!shown(logged).some((one) => one.includes('vanishing')), shown(logged).join());
  });

  it('is not seen in a norm that falls on its own', async () => {
    const { findings } = await diagnosisOf(
      rows(80, (at) => ({
        step: at,
        loss: falling(at),
        loss_scale: scaleAt(at),
        grad_norm: 0.3 + 40 * Math.exp(-at / 6) * wobble(at),
      })),
    );
    assert.ok(!findings.some(({ rule }) => rule === 'norm-before-unscaling'));
  });
});

describe('a jump of the loss', () => {
  const risen = (at: number): number => (at < 60 ? falling(at) : 2.2 * wobble(at, 0.02));

  it('is a divergence within a run', async () => {
    const diagnosis = await diagnosisOf(
      rows(90, (at) => ({ step: at, loss: risen(at), grad_norm: wobble(at) })),
    );
    assert.deepEqual(shown(diagnosis), ['error diverging-loss']);
  });

  it('is the beginning of another run where the steps start anew', async () => {
    const diagnosis = await diagnosisOf(
      rows(90, (at) => ({ step: at < 60 ? at : at - 60, loss: risen(at), grad_norm: wobble(at) })),
    );
    assert.deepEqual(shown(diagnosis), []);
  });

  it('is judged within its own run where the log holds several', async () => {
    // Three folds: the last one falls to 0.5 and then climbs far above where it began.
    const inFold = (at: number): number =>
      at < 120 ? falling(at % 60) : at < 150 ? falling(at - 120) : 3 + (at - 150);
    const { findings } = await diagnosisOf(
      rows(180, (at) => ({ step: at % 60, loss: inFold(at) * wobble(at, 0.02), grad_norm: wobble(at) })),
    );
    const [finding] = findings.filter(({ severity }) => severity !== 'info');
    assert.equal(finding?.rule, 'diverging-loss');
    assert.equal(finding?.step, 30);
    assert.equal(finding?.evidence.runLine, 122);
    assert.match(finding?.message ?? '', /holds 3 runs.*begins on line 122/);
  });

  it('is a restart that lost something where the steps go back', async () => {
    const diagnosis = await diagnosisOf(
      rows(90, (at) => ({ step: at < 60 ? at : at - 10, loss: risen(at), grad_norm: wobble(at) })),
    );
    const [finding] = diagnosis.findings;
    assert.equal(finding?.severity, 'warning');
    assert.equal(finding?.evidence.restartLine, 62);
    assert.match(finding?.message ?? '', /step 59 is followed by 50.*not restored/);
  });

  it('long after a restart is none of its work', async () => {
    const diagnosis = await diagnosisOf(
      rows(90, (at) => ({ step: at < 30 ? at : at - 5, loss: risen(at), grad_norm: wobble(at) })),
    );
    assert.deepEqual(shown(diagnosis), ['error diverging-loss']);
    assert.equal(diagnosis.findings[0]?.evidence.restartLine, undefined);
  });
});

describe('the baseline band of a finding', () => {
  const numbers = (diagnosis: Diagnosis, key: string): readonly number[] => {
    const value = diagnosis.findings[0]?.evidence[key];
    assert.ok(Array.isArray(value), `${key} is missing`);
    return value as readonly number[];
  };

  it('holds the rows before the onset, and none of the explosion', async () => {
    const norm = (at: number): number => (at < 100 ? 0.7 * wobble(at, 0.3) : 0.7 * 1.2 ** (at - 100));
    const loss = (at: number): number => (at < 100 ? falling(at) : falling(100) * 1.05 ** (at - 100));
    const diagnosis = await diagnosisOf(
      rows(150, (at) => ({ step: at * 10, loss: loss(at), grad_norm: norm(at) })),
    );
    const [finding] = diagnosis.findings;
    assert.equal(finding?.rule, 'exploding-gradient');
    const [steps, low, middle, high] = ['bandStep', 'bandLow', 'bandMedian', 'bandHigh'].map((key) =>
      numbers(diagnosis, key),
    );
    assert.ok(steps !== undefined && low !== undefined && middle !== undefined && high !== undefined);
    assert.ok(
      steps.length > 20 &&
        steps.length <= 64 &&
        steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0)),
    );
    const bandAt = (step: number): number => steps.findLastIndex((one) => one <= step);
    const isInside = (at: number): boolean => {
      const i = bandAt(at * 10);
      return norm(at) >= (low[i] ?? 0) && norm(at) <= (high[i] ?? 0);
    };
    const calm = Array.from({ length: 90 }, (_, i) => 10 + i);
    const grown = Array.from({ length: 35 }, (_, i) => 115 + i);
    assert.ok(calm.filter(isInside).length >= 0.95 * calm.length);
    assert.deepEqual(grown.filter(isInside), []);
    assert.ok(middle.every((one, i) => one >= (low[i] ?? 0) && one <= (high[i] ?? 0)));
  });

  it('is left out where trouble began with the first row', async () => {
    const diagnosis = await diagnosisOf(
      rows(40, (at) => ({ step: at, loss: Number.NaN, grad_norm: at < 1 ? 3.1 : Number.NaN })),
    );
    assert.equal(diagnosis.findings[0]?.rule, 'non-finite');
    assert.equal(diagnosis.findings[0]?.evidence.bandStep, undefined);
  });
});

describe('silence', () => {
  const layers = (at: number, frozen: number): Row => ({
    step: at,
    loss: falling(at),
    'base.0.weight': frozen,
    'base.1.weight': frozen,
    'head.weight': wobble(at, 0.2) / 3,
  });
  const whyOf = ({ notChecked }: Diagnosis, rule: string): string =>
    notChecked.find((one) => one.rule === rule)?.why ?? '';

  it('over layers that are zero throughout says that they are taken for frozen', async () => {
    const diagnosis = await diagnosisOf(rows(40, (at) => layers(at, 0)));
    assert.deepEqual(shown(diagnosis), []);
    assert.match(whyOf(diagnosis, 'dead-layer'), /base\.0\.weight and base\.1\.weight: 0 from .* frozen$/);
  });

  it('over zeros printed with few decimals says what they may be', async () => {
    const round = (row: Row): Row =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value.toFixed(3))]));
    const diagnosis = await diagnosisOf(rows(40, (at) => round(layers(at, at < 20 ? 0.001 : 0))));
    assert.deepEqual(shown(diagnosis), []);
    assert.match(
      whyOf(diagnosis, 'dead-layer'),
      /taken for small: printed with 3 decimals, any norm below 5e-4/,
    );
  });

  it('over living layers says nothing of the kind', async () => {
    assert.equal(whyOf(await diagnosisOf(rows(40, (at) => layers(at, 0.1 * wobble(at)))), 'dead-layer'), '');
  });
});
