import type { Tree, TreeCursor } from 'web-tree-sitter';
import type { ParseBudget } from './parseBudget';

/** A node of the concrete tree, copied out of the parser's memory. */
export interface RawNode {
  readonly type: string;
  /** Field it fills in its parent; null for none. */
  readonly field: string | null;
  readonly start: number;
  readonly end: number;
  readonly named: boolean;
  readonly children: readonly RawNode[];
}

/** Deeper nesting than any program has by hand; what lies below is left out, so that no recursion runs out of stack. */
const MAX_DEPTH = 300;

/** Elements read of one list, tuple, set or dict: a longer one is data, and no model is written out like that. */
const MAX_ELEMENTS = 1000;

/**
 * Copies the statements of a tree one by one, comments left out, and hands each on before the next is copied.
 * `offset` is where the parsed text starts in the file. False when the budget did not reach to the end.
 */
export function eachStatement(
  tree: Tree,
  offset: number,
  budget: ParseBudget,
  found: (statement: RawNode) => void,
): boolean {
  const cursor = tree.walk();
  try {
    const copier: Copier = { cursor, names: namesOf(tree), offset, budget };
    let more = cursor.gotoFirstChild();
    while (more && !budget.isSpent) {
      const statement = copyNode(copier, 0);
      if (statement !== null) {
        found(statement);
      }
      more = cursor.gotoNextSibling();
    }
    return !budget.isSpent;
  } finally {
    cursor.delete();
  }
}

/** Names by id, so that each node costs as few calls into the parser as can be. */
interface Names {
  readonly types: readonly string[];
  readonly kinds: readonly NodeKind[];
  readonly fields: readonly (string | null)[];
}

/** token: punctuation and keywords, kept only where they fill a field; skipped: never asked for; leaf: nothing of interest below. */
type NodeKind = 'token' | 'skipped' | 'leaf' | 'list' | 'inner';

const SKIPPED = new Set(['comment', 'line_continuation', 'string_start', 'string_end', 'escape_sequence']);
/** Tokens that fill no field: half of all nodes, passed over with a single question each. */
const PUNCTUATION = new Set(
  '( ) [ ] { } , : . = def class return import from as for if elif else while with lambda'.split(' '),
);
const LEAVES = new Set([
  'identifier',
  'integer',
  'float',
  'true',
  'false',
  'none',
  'string_content',
  'ellipsis',
]);
const LISTS = new Set(['list', 'tuple', 'set', 'dictionary', 'expression_list', 'concatenated_string']);

function kindOf(type: string, named: boolean): NodeKind {
  if (!named) {
    return PUNCTUATION.has(type) ? 'skipped' : 'token';
  }
  if (SKIPPED.has(type)) {
    return 'skipped';
  }
  return LEAVES.has(type) ? 'leaf' : LISTS.has(type) ? 'list' : 'inner';
}

let known: { readonly language: object; readonly names: Names } | null = null;

function namesOf(tree: Tree): Names {
  const { language } = tree;
  if (known?.language !== language) {
    const kinds = language.types.map((type, id) => kindOf(type, language.nodeTypeIsNamed(id)));
    known = { language, names: { types: language.types, kinds, fields: language.fields } };
  }
  return known.names;
}

interface Copier {
  readonly cursor: TreeCursor;
  readonly names: Names;
  readonly offset: number;
  readonly budget: ParseBudget;
}

/** Null for a node that nobody asks for. */
function copyNode(copier: Copier, depth: number): RawNode | null {
  const { cursor, names, offset } = copier;
  const id = cursor.nodeTypeId;
  const kind = names.kinds[id] ?? 'inner';
  if (kind === 'skipped') {
    return null;
  }
  const field = names.fields[cursor.currentFieldId] ?? null;
  if (kind === 'token' && field === null) {
    return null;
  }
  const start = cursor.startIndex + offset;
  const end = cursor.endIndex + offset;
  const children = kind === 'inner' || kind === 'list' ? copyChildren(copier, depth, kind) : NONE;
  return { type: names.types[id] ?? 'ERROR', field, start, end, named: kind !== 'token', children };
}

const NONE: readonly RawNode[] = [];

function copyChildren(copier: Copier, depth: number, kind: NodeKind): readonly RawNode[] {
  const { cursor, budget } = copier;
  if (depth >= MAX_DEPTH || !cursor.gotoFirstChild()) {
    return NONE;
  }
  const most = kind === 'list' ? MAX_ELEMENTS : Number.POSITIVE_INFINITY;
  const children: RawNode[] = [];
  let more = true;
  while (more && children.length < most && budget.takeNode()) {
    const child = copyNode(copier, depth + 1);
    if (child !== null) {
      children.push(child);
    }
    more = cursor.gotoNextSibling();
  }
  cursor.gotoParent();
  return children;
}
