/**
 * An object with values that are worked out when they are first asked for, and kept. They count as its own like any
 * other: copying or comparing the object works them out.
 */
export function withLazy<T extends object, L extends object>(
  given: T,
  parts: { readonly [K in keyof L]: () => L[K] },
): T & L {
  for (const key of Object.keys(parts) as (keyof L & string)[]) {
    Object.defineProperty(given, key, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = parts[key]();
        Object.defineProperty(given, key, { value, configurable: true, enumerable: true });
        return value;
      },
    });
  }
  return given as T & L;
}
