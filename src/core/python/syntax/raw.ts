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
    return copyNode(cursor, offset, 0);
  } finally {
    cursor.delete();
  }
}

function copyNode(cursor: TreeCursor, offset: number, depth: number): RawNode {
  const children: RawNode[] = [];
  const type = cursor.nodeType;
  const field = cursor.currentFieldName;
  const start = cursor.startIndex + offset;
  const end = cursor.endIndex + offset;
  const named = cursor.nodeIsNamed;
  if (depth < MAX_DEPTH && cursor.gotoFirstChild()) {
    do {
      if (cursor.nodeType !== 'comment' && cursor.nodeType !== 'line_continuation') {
        children.push(copyNode(cursor, offset, depth + 1));
      }
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return { type, field, start, end, named, children };
}
