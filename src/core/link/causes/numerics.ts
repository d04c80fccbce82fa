import type { PythonFacts } from '../../python/facts';
import { activationInto } from '../../python/outputs';
import { infiniteMasks } from '../../remedies/edits/finiteMask';
import { singularities } from '../../remedies/edits/numerics';
import { handSoftmaxes, unboundedExps } from '../../remedies/edits/safeExp';
import type { RemedyId } from '../../remedies/remedy';
import type { TextRange } from '../../text';
import type { Cause, Code, Explains, Symptom } from './cause';

/** Operations that are infinite, or have an infinite slope, for some inputs. */
export function numericCauses(code: Code, symptom: Symptom): readonly Cause[] {
  return [...singular(code, symptom), ...exponentials(code, symptom), ...masks(code, symptom)];
}

/** An exponential that a growing argument makes infinite. */
const OVERFLOWS: Explains = { 'non-finite': 52, 'exploding-gradient': 40, 'gradient-spike': 40 };

/** A softmax written out overflows with logits that are nothing unusual. */
const OVERFLOWS_SOON: Explains = { 'non-finite': 90 };

function exponentials({ facts }: Code, symptom: Symptom): readonly Cause[] {
  const remedies: readonly RemedyId[] = ['safe-exp'];
  const soon = OVERFLOWS_SOON[symptom.rule];
  const [softmax] = soon === undefined ? [] : handSoftmaxes(facts);
  if (soon !== undefined && softmax !== undefined) {
    const what = softmax.vanishes
      ? 'a softmax written out divides 0 by 0 where all its exponents are below -104, and the built-in one does not'
      : 'a softmax written out overflows at logits of 88, where the built-in one does not';
    // Its values may round to 0 all the same: an unguarded logarithm in the code is to be mended with it.
    const withLogs = singularities(facts).some(({ kind }) => kind === 'log');
    return [
      { range: softmax.range, what, weight: soon, remedies: withLogs ? ['eps', ...remedies] : remedies },
    ];
  }
  const weight = OVERFLOWS[symptom.rule];
  const [first] = weight === undefined ? [] : unboundedExps(facts);
  const what = 'nothing bounds this exponent, and exp overflows at 88';
  return weight === undefined || first === undefined
    ? []
    : [{ range: facts.rangeOf(first.call), what, weight, remedies }];
}

/** NaN out of the blue: the first row that is masked altogether brings it. */
const MASKED = 84;
/** It came after the norm grew: something else is at work. */
const MASKED_AFTER_GROWTH = 50;

function masks({ facts }: Code, symptom: Symptom): readonly Cause[] {
  const [first] = symptom.rule === 'non-finite' ? infiniteMasks(facts) : [];
  return first === undefined
    ? []
    : [
        {
          range: facts.rangeOf(first.call),
          what: 'the softmax of a row that this masks altogether is NaN',
          weight: symptom.sudden ? MASKED : MASKED_AFTER_GROWTH,
          remedies: ['finite-mask', 'skip-bad-batch'],
        },
      ];
}

/** How well each kind of singularity explains NaN that came at once, and NaN that growing values announced. */
const AT_ONCE = { log: 88, sqrt: 88, divisor: 86, arc: 84 } as const;
const ANNOUNCED = { log: 64, sqrt: 64, divisor: 60, arc: 58 } as const;
/** A run that diverged first: mended alone they save nothing, but the mended run is to be safe from them. */
const AFTER_DIVERGENCE = { log: 56, sqrt: 56, divisor: 52, arc: 50 } as const;
/** The softmax or sigmoid of a sure model rounds to 0 whatever the rate, and written in one with its logarithm it trains on from there. */
const LOG_OF_PROBABILITY = 80;

function singular({ facts }: Code, symptom: Symptom): readonly Cause[] {
  if (symptom.rule !== 'non-finite' && !symptom.endsInNaN) {
    return [];
  }
  const weights = symptom.rule !== 'non-finite' ? AFTER_DIVERGENCE : symptom.sudden ? AT_ONCE : ANNOUNCED;
  const places = singularities(facts).filter(({ prepares }) => symptom.atStart || !prepares);
  return places.map(({ range, kind, what }) => ({
    range,
    what,
    weight:
      symptom.rule === 'non-finite' && kind === 'log' && isOfProbability(facts, range)
        ? Math.max(LOG_OF_PROBABILITY, weights[kind])
        : weights[kind],
    remedies: ['eps'],
  }));
}

/** True for the logarithm of what a softmax or a sigmoid gives, also where it is the last of the model's own layers. */
function isOfProbability(facts: PythonFacts, range: TextRange): boolean {
  const found = facts.calls.find(({ call }) => {
    const at = facts.rangeOf(call);
    return at.line === range.line && at.column === range.column && at.endColumn === range.endColumn;
  });
  if (found === undefined) {
    return false;
  }
  const { call, stmt } = found;
  const input = call.args[0]?.value ?? (call.func.kind === 'attribute' ? call.func.object : null);
  const reaching = input === null ? null : activationInto(facts, { loss: '', call, stmt, input });
  return reaching !== null && /^(?:softmax|sigmoid)$/.test(reaching.activation);
}
