import type { Expr } from './ast';
import type { RawNode } from './raw';

/** One for all: half of the lists of a tree are empty. */
export const NOTHING: readonly never[] = [];

/** A list that was put together, without the room it took for growing: a tree is kept as long as its file is looked at. */
export function kept<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NOTHING : list.slice();
}

/** The first child that fills a field of its parent. */
export function child(node: RawNode, field: string): RawNode | undefined {
  for (const part of node.children) {
    if (part.field === field) {
      return part;
    }
  }
  return undefined;
}

/** Children that are no punctuation. */
export function namedChildren({ children }: RawNode): readonly RawNode[] {
  return whereAll(children, isNamed);
}

function isNamed({ named }: RawNode): boolean {
  return named;
}

/** Of a call: broken parts are none. */
export function isArgument({ named, type }: RawNode): boolean {
  return named && type !== 'ERROR';
}

/** Those that pass a test; the list itself where all do, as is the rule. */
export function whereAll(nodes: readonly RawNode[], test: (node: RawNode) => boolean): readonly RawNode[] {
  return nodes.every(test) ? nodes : nodes.filter(test);
}

/** What stands for an expression that is missing, or of no known kind. */
export function unknown(node: RawNode): Expr {
  return { kind: 'unknown', start: node.start, end: node.end, parts: NOTHING };
}
