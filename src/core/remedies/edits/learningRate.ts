import type { PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { RemedyTarget } from '../remedy';
import { boundSchedules } from './growingRates';
import { type ModelView, modelOf } from './model';
import { fixOf, insertAfter, replace } from './place';
import {
  effectiveRate,
  gainOf,
  highRate,
  isAdaptive,
  isLow,
  type RatePlace,
  ratesOf,
  usualRate,
} from './rates';
import { freeName } from './style';

/** Factor that cures a too high rate; 3 is often not enough (measured). */
const TENFOLD = 10;
/** Steps of warm-up: several hundred samples of Adam's second moment (beta 0.999) and a small part of most runs. */
export const WARMUP_STEPS = 100;

/**
 * Changes a learning rate at the place that defines it; several optimizers give one fix each. By a factor of ten, and
 * further where that would leave it still far above, or below, what usually works.
 */
export function changeRate(
  facts: PythonFacts,
  target: RemedyTarget,
  direction: 'lower-lr' | 'raise-lr',
): readonly Fix[] {
  const bounded = direction === 'lower-lr' ? boundSchedules(facts) : [];
  if (bounded.length > 0) {
    return bounded;
  }
  const model = modelOf(facts, target);
  const places = new Map<string, RatePlace>();
  for (const rate of ratesOf(facts, target.settings)) {
    places.set(`${rate.path}:${rate.place.range.line}:${rate.place.range.column}`, rate);
  }
  const all = [...places.values()];
  if (
    direction === 'raise-lr' &&
    all.length > 1 &&
    all.every((one) => isLow(one) && one.path === facts.path)
  ) {
    // Networks that train against each other, or together: one alone at a usual rate outruns the rest.
    const edits = all.map((rate) => {
      const text = raised(rate, target);
      return text === null ? null : replace(rate.place.range, text);
    });
    return fixOf(facts, direction, 'Raise all learning rates to usual ones', 'unsafe', edits);
  }
  return all.flatMap((rate) => {
    const { place, path, others = [] } = rate;
    const changed = (one: RatePlace) =>
      direction === 'lower-lr' ? lowered(one, model, target) : raised(one, target);
    const text = changed(rate);
    const edits = new Map(
      [place, ...others].flatMap((one) => {
        const other = changed({ ...rate, place: one, value: one.value });
        return other === null ? [] : [[`${one.range.line}:${one.range.column}`, replace(one.range, other)]];
      }),
    );
    const verb = direction === 'lower-lr' ? 'Lower' : 'Raise';
    const title = `${verb} the learning rate from ${place.text} to ${text}`;
    return text === null
      ? []
      : fixOf(facts, direction, title, 'unsafe', [...edits.values()]).map((fix) => ({
          ...fix,
          path,
        }));
  });
}

/** From this many times the highest usual rate on, a tenth of it is still too much. */
const FAR_ABOVE = 5;
/** A rate this far below the highest usual one is safe, and not yet slow (a fifth was, in a transformer of 110 steps). */
const BELOW_LIMIT = 2;

/**
 * Longest first step of SGD (effective rate times norm) that weights of the usual size, whose norm is some units, bear.
 * The norm of a loss of large scale, of targets in the thousands for instance, asks for a rate that no table knows.
 */
const LONGEST_STEP = 5;
/** No model is trained at a rate below this: where the norm asks for one, its size is the defect. */
const SMALLEST_RATE = 1e-8;

function lowered(rate: RatePlace, model: ModelView | null, { firstNorm }: RemedyTarget): string | null {
  const gain = gainOf(rate.optimizer);
  const limit = highRate(model, rate);
  const far = effectiveRate(rate) > FAR_ABOVE * limit;
  const tenth = rate.value / TENFOLD;
  const bearable =
    firstNorm === undefined || isAdaptive(rate.optimizer)
      ? Number.POSITIVE_INFINITY
      : (LONGEST_STEP / firstNorm) * gain;
  const wanted = Math.min(far ? (limit / BELOW_LIMIT) * gain : tenth, bearable);
  if (wanted < SMALLEST_RATE) {
    return null;
  }
  return wanted < tenth ? rounded(wanted) : times(rate.place.text, 1 / TENFOLD);
}

/** Norms above this say that the rate was chosen small because the gradient is large. */
const LARGE_NORM = 100;

function raised(rate: RatePlace, { usualNorm = 0 }: RemedyTarget): string | null {
  const usual = usualRate(rate);
  return isLow(rate) && effectiveRate(rate) * TENFOLD < usual && usualNorm < LARGE_NORM
    ? rounded(usual * gainOf(rate.optimizer))
    : times(rate.place.text, TENFOLD);
}

/** A number with one digit, as Python writes it. */
function rounded(value: number): string {
  const plain = Number(value.toPrecision(1));
  return plain < 1e-3 ? plain.toExponential() : String(plain);
}

/** A number, or a product, times a factor: `BASE * 0.1` → `BASE * 0.1 / 10`. */
function times(text: string, factor: number): string | null {
  const isNumber = /^[\d._]+(?:e[+-]?\d+)?$/i.test(text);
  return isNumber
    ? scaled(text, factor)
    : factor < 1
      ? `${text} / ${Math.round(1 / factor)}`
      : `${text} * ${factor}`;
}

/** A number times a factor of ten, in the notation it was written in: `3e-2` → `3e-3`, `0.05` → `0.005`. */
export function scaled(text: string, factor: number): string | null {
  const value = Number(text.replace(/_/g, ''));
  if (!(value > 0) || !Number.isFinite(value)) {
    return null;
  }
  const product = Number((value * factor).toPrecision(12));
  const exponent = /^([\d._]+)e([+-]?\d+)$/i.exec(text);
  if (exponent?.[1] !== undefined && exponent[2] !== undefined) {
    const power = Number(exponent[2]) + Math.round(Math.log10(factor));
    return `${exponent[1]}e${power < 0 ? '-' : ''}${String(Math.abs(power)).padStart(exponent[2].replace(/[+-]/, '').length, '0')}`;
  }
  const plain = String(product);
  return plain.includes('e') || product < 1e-4 ? product.toExponential() : plain;
}

/** Adds a linear warm-up after the optimizer and steps it after each update; nothing where a scheduler exists. */
export function warmUp(facts: PythonFacts): readonly Fix[] {
  const [optimizer, another] = facts.optimizers;
  const loops = facts.loops.filter((loop) =>
    loop.events.some((event) => event.kind === 'step' && event.subject === optimizer?.name),
  );
  const [loop] = loops;
  if (
    optimizer === undefined ||
    another !== undefined ||
    loop === undefined ||
    loops.length > 1 ||
    hasScheduler(facts)
  ) {
    return [];
  }
  const steps = loop.events.filter((event) => event.kind === 'step');
  const [step] = steps;
  const torch = facts.spell('torch.optim.lr_scheduler.LambdaLR');
  const inClass = optimizer.name?.startsWith('self.') ?? false;
  const sameScope = step?.helper === null && (loop.scope === optimizer.scope || inClass);
  if (step === undefined || steps.length > 1 || torch === null || optimizer.name === null || !sameScope) {
    return [];
  }
  const name = (inClass ? 'self.' : '') + freeName(facts, ['warmup', 'warmup_scheduler']);
  return fixOf(facts, 'lr-warmup', `Warm the learning rate up over ${WARMUP_STEPS} steps`, 'unsafe', [
    insertAfter(facts, optimizer.statement, [
      `${name} = ${torch}(${optimizer.name}, lambda step: min(1.0, (step + 1) / ${WARMUP_STEPS}))`,
    ]),
    insertAfter(facts, step.statement, [`${name}.step()`]),
  ]);
}

function hasScheduler(facts: PythonFacts): boolean {
  return (
    facts.calls.some(({ call }) => /lr_scheduler\.|_schedule/.test(facts.nameOf(call.func) ?? '')) ||
    /\bgroup\[["']lr["']\]\s*=/.test(facts.text)
  );
}
