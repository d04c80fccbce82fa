import { ok, strictEqual } from 'node:assert';
import { applyEdits } from '../../../../src/core/edits';
import type { Finding } from '../../../../src/core/rules/finding';
import { pythonAnalyzer } from '../../python/analyzer';
import * as classes from './styles/classes';
import * as loose from './styles/loose';
import { HEALTHY, type Spec } from './styles/spec';

/** A finding this near to a marked line points at it. */
const NEAR = 2;

const STYLES: Readonly<Record<string, (spec: Spec) => readonly string[]>> = { ...classes, ...loose };

/** One defect: how it differs from a program that trains, which rules may say so, and the lines that carry it. */
interface Defect {
  readonly spec: Partial<Spec>;
  readonly rules: readonly string[];
  readonly mark: RegExp;
  /** Styles that cannot have it, or in which nothing is said about it. */
  readonly not?: readonly string[];
}

const DEFECTS: Readonly<Record<string, Defect>> = {
  'hidden sigmoids': {
    spec: { activation: 'sigmoid', weights: null },
    rules: ['sigmoid-stack'],
    mark: /#@act/,
  },
  'weights that start too large': { spec: { weights: 1.5 }, rules: ['init-std-too-large'], mark: /#@init/ },
  'weights that start at zero': {
    spec: { weights: 'zeros' },
    rules: ['constant-weight'],
    mark: /#@init/,
    not: ['rawTensors'],
  },
  'a rate that is too high': {
    spec: { lr: '0.3' },
    rules: ['learning-rate-too-large'],
    mark: /#@lr/,
    not: ['rawTensors'],
  },
  'gradients that are never reset': {
    spec: { zeroGrad: false },
    rules: ['zero-grad-missing'],
    mark: /#@backward/,
  },
  'clipping after the step': { spec: { clip: 'after' }, rules: ['clip-after-step'], mark: /#@clip/ },
  'a softmax before cross-entropy': {
    spec: { softmax: true },
    rules: ['softmax-into-cross-entropy'],
    mark: /#@out|#@loss/,
  },
  'many plain layers': {
    spec: { depth: 18, weights: null },
    rules: ['flow-at-initialisation', 'plain-deep-stack'],
    mark: /#@layers/,
    not: ['rawTensors'],
  },
};

interface Program {
  readonly lines: readonly string[];
  readonly text: string;
}

function programIn(style: string, spec: Spec): Program {
  const lines = STYLES[style]?.(spec) ?? [];
  return { lines, text: `${lines.map((line) => line.replace(/ *#@.*$/, '')).join('\n')}\n` };
}

async function findingsOf(text: string): Promise<readonly Finding[]> {
  return (await pythonAnalyzer()).analyze('train.py', text)?.findings ?? [];
}

function said(findings: readonly Finding[]): string {
  return findings.map(({ rule, range }) => `${rule} at ${range.line}`).join(', ');
}

async function checkFixes(text: string, { rule, fixes }: Finding): Promise<void> {
  for (const { title, edits } of fixes) {
    const fixed = applyEdits(text, edits);
    ok(fixed !== null && fixed !== text, title);
    const left = (await findingsOf(fixed)).filter((one) => one.rule === rule);
    strictEqual(said(left), '', `${title} does not silence it:\n${fixed}`);
  }
}

/** The same defect, whatever way the program is written. */
describe('A defect in every style', () => {
  for (const style of Object.keys(STYLES)) {
    it(`${style}: a program that trains has no finding`, async () => {
      strictEqual(said(await findingsOf(programIn(style, HEALTHY).text)), '');
    });
    for (const [name, { spec, rules, mark, not = [] }] of Object.entries(DEFECTS)) {
      if (not.includes(style)) {
        continue;
      }
      it(`${style}: ${name}`, async () => {
        const { lines, text } = programIn(style, { ...HEALTHY, ...spec });
        const findings = await findingsOf(text);
        const marked = lines.flatMap((line, at) => (mark.test(line) ? [at + 1] : []));
        const found = findings.find(
          ({ rule, range }) =>
            rules.includes(rule) && marked.some((line) => Math.abs(line - range.line) <= NEAR),
        );
        ok(found !== undefined, `lines ${marked.join()}; said: ${said(findings)}\n${text}`);
        await checkFixes(text, found);
      });
    }
  }
});
