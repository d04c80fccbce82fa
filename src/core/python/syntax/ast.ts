/**
 * Python's syntax as plain objects. The tree of the parser is copied into these once and freed, so that nothing
 * else holds wasm memory or depends on the grammar's node names. Offsets are UTF-16 units into the file's text.
 */

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Argument extends Span {
  /** Keyword, or null for a positional argument. */
  readonly name: string | null;
  /** 0 plain, 1 for `*xs`, 2 for `**kw`. */
  readonly star: 0 | 1 | 2;
  readonly value: Expr;
}

export interface Parameter extends Span {
  readonly name: string;
  readonly star: 0 | 1 | 2;
  readonly annotation: Expr | null;
  readonly default: Expr | null;
}

export interface Generator {
  readonly target: Expr;
  readonly iter: Expr;
  readonly conditions: readonly Expr[];
}

export interface NameExpr extends Span {
  readonly kind: 'name';
  readonly id: string;
}
export interface AttributeExpr extends Span {
  readonly kind: 'attribute';
  readonly object: Expr;
  readonly attr: string;
  /** Where the attribute's own name starts. */
  readonly attrStart: number;
}
export interface CallExpr extends Span {
  readonly kind: 'call';
  readonly func: Expr;
  readonly args: readonly Argument[];
}
export interface NumberExpr extends Span {
  readonly kind: 'number';
  readonly value: number;
}
export interface StringExpr extends Span {
  readonly kind: 'string';
  /** Null when it is formatted at run time. */
  readonly value: string | null;
  /** Expressions inside an f-string. */
  readonly parts: readonly Expr[];
}
export interface ConstantExpr extends Span {
  readonly kind: 'constant';
  readonly value: true | false | null;
}
/** `[a, b]`, `(a, b)`, `{a, b}`. */
export interface SequenceExpr extends Span {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: readonly Expr[];
}
export interface DictExpr extends Span {
  readonly kind: 'dict';
  /** A null key is a `**spread`. */
  readonly entries: readonly { readonly key: Expr | null; readonly value: Expr }[];
}
export interface ComprehensionExpr extends Span {
  readonly kind: 'comprehension';
  readonly form: 'list' | 'set' | 'dict' | 'generator';
  /** Key of a dict comprehension. */
  readonly key: Expr | null;
  readonly element: Expr;
  readonly generators: readonly Generator[];
}
/** Arithmetic, `and`, `or`. */
export interface BinaryExpr extends Span {
  readonly kind: 'binary';
  readonly op: string;
  readonly left: Expr;
  readonly right: Expr;
}
export interface UnaryExpr extends Span {
  readonly kind: 'unary';
  readonly op: string;
  readonly operand: Expr;
}
export interface CompareExpr extends Span {
  readonly kind: 'compare';
  readonly ops: readonly string[];
  readonly operands: readonly Expr[];
}
export interface ConditionalExpr extends Span {
  readonly kind: 'conditional';
  readonly test: Expr;
  readonly whenTrue: Expr;
  readonly whenFalse: Expr;
}
export interface SubscriptExpr extends Span {
  readonly kind: 'subscript';
  readonly object: Expr;
  readonly indices: readonly Expr[];
}
export interface LambdaExpr extends Span {
  readonly kind: 'lambda';
  readonly params: readonly Parameter[];
  readonly body: Expr;
}
/** `*x` in a display, `await x`, `yield x`, `(x := value)`; a slice; anything else with parts. */
export interface OtherExpr extends Span {
  readonly kind: 'starred' | 'await' | 'yield' | 'slice' | 'unknown';
  readonly parts: readonly Expr[];
}
export interface WalrusExpr extends Span {
  readonly kind: 'walrus';
  readonly target: Expr;
  readonly value: Expr;
}

export type Expr =
  | NameExpr
  | AttributeExpr
  | CallExpr
  | NumberExpr
  | StringExpr
  | ConstantExpr
  | SequenceExpr
  | DictExpr
  | ComprehensionExpr
  | BinaryExpr
  | UnaryExpr
  | CompareExpr
  | ConditionalExpr
  | SubscriptExpr
  | LambdaExpr
  | OtherExpr
  | WalrusExpr;

export interface ExprStmt extends Span {
  readonly kind: 'expr';
  readonly value: Expr;
}
export interface AssignStmt extends Span {
  readonly kind: 'assign';
  /** Several for `a = b = value`. */
  readonly targets: readonly Expr[];
  readonly annotation: Expr | null;
  /** Null for a bare annotation. */
  readonly value: Expr | null;
}
export interface AugmentedStmt extends Span {
  readonly kind: 'augmented';
  readonly target: Expr;
  /** `+=` and the like. */
  readonly op: string;
  readonly value: Expr;
}
export interface ReturnStmt extends Span {
  readonly kind: 'return';
  readonly value: Expr | null;
}
export interface IfStmt extends Span {
  readonly kind: 'if';
  readonly test: Expr;
  readonly body: readonly Stmt[];
  /** An `elif` is an `if` alone in here. */
  readonly orelse: readonly Stmt[];
}
export interface ForStmt extends Span {
  readonly kind: 'for';
  readonly target: Expr;
  readonly iter: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
}
export interface WhileStmt extends Span {
  readonly kind: 'while';
  readonly test: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
}
export interface WithStmt extends Span {
  readonly kind: 'with';
  readonly items: readonly { readonly value: Expr; readonly target: Expr | null }[];
  readonly body: readonly Stmt[];
}
export interface TryStmt extends Span {
  readonly kind: 'try';
  readonly body: readonly Stmt[];
  readonly handlers: readonly (readonly Stmt[])[];
  readonly orelse: readonly Stmt[];
  readonly final: readonly Stmt[];
}
export interface MatchStmt extends Span {
  readonly kind: 'match';
  readonly subject: Expr;
  readonly cases: readonly (readonly Stmt[])[];
}
export interface FunctionStmt extends Span {
  readonly kind: 'function';
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly decorators: readonly Expr[];
  readonly body: readonly Stmt[];
}
export interface ClassStmt extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Argument[];
  readonly decorators: readonly Expr[];
  readonly body: readonly Stmt[];
}
export interface ImportStmt extends Span {
  readonly kind: 'import';
  /** Local name → dotted origin: `nn` → `torch.nn`. `*` keeps the module under the name `*`. */
  readonly bindings: readonly { readonly local: string; readonly origin: string }[];
  readonly future: boolean;
}
/** pass, break, continue, raise, assert, del, global, nonlocal. */
export interface OtherStmt extends Span {
  readonly kind: 'other';
  readonly keyword: string;
  readonly parts: readonly Expr[];
}

export type Stmt =
  | ExprStmt
  | AssignStmt
  | AugmentedStmt
  | ReturnStmt
  | IfStmt
  | ForStmt
  | WhileStmt
  | WithStmt
  | TryStmt
  | MatchStmt
  | FunctionStmt
  | ClassStmt
  | ImportStmt
  | OtherStmt;
