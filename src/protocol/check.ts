/**
 * Type guards by construction: a message's shape is written once, as a guard, and its type is read off it, so that
 * whatever comes from the other side of a webview is checked by the very declaration the code relies on.
 */
export type Check<T> = (value: unknown) => value is T;
export type Checked<C> = C extends Check<infer T> ? T : never;

export const isString = (value: unknown): value is string => typeof value === 'string';
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
/** Finite only: messages to a webview are JSON in between, where NaN would silently become null. */
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
export const isIndex = (value: unknown): value is number =>
  Number.isSafeInteger(value) && typeof value === 'number' && value >= 0;
export const isBuffer = (value: unknown): value is ArrayBuffer => value instanceof ArrayBuffer;

export function oneOf<const T extends readonly string[]>(...names: T): Check<T[number]> {
  return (value): value is T[number] => isString(value) && names.includes(value);
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function listOf<T>(check: Check<T>, longest = Number.POSITIVE_INFINITY): Check<readonly T[]> {
  return (value): value is readonly T[] =>
    Array.isArray(value) && value.length <= longest && value.every(check);
}

export function record<S extends Readonly<Record<string, Check<unknown>>>>(
  shape: S,
): Check<{ readonly [K in keyof S]: Checked<S[K]> }> {
  return (value): value is { readonly [K in keyof S]: Checked<S[K]> } =>
    isObject(value) && Object.entries(shape).every(([key, check]) => check(value[key]));
}

export function dictionaryOf<T>(check: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> =>
    isObject(value) && Object.values(value).every(check);
}

export function anyOf<A, B>(first: Check<A>, second: Check<B>): Check<A | B> {
  return (value): value is A | B => first(value) || second(value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
