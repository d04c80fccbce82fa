/**
 * What plain data have become, told by what has changed in them. Objects keep their fields and lists their places: a list
 * that grew is told by what was appended, a field that stayed the same is not told at all.
 */
import { type Check, isObject } from './check';

/** Whatever stands here now; or changes of fields, and of places of a list with its length now. */
export type Patch =
  | { readonly now: unknown }
  | { readonly fields: Readonly<Record<string, Patch>> }
  | { readonly length: number; readonly places: readonly (readonly [number, Patch])[] };

/** Shallow: {@link patched} looks at what is inside, and the result is checked by its own shape. */
export const isPatch: Check<Patch> = (value): value is Patch =>
  isObject(value) && ('now' in value || isObject(value.fields) || Array.isArray(value.places));

/** Undefined: nothing has changed. @param after plain data, as it may travel in a message */
export function patchOf(before: unknown, after: unknown): Patch | undefined {
  if (Object.is(before, after)) {
    return undefined;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const places = after.flatMap((value: unknown, at): [number, Patch][] => {
      const patch = at < before.length ? patchOf(before[at], value) : { now: value };
      return patch === undefined ? [] : [[at, patch]];
    });
    return places.length === 0 && before.length === after.length
      ? undefined
      : { length: after.length, places };
  }
  if (isObject(before) && isObject(after) && haveSameFields(before, after)) {
    const fields = Object.entries(after).flatMap(([name, value]): [string, Patch][] => {
      const patch = patchOf(before[name], value);
      return patch === undefined ? [] : [[name, patch]];
    });
    return fields.length === 0 ? undefined : { fields: Object.fromEntries(fields) };
  }
  return { now: after };
}

/** The data with a patch applied; parts that it does not speak of are the same objects as before. */
export function patched(before: unknown, patch: Patch): unknown {
  if ('now' in patch) {
    return patch.now;
  }
  if ('fields' in patch) {
    const changes = Object.entries(patch.fields).map(([name, change]) => [
      name,
      patched(isObject(before) ? before[name] : undefined, change),
    ]);
    return { ...(isObject(before) ? before : {}), ...Object.fromEntries(changes) };
  }
  const list: unknown[] = Array.isArray(before) ? before.slice(0, patch.length) : [];
  for (const [at, change] of patch.places) {
    list[at] = patched(list[at], change);
  }
  return list;
}

function haveSameFields(a: object, b: object): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name));
}
