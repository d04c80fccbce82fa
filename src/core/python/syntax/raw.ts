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
 * `text` is what was parsed, `offset` where it starts in the file. False when the budget did not reach to the end.
 *
 * Each question to the tree is a call into another machine, and they take longer than the parsing itself: what follows
 * from an earlier answer or from the text is not asked.
 */
export function eachStatement(
  tree: Tree,
  text: string,
  offset: number,
  budget: ParseBudget,
  found: (statement: RawNode) => void,
): boolean {
  const cursor = tree.walk();
  try {
    const isSound = !tree.rootNode.hasError;
    const copier: Copier = { cursor, names: namesOf(tree), text, offset, budget, isSound, stack: [], top: 0 };
    let more = cursor.gotoFirstChild();
    while (more && !budget.isSpent) {
      const statement = copyNode(copier, 0, '', UNKNOWN);
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
  /** Fields that its children fill one after the other; null where it has to be asked. */
  readonly order: readonly (readonly string[] | null)[];
}

/** token: punctuation and keywords, kept only where they fill a field; skipped: never asked for; leaf: nothing of interest below. */
type NodeKind = 'token' | 'skipped' | 'word' | 'leaf' | 'attribute' | 'list' | 'inner';

const SKIPPED = new Set(['comment', 'line_continuation', 'string_start', 'string_end', 'escape_sequence']);
/** Tokens that fill no field: half of all nodes, passed over with a single question each. */
const PUNCTUATION = new Set(
  '( ) [ ] { } , : . = def class return import from as for if elif else while with lambda'.split(' '),
);
const LEAVES = new Set(['integer', 'float', 'true', 'false', 'none', 'string_content', 'ellipsis']);
const LISTS = new Set(['list', 'tuple', 'set', 'dictionary', 'expression_list', 'concatenated_string']);

function kindOf(type: string, named: boolean): NodeKind {
  if (!named) {
    return PUNCTUATION.has(type) ? 'skipped' : 'token';
  }
  if (SKIPPED.has(type)) {
    return 'skipped';
  }
  if (type === 'identifier') {
    return 'word';
  }
  if (type === 'attribute') {
    return 'attribute';
  }
  return LEAVES.has(type) ? 'leaf' : LISTS.has(type) ? 'list' : 'inner';
}

/** Fields of a node's children in their order, where none may be missing; of most lists there are none. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  call: ['function', 'arguments'],
  keyword_argument: ['name', 'value'],
  default_parameter: ['name', 'value'],
  typed_default_parameter: ['name', 'type', 'value'],
  augmented_assignment: ['left', 'operator', 'right'],
  pair: ['key', 'value'],
  named_expression: ['name', 'value'],
  binary_operator: ['left', 'operator', 'right'],
  ...Object.fromEntries(
    [
      ...['module', 'block', 'expression_statement', 'return_statement', 'assert_statement'],
      ...[
        'argument_list',
        'parameters',
        'lambda_parameters',
        'parenthesized_expression',
        'conditional_expression',
      ],
      ...['string', 'tuple', 'list', 'set', 'dictionary', 'pattern_list', 'expression_list'],
      ...['list_splat', 'dictionary_splat'],
    ].map((type) => [type, []]),
  ),
};

let known: { readonly language: object; readonly names: Names } | null = null;

function namesOf(tree: Tree): Names {
  const { language } = tree;
  if (known?.language !== language) {
    const kinds = language.types.map((type, id) => kindOf(type, language.nodeTypeIsNamed(id)));
    const order = language.types.map((type) => ORDER[type] ?? null);
    known = { language, names: { types: language.types, kinds, fields: language.fields, order } };
  }
  return known.names;
}

interface Copier {
  readonly cursor: TreeCursor;
  readonly names: Names;
  readonly text: string;
  readonly offset: number;
  readonly budget: ParseBudget;
  /** No node of the tree is an error, or missing and without length. */
  readonly isSound: boolean;
  /** Children of the nodes under way, up to `top`: many lists that each grow by themselves take far more room than they need. */
  readonly stack: RawNode[];
  top: number;
}

const UNKNOWN = -1;

/**
 * Null for a node that nobody asks for.
 * @param knownField the field it fills in its parent, '' for none; null where it has to be asked
 * @param knownStart where it starts, for the first child of a node: where its parent does
 */
function copyNode(
  copier: Copier,
  depth: number,
  knownField: string | null,
  knownStart: number,
): RawNode | null {
  const { cursor, names, offset } = copier;
  const id = cursor.nodeTypeId;
  const kind = names.kinds[id] ?? 'inner';
  if (kind === 'skipped') {
    return null;
  }
  const field = (knownField ?? names.fields[cursor.currentFieldId]) || null;
  if (kind === 'token' && field === null) {
    return null;
  }
  const start = knownStart === UNKNOWN ? cursor.startIndex + offset : knownStart;
  const wordEnd = kind === 'word' ? endOfWord(copier, start) : UNKNOWN;
  const end = wordEnd === UNKNOWN ? cursor.endIndex + offset : wordEnd;
  if (kind === 'attribute' && depth < MAX_DEPTH && isDotted(copier, start, end)) {
    return { type: DOTTED, field, start, end, named: true, children: NONE };
  }
  const isLeaf = kind === 'token' || kind === 'word' || kind === 'leaf';
  const children = isLeaf ? NONE : childrenOf(copier, depth, id, start, end);
  return { type: names.types[id] ?? 'ERROR', field, start, end, named: kind !== 'token', children };
}

/** Type of `a.b.c`, of which only the place is copied: its text tells the rest. */
export const DOTTED = 'dotted';

/** Where an identifier ends; UNKNOWN where only the parser can tell. */
function endOfWord({ text, offset }: Copier, start: number): number {
  for (let at = start - offset; ; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!isLetter && code !== 95 && !(code >= 48 && code <= 57)) {
      return code >= 128 ? UNKNOWN : at + offset;
    }
  }
}

/** Is there but `.name` between two offsets? */
function isWordAfterDot(copier: Copier, start: number, end: number): boolean {
  return copier.text[start - copier.offset] === '.' && endOfWord(copier, start + 1) === end;
}

const NONE: readonly RawNode[] = [];

/** Read off the text where that tells all of it, else asked of the parser. */
function childrenOf(
  copier: Copier,
  depth: number,
  id: number,
  start: number,
  end: number,
): readonly RawNode[] {
  const { names, text, offset, isSound } = copier;
  const type = isSound ? names.types[id] : '';
  if ((type === 'argument_list' || type === 'parameters') && depth < MAX_DEPTH) {
    const listed = plainItems(text.slice(start - offset, end - offset), start);
    return listed ?? copyChildren(copier, depth, id, start, end);
  }
  return type === 'string' && isPlainString(text, start - offset, end - offset)
    ? [node('string_content', null, start + 1, end - 1)]
    : copyChildren(copier, depth, id, start, end);
}

/** Quotes, prefix and all that has a meaning in a string: without it a string is its letters. */
const MEANING = /^["'][^"'\\{}\n]+["']$/;

/** Is it `"letters"`, without a prefix, an escape or a field to be filled in? */
function isPlainString(text: string, start: number, end: number): boolean {
  return end - start < MOST_PLAIN && MEANING.test(text.slice(start, end));
}

const MOST_PLAIN = 200;

/** Names, dotted ones too, and plain numbers, with one blank after each comma. */
const PLAIN_ITEM = /(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|\d+(?:\.\d+)?)/.source;
const PLAIN_ITEMS = new RegExp(`^\\((?:${PLAIN_ITEM}(?:, ${PLAIN_ITEM})*)?\\)$`);
const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'none'],
]);

/** What stands in `(x, self.width, 64)`, as most lists of arguments are written; null where only the parser can tell. */
function plainItems(list: string, start: number): readonly RawNode[] | null {
  if (list.length > MOST_PLAIN || !PLAIN_ITEMS.test(list)) {
    return null;
  }
  if (list.length === 2) {
    return NONE;
  }
  let at = start + 1;
  return list
    .slice(1, -1)
    .split(', ')
    .map((item) => {
      const from = at;
      at += item.length + 2;
      return node(typeOfItem(item), null, from, from + item.length);
    });
}

function typeOfItem(item: string): string {
  const isNumber = item.charCodeAt(0) <= 57;
  if (item.includes('.')) {
    return isNumber ? 'float' : DOTTED;
  }
  return isNumber ? 'integer' : (CONSTANTS.get(item) ?? 'identifier');
}

/** Is it `a.b.c`, made of nothing but words and dots? */
function isDotted(copier: Copier, start: number, end: number): boolean {
  const { text, offset, isSound } = copier;
  if (!isSound) {
    return false;
  }
  let from = start;
  let to = endOfWord(copier, from);
  while (to > from && to < end && text[to - offset] === '.') {
    from = to + 1;
    to = endOfWord(copier, from);
  }
  return to === end && to > from;
}

function node(
  type: string,
  field: string | null,
  start: number,
  end: number,
  children: readonly RawNode[] = NONE,
): RawNode {
  return { type, field, start, end, named: true, children };
}

function copyChildren(
  copier: Copier,
  depth: number,
  id: number,
  start: number,
  end: number,
): readonly RawNode[] {
  const { cursor, names, budget, isSound, stack } = copier;
  if (depth >= MAX_DEPTH || !cursor.gotoFirstChild()) {
    return NONE;
  }
  const most = names.kinds[id] === 'list' ? MAX_ELEMENTS : Number.POSITIVE_INFINITY;
  const order = isSound ? (names.order[id] ?? null) : null;
  const isAttribute = isSound && names.kinds[id] === 'attribute';
  const from = copier.top;
  let knownStart = isSound ? start : UNKNOWN;
  let more = true;
  while (more && copier.top - from < most && budget.takeNode()) {
    const knownField = order === null ? null : (order[copier.top - from] ?? '');
    const child = copyNode(copier, depth + 1, knownField, knownStart);
    knownStart = UNKNOWN;
    if (child !== null) {
      stack[copier.top++] = child;
      if (isAttribute && isWordAfterDot(copier, child.end, end)) {
        stack[copier.top++] = node('identifier', 'attribute', child.end + 1, end);
        break;
      }
    }
    more = !(isSound && child?.end === end) && cursor.gotoNextSibling();
  }
  cursor.gotoParent();
  const children = stack.slice(from, copier.top);
  copier.top = from;
  return children;
}
