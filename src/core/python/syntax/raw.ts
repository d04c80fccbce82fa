import type { Tree, TreeCursor } from 'web-tree-sitter';

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

/** Copies a tree, leaving comments out. `offset` is where the parsed text starts in the file. */
export function copyTree(tree: Tree, offset: number): RawNode {
  const cursor = tree.walk();
  try {
    return copyNode(cursor, namesOf(tree), offset, 0);
  } finally {
    cursor.delete();
  }
}

/** Names by id, so that each node costs as few calls into the parser as can be. */
interface Names {
  readonly types: readonly string[];
  readonly named: readonly boolean[];
  readonly fields: readonly (string | null)[];
}

let known: { readonly language: object; readonly names: Names } | null = null;

function namesOf(tree: Tree): Names {
  const { language } = tree;
  if (known?.language !== language) {
    const named = language.types.map((_, id) => language.nodeTypeIsNamed(id));
    known = { language, names: { types: language.types, named, fields: language.fields } };
  }
  return known.names;
}

function copyNode(cursor: TreeCursor, names: Names, offset: number, depth: number): RawNode {
  const id = cursor.nodeTypeId;
  const fieldId = cursor.currentFieldId;
  const start = cursor.startIndex + offset;
  const end = cursor.endIndex + offset;
  const isNamed = names.named[id] ?? true;
  const children: RawNode[] = [];
  if (isNamed && depth < MAX_DEPTH && cursor.gotoFirstChild()) {
    do {
      const child = copyNode(cursor, names, offset, depth + 1);
      if (child.type !== 'comment' && child.type !== 'line_continuation') {
        children.push(child);
      }
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  const type = names.types[id] ?? 'ERROR';
  return { type, field: names.fields[fieldId] ?? null, start, end, named: isNamed, children };
}
