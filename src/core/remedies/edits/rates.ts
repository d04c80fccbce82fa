import type { LiteralPlace, OptimizerFact, PythonFacts } from '../../python/facts';
import type { Expr } from '../../python/syntax/ast';
import { type SettingsFile, settingOf } from '../settings';
import { argument, type ModelView } from './model';

/** A number in the code that decides the learning rate. */
export interface RatePlace {
  /** NaN where the code's arithmetic needs what is not written there. */
  readonly value: number;
  readonly place: LiteralPlace;
  /** File that the place is in: the program's own, or one with its settings. */
  readonly path: string;
  readonly optimizer: OptimizerFact;
  /** Rates of other groups of the same optimizer, to be changed with it. */
  readonly others?: readonly LiteralPlace[];
}

/** Schedulers that set the rate themselves: the optimizer's own value has no say. */
const PEAK_SCHEDULER = /\.lr_scheduler\.(?:OneCycleLR|CyclicLR)$/;

/**
 * The number behind each optimizer's learning rate: a scheduler's peak where one sets the rate, else the optimizer's,
 * in this file or where its settings are.
 */
export function ratesOf(facts: PythonFacts, settings: readonly SettingsFile[] = []): readonly RatePlace[] {
  const peaks = peakCalls(facts);
  return [...facts.optimizers, ...facts.handOptimizers].flatMap((optimizer) => {
    const peak =
      peaks.find((call) => call.optimizer === optimizer.name) ?? (peaks.length === 1 ? peaks[0] : undefined);
    const place = peak === undefined ? (optimizer.lr ?? optimizer.lrProduct) : peak.place;
    if (peak === undefined && optimizer.groupRates.length > 0) {
      const hasSay = place !== null && optimizer.ownRates !== true;
      const all = [...optimizer.groupRates, ...(hasSay ? [place] : [])];
      const [highest, ...others] = all.toSorted((a, b) => b.value - a.value);
      return highest === undefined
        ? []
        : [{ value: highest.value, place: highest, path: facts.path, optimizer, others }];
    }
    if (place !== null) {
      return [{ value: place.value, place, path: facts.path, optimizer }];
    }
    const elsewhere = peak === undefined ? settingFor(optimizer, settings) : null;
    return elsewhere === null ? [] : [{ value: elsewhere.place.value, ...elsewhere, optimizer }];
  });
}

/** True when an optimizer's rate is a name that this file does not define. */
export function hasRateElsewhere(facts: PythonFacts): boolean {
  return facts.optimizers.some(
    (optimizer) => optimizer.lr === null && optimizer.lrProduct === null && rateName(optimizer) !== null,
  );
}

function settingFor(optimizer: OptimizerFact, settings: readonly SettingsFile[]) {
  const name = settings.length === 0 ? null : rateName(optimizer);
  return name === null ? null : settingOf(settings, name);
}

/** `lr` in `lr=config.train.lr` and in `lr=config["lr"]`. */
function rateName({ args, type }: OptimizerFact): string | null {
  const isTorch = !/^(?:keras|optax)\./.test(type);
  const given = argument(args, 'lr', isTorch ? 1 : 0) ?? argument(args, 'learning_rate', isTorch ? -1 : 0);
  const text = given?.text ?? '';
  return (
    /^(?:[\w.]+\.)?(\w+)$/.exec(text)?.[1] ??
    /^[\w.[\]"']+\[["'](\w+)["']\]$/.exec(text)?.[1] ??
    /^float\((?:[\w.]+\.)?(\w+)\)$/.exec(text)?.[1] ??
    null
  );
}

function peakCalls(
  facts: PythonFacts,
): readonly { readonly optimizer: string; readonly place: LiteralPlace | null }[] {
  return facts.calls.flatMap(({ call }) => {
    if (!PEAK_SCHEDULER.test(facts.nameOf(call.func) ?? '')) {
      return [];
    }
    const [subject] = call.args;
    const max =
      call.args.find((arg) => arg.name === 'max_lr') ?? call.args.filter((arg) => arg.name === null)[1];
    return [
      {
        optimizer: subject === undefined ? '' : facts.textOf(facts.rangeOf(subject.value)),
        place: max === undefined ? null : numberAt(facts, max.value),
      },
    ];
  });
}

function numberAt(facts: PythonFacts, expr: Expr): LiteralPlace | null {
  if (expr.kind !== 'number') {
    return null;
  }
  const range = facts.rangeOf(expr);
  return { value: expr.value, text: facts.textOf(range), range, definedAs: 'argument' };
}

/** Optimizer settings that decide whether a rate is high: its family. */
export function isAdaptive(optimizer: OptimizerFact): boolean {
  return ADAPTIVE.test(optimizer.type);
}

const ADAPTIVE = /\.(?:Adam\w*|NAdam|RAdam|RMSprop|RMSProp|Adagrad|Lion)$/i;

/** Momentum of an optimizer; 0 when none is given. */
export function momentumOf(optimizer: OptimizerFact): number {
  return optimizer.momentum?.value ?? argument(optimizer.args, 'momentum', 2)?.number?.value ?? 0;
}

/** For SGD the effective rate counts: lr / (1 - momentum). */
export function effectiveRate({ value, optimizer }: RatePlace): number {
  return isAdaptive(optimizer) ? value : value / gainOf(optimizer);
}

/** Part of the effective rate that stands in the code. */
export function gainOf(optimizer: OptimizerFact): number {
  return isAdaptive(optimizer) ? 1 : 1 - Math.min(momentumOf(optimizer), 0.99);
}

/** Rates above these are rarely right; Adam's usual one is 1e-3, plain SGD's 0.1. */
const HIGH_ADAPTIVE = 0.01;
const HIGH_TRANSFORMER = 2e-3;
const HIGH_SGD = 1;
/** Without momentum nothing shortens the steps that a rate like this takes where the loss is steep: it is written 0.01 to 0.1. */
const HIGH_PLAIN_SGD = 0.5;
/** Effective rates that train most models from scratch, and those below which a few thousand steps lead nowhere. */
const USUAL_ADAPTIVE = 1e-3;
const USUAL_SGD = 0.1;
const LOW = 30;

/** The rate as written that is high for an optimizer of a type, whatever its momentum and the model. */
export function highRateOf(type: string): number {
  return ADAPTIVE.test(type) ? HIGH_ADAPTIVE : HIGH_SGD;
}

/** The effective rate above which training rarely works. */
export function highRate(model: ModelView | null, { optimizer }: RatePlace): number {
  if (!isAdaptive(optimizer)) {
    return momentumOf(optimizer) > 0 ? HIGH_SGD : HIGH_PLAIN_SGD;
  }
  const attention =
    model?.modules.some((entry) => /^nn\.(?:Transformer|MultiheadAttention)/.test(entry.type)) ?? false;
  return attention ? HIGH_TRANSFORMER : HIGH_ADAPTIVE;
}

/** The effective rate that usually trains a model from scratch. */
export function usualRate({ optimizer }: RatePlace): number {
  return isAdaptive(optimizer) ? USUAL_ADAPTIVE : USUAL_SGD;
}

/** True when a rate is so far below the usual that a run of some thousand steps stands still. */
export function isLow(rate: RatePlace): boolean {
  return effectiveRate(rate) * LOW < usualRate(rate);
}
