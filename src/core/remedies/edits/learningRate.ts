import type { LiteralPlace, OptimizerFact, PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import { expressionsOf, statementsIn } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import { argument } from './model';
import { fixOf, insertAfter, replace } from './place';
import { freeName } from './style';

/** Factor that cures a too high rate; 3 is often not enough (measured). */
const TENFOLD = 10;
/** Steps of warm-up: several hundred samples of Adam's second moment (beta 0.999) and a small part of most runs. */
const WARMUP_STEPS = 100;

/** A number in the code that decides the learning rate. */
export interface RatePlace {
  readonly value: number;
  readonly place: LiteralPlace;
  readonly optimizer: OptimizerFact;
}

/** Schedulers that set the rate themselves: the optimizer's own value has no say. */
const PEAK_SCHEDULER = /\.lr_scheduler\.(?:OneCycleLR|CyclicLR)$/;

/** The number behind each optimizer's learning rate: a scheduler's peak where one sets the rate, else the optimizer's. */
export function ratesOf(facts: PythonFacts): readonly RatePlace[] {
  const peaks = peakCalls(facts);
  return facts.optimizers.flatMap((optimizer) => {
    const peak =
      peaks.find((call) => call.optimizer === optimizer.name) ?? (peaks.length === 1 ? peaks[0] : undefined);
    const place = peak === undefined ? optimizer.lr : peak.place;
    return place === null ? [] : [{ value: place.value, place, optimizer }];
  });
}

function peakCalls(
  facts: PythonFacts,
): readonly { readonly optimizer: string; readonly place: LiteralPlace | null }[] {
  const found: { optimizer: string; place: LiteralPlace | null }[] = [];
  for (const stmt of statementsIn(facts.body)) {
    for (const expr of expressionsOf(stmt)) {
      if (expr.kind === 'call' && PEAK_SCHEDULER.test(facts.nameOf(expr.func) ?? '')) {
        const [subject] = expr.args;
        const max =
          expr.args.find((arg) => arg.name === 'max_lr') ?? expr.args.filter((arg) => arg.name === null)[1];
        found.push({
          optimizer: subject === undefined ? '' : facts.textOf(facts.rangeOf(subject.value)),
          place: max === undefined ? null : numberAt(facts, max.value),
        });
      }
    }
  }
  return found;
}

function numberAt(facts: PythonFacts, expr: Expr): LiteralPlace | null {
  if (expr.kind !== 'number') {
    return null;
  }
  const range = facts.rangeOf(expr);
  return { value: expr.value, text: facts.textOf(range), range, definedAs: 'argument' };
}

/** Multiplies a learning rate by 10 or by a tenth at the place that defines it; several optimizers give one fix each. */
export function changeRate(facts: PythonFacts, direction: 'lower-lr' | 'raise-lr'): readonly Fix[] {
  const places = new Map<string, LiteralPlace>();
  for (const { place } of ratesOf(facts)) {
    places.set(`${place.range.line}:${place.range.column}`, place);
  }
  return [...places.values()].flatMap((place) => {
    const text = scaled(place.text, direction === 'lower-lr' ? 1 / TENFOLD : TENFOLD);
    const verb = direction === 'lower-lr' ? 'Lower' : 'Raise';
    return text === null
      ? []
      : fixOf(facts, direction, `${verb} the learning rate from ${place.text} to ${text}`, 'unsafe', [
          replace(place.range, text),
        ]);
  });
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
  const isScheduler = (call: CallExpr) => /lr_scheduler\.|_schedule/.test(facts.nameOf(call.func) ?? '');
  for (const stmt of statementsIn(facts.body)) {
    for (const expr of expressionsOf(stmt)) {
      if (expr.kind === 'call' && isScheduler(expr)) {
        return true;
      }
    }
  }
  return /\bgroup\[["']lr["']\]\s*=/.test(facts.text);
}

/** Optimizer settings that decide whether a rate is high: its family. */
export function isAdaptive(optimizer: OptimizerFact): boolean {
  return /\.(?:Adam\w*|AdamW|NAdam|RAdam|Adamax|RMSprop|Adagrad|Lion)$/i.test(optimizer.type);
}

/** Momentum of an optimizer; 0 when none is given. */
export function momentumOf(optimizer: OptimizerFact): number {
  return optimizer.momentum?.value ?? argument(optimizer.args, 'momentum', 2)?.number?.value ?? 0;
}
