import type { TextRange } from '../text';
import type { ForwardFacts, ModelFact, ModuleEntry, ModuleInstance } from './moduleFacts';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import type { InitFact, LossFact, OptimizerFact, TrainingLoop } from './trainingFacts';

// One door for who asks: what the file's models and its training are known by have files of their own.
export type * from './moduleFacts';
export type * from './trainingFacts';

/** Deep-learning libraries a file imports. */
export type Framework =
  | 'torch'
  | 'lightning'
  | 'transformers'
  | 'accelerate'
  | 'deepspeed'
  | 'keras'
  | 'tensorflow'
  | 'jax'
  | 'flax'
  | 'optax';

export type Literal = number | string | boolean | null;

/** One statement as an edit sees it. */
export interface StatementFact {
  /** Without the line break and without a trailing comment. */
  readonly range: TextRange;
  /** White space before it on its first line. */
  readonly indent: string;
  /** True when it shares no line with another statement (`a; b`, `if x: a`): only then lines may be moved or inserted around it. */
  readonly ownLines: boolean;
  /** True when its block holds nothing else: taking it away would leave an empty block. */
  readonly soleInBlock?: boolean;
}

/** Where a number (or another literal) is written. */
export interface LiteralPlace {
  readonly value: number;
  /** As written: `3e-2`. */
  readonly text: string;
  readonly range: TextRange;
  /** `argument`: in the call itself; `variable`: a name assigned once; `default`: a parameter's default; `field`: a class attribute, dataclass field or dict entry. */
  readonly definedAs: 'argument' | 'variable' | 'default' | 'field';
}

export interface ArgumentFact {
  /** Keyword; null for a positional argument. */
  readonly name: string | null;
  /** 0 plain, 1 for `*xs`, 2 for `**kw`. */
  readonly star: 0 | 1 | 2;
  /** Text of the value. */
  readonly text: string;
  /** The whole argument, keyword included. */
  readonly range: TextRange;
  readonly valueRange: TextRange;
  /** The literal written there; undefined when it is not a literal. */
  readonly literal: Literal | undefined;
  /** Number it stands for, where one definition in the file gives it; null when unknown. */
  readonly number: LiteralPlace | null;
}

export interface ParameterFact {
  readonly name: string;
  readonly default: ArgumentFact | null;
}

export interface FunctionFact {
  readonly name: string;
  /** Class it is a method of. */
  readonly className: string | null;
  readonly range: TextRange;
  readonly params: readonly ParameterFact[];
  /** Indentation of its statements. */
  readonly bodyIndent: string;
  readonly firstStatement: StatementFact | null;
  /** Last statement that is not a `return`: code appended to an `__init__` goes after it. */
  readonly lastStatement: StatementFact | null;
}

export interface ClassFact {
  readonly name: string;
  readonly range: TextRange;
  /** The `class` statement with its decorators, for an insertion before it. */
  readonly statement: StatementFact;
  /** Canonical names of its bases; a class of the file by its own name. */
  readonly bases: readonly string[];
  /** module: nn.Module and the like; lightning: a LightningModule (a module too); keras: a Keras model or layer; flax: a Flax module; other. */
  readonly kind: 'module' | 'lightning' | 'keras' | 'flax' | 'other';
  /** Indentation of its members. */
  readonly memberIndent: string;
  readonly init: FunctionFact | null;
  readonly forward: FunctionFact | null;
  readonly methods: readonly FunctionFact[];
  /** Last statement of the class body: a new method goes after it. */
  readonly lastStatement: StatementFact | null;
  /** Its whole tree, `root` being its name. */
  readonly modules: readonly ModuleEntry[];
  /** The same tree with indices written out, in registration order. */
  readonly instances: readonly ModuleInstance[];
  /** What forward does with it; null without a forward. */
  readonly flow: ForwardFacts | null;
}

export interface ImportFacts {
  /** Local name → canonical dotted name: `nn` → `torch.nn`. */
  readonly bindings: ReadonlyMap<string, string>;
  /** Last import statement at module level: a new import goes after it. */
  readonly last: StatementFact | null;
}

/** What the Python side knows of one file: rules, remedies and links ask it. */
export interface PythonFacts {
  readonly path: string;
  /** The file; where a group of its definitions is judged (see groupsOf) everything else is blanked out. */
  readonly text: string;
  /** The parsed file, for what looks across files (see Program). */
  readonly source: PythonSource;
  /** Has the file more lines than people write by hand? */
  readonly isLong: boolean;
  /** Lines that are looked at. */
  readonly lineCount: number;
  readonly frameworks: readonly Framework[];
  /** One level of indentation as the file writes it. */
  readonly indentUnit: string;
  readonly lineEnding: '\n' | '\r\n';
  readonly imports: ImportFacts;
  readonly classes: readonly ClassFact[];
  /** The first class of a name. */
  classNamed(name: string): ClassFact | null;
  /** Functions outside classes. */
  readonly functions: readonly FunctionFact[];
  /** Modules of every class in the file that is an `nn.Module` (or the like) and of every model built without a class, flattened. */
  readonly modules: readonly ModuleEntry[];
  readonly models: readonly ModelFact[];
  readonly inits: readonly InitFact[];
  readonly loops: readonly TrainingLoop[];
  readonly optimizers: readonly OptimizerFact[];
  /** Updates written out, `p -= lr * p.grad`, as the plain SGD that they are: without a name, and the update for its call. */
  readonly handOptimizers: readonly OptimizerFact[];
  readonly losses: readonly LossFact[];
  /** The statements, for patterns that no other fact holds. */
  readonly body: readonly Stmt[];
  /** Every call with the statement it is written in. */
  readonly calls: readonly { readonly call: CallExpr; readonly stmt: Stmt }[];
  /** 1-based range of an offset pair in the text. */
  rangeOf(node: { readonly start: number; readonly end: number }): TextRange;
  /** Canonical dotted name an expression is bound to (`nn.Linear` → `torch.nn.Linear`), or null. */
  nameOf(expr: Expr): string | null;
  /** The only value a name or self attribute is ever given, followed through aliases; the expression itself when it is neither; null when unclear. */
  valueOf(expr: Expr): Expr | null;
  /** Qualified name of the function around a place (`Trainer.fit`), as in the `scope` of other facts; null at module level. */
  scopeOf(node: { readonly start: number; readonly end: number }): string | null;
  /** The fact of a statement of `body`. */
  statementOf(stmt: { readonly start: number; readonly end: number }): StatementFact;
  /** Text of a range. */
  textOf(range: TextRange): string;
  /** The shortest way this file can write a canonical name (`torch.nn.init.zeros_` → `nn.init.zeros_`), or null when nothing is imported for it. */
  spell(canonical: string): string | null;
}
