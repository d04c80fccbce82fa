import type { PythonFacts } from './facts';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { expressionsIn, expressionsOf } from './syntax/walk';

/** Names that speak of padding before the tokens: `left_pad`, `prepad`. */
const NAMED_LEFT = /left.?pad|pad.?left|pre.?pad/i;
/** Functions that turn sequences round, as for padding that shall come first. */
const FLIPS = /^flip(?:ud|lr)?$/;
const JOINS = /^(?:cat|concat|concatenate|hstack)$/;
/** Functions that make a row of padding, or fill up with it. */
const FILLS = /^(?:pad_sequences?|full|new_full|pad)$/;
const FILLER = /^(?:torch|numpy)\.(?:zeros|full|ones)$/;
const LAYER = /^(?:torch\.)?nn\./;

/**
 * On which side of its tokens a file pads its sequences: `left` wherever something hints at it, as the last state is the
 * right one there; null where nothing shows padding.
 */
export function paddingSide(facts: PythonFacts): 'left' | 'right' | null {
  const { source } = facts;
  const statements = source.statements();
  const exprs = statements.flatMap(expressionsOf).flatMap(expressionsIn);
  const isLeft =
    source.mentions(NAMED_LEFT) ||
    statements.some((stmt) => writesInto(facts, stmt, /^-[^:]*:$/)) ||
    exprs.some((expr) => padsLeft(facts, expr));
  const isRight = () =>
    statements.some((stmt) => writesInto(facts, stmt, /^:[^:]/)) ||
    exprs.some((expr) => padsRight(facts, expr));
  return isLeft ? 'left' : isRight() ? 'right' : null;
}

/** Are sequences made in this file? Then it would show that they are padded. */
export function makesSequences(facts: PythonFacts): boolean {
  const isDataset = (base: Expr): boolean =>
    base.kind === 'subscript'
      ? isDataset(base.object)
      : (base.kind === 'attribute' ? base.attr : base.kind === 'name' ? base.id : '').endsWith('Dataset');
  return (
    facts.source.callsNamed('randint').length > 0 ||
    facts.source.scopes.some(
      ({ node }) => node?.kind === 'class' && node.bases.some(({ value }) => isDataset(value)),
    )
  );
}

/** `ids[row, -len(tokens):] = tokens`, `ids[row, :len(tokens)] = tokens`: is a part of this form filled? */
function writesInto(facts: PythonFacts, stmt: Stmt, part: RegExp): boolean {
  return (
    stmt.kind === 'assign' &&
    stmt.targets.some(
      (target) =>
        target.kind === 'subscript' &&
        target.indices.some((index) => index.kind === 'slice' && part.test(sliceText(facts, index))),
    )
  );
}

function sliceText(facts: PythonFacts, slice: Expr): string {
  return facts.source.source(slice).replace(/\s/g, '');
}

function padsLeft(facts: PythonFacts, expr: Expr): boolean {
  switch (expr.kind) {
    case 'string':
      return expr.value !== null && /^(?:left|pre)$/i.test(expr.value);
    case 'slice':
      return sliceText(facts, expr) === '::-1';
    case 'binary':
      // `[PAD] * (n - len(tokens)) + tokens`
      return expr.op === '+' && isRepeated(expr.left);
    case 'call':
      return callPadsLeft(facts, expr);
    default:
      return false;
  }
}

function callPadsLeft(facts: PythonFacts, { func, args }: CallExpr): boolean {
  const word = lastWord(func);
  const [first, second] = args.map(({ value }) => value);
  if (JOINS.test(word) && (first?.kind === 'tuple' || first?.kind === 'list')) {
    const [head] = first.items;
    return head !== undefined && isFiller(facts, head);
  }
  if (word === 'pad' && (second?.kind === 'tuple' || second?.kind === 'list')) {
    // `F.pad(tokens, (n, 0))`
    const [before, behind] = second.items;
    return before !== undefined && !isZero(before) && behind !== undefined && isZero(behind);
  }
  // Keras' helper pads before the tokens unless it is told otherwise.
  const isPost = args.some(({ value }) => value.kind === 'string' && value.value === 'post');
  return FLIPS.test(word) || (word === 'pad_sequences' && !isPost);
}

/** A row of padding to be joined with tokens. */
function isFiller(facts: PythonFacts, expr: Expr): boolean {
  return expr.kind === 'call'
    ? FILLER.test(facts.nameOf(expr.func) ?? '') || /^pad/i.test(lastWord(expr.func))
    : /^pad/i.test(lastWord(expr));
}

function padsRight(facts: PythonFacts, expr: Expr): boolean {
  if (expr.kind === 'binary') {
    // `tokens + [PAD] * (n - len(tokens))`
    return expr.op === '+' && isRepeated(expr.right);
  }
  // `tokenizer(texts, padding=True)`, but not `nn.Conv1d(8, 8, 3, padding="same")`.
  return (
    expr.kind === 'call' &&
    (FILLS.test(lastWord(expr.func)) ||
      (!LAYER.test(facts.nameOf(expr.func) ?? '') &&
        expr.args.some(
          ({ name, value }) =>
            name === 'padding' &&
            (value.kind === 'string' || (value.kind === 'constant' && value.value === true)),
        )))
  );
}

/** `[PAD] * n` */
function isRepeated(expr: Expr): boolean {
  return expr.kind === 'binary' && expr.op === '*' && expr.left.kind === 'list';
}

function isZero(expr: Expr): boolean {
  return expr.kind === 'number' && expr.value === 0;
}

function lastWord(expr: Expr): string {
  return expr.kind === 'attribute' ? expr.attr : expr.kind === 'name' ? expr.id : '';
}
