/**
 * An object with values that are worked out when they are first asked for, and kept. They count as its own like any
 * other: copying or comparing the object works them out.
 */
export function withLazy<T extends object, L extends object>(
  given: T,
  parts: { readonly [K in keyof L]: () => L[K] },
): T & L {
  Object.defineProperty(given, LATER, { value: { parts, known: new Map() } satisfies Later });
  for (const key of Object.keys(parts)) {
    Object.defineProperty(given, key, { configurable: true, enumerable: true, get: getterOf(key) });
  }
  return given as T & L;
}

const LATER = Symbol('what is worked out later');

interface Later {
  readonly parts: Readonly<Record<string, () => unknown>>;
  readonly known: Map<string, unknown>;
}

type Getter = (this: { readonly [LATER]: Later }) => unknown;

/**
 * One getter for all objects that have a value of a name. With getters of its own each object would be of a type of its
 * own to the engine, which keeps a type, and all that the getters hold, until it next collects all of its garbage.
 */
function getterOf(key: string): Getter {
  const shared = getters.get(key) ?? lazily(key);
  getters.set(key, shared);
  return shared;
}

const getters = new Map<string, Getter>();

function lazily(key: string): Getter {
  return function () {
    const { parts, known } = this[LATER];
    if (!known.has(key)) {
      known.set(key, parts[key]?.());
    }
    return known.get(key);
  };
}
