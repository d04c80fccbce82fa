import type { TextRange } from '../text';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';

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

/** One registered module or parameter, by the path PyTorch gives it. */
export interface ModuleEntry {
  /** Dotted path inside `root`: `encoder.fc1`, `layers.*.attn` (`*`: any index). */
  readonly path: string;
  /** Constructor as written with aliases resolved: `torch.nn.Linear` is `nn.Linear`; a class of the file by its own name. */
  readonly type: string;
  /** For a class of one's own that extends a layer of torch: that layer (`nn.LayerNorm`). */
  readonly base?: string;
  /** The statement or list element that registers it. */
  readonly range: TextRange;
  /** Class the path starts from, or the variable holding a model that has no class (`model = nn.Sequential(...)`). */
  readonly root: string;
  /** Class whose code registers it (differs from `root` for nested modules); null outside classes. */
  readonly owner: string | null;
  /** The whole constructor call; null when there is none to see. */
  readonly call: TextRange | null;
  /** Just the constructor's name in that call: `nn.Tanh`. */
  readonly callee: TextRange | null;
  readonly args: readonly ArgumentFact[];
  /** The statement that holds the constructor. */
  readonly statement: StatementFact;
  /** How many indices a `*` in the last segment stands for; null when it is not known (or there is no `*`). */
  readonly count: number | null;
  /** The indices that a `*` in the last segment stands for; null when unknown (or there is no `*`). */
  readonly indices: readonly number[] | null;
  /** Values of `args` in the same order, as this instance gets them; undefined where unknown. */
  readonly values: readonly (Literal | undefined)[];
  /** Where the call that leads here stands when a helper function builds it (`conv_stack(16, 8)`); innermost first. */
  readonly through: readonly TextRange[];
  /** False where the type or the path is one of several possible. */
  readonly exact: boolean;
  /** Path of the file that `range` and the other places are in; differs from the file of `root` only in a tree built across files. */
  readonly file: string;
}

/** One module as it exists at run time: like a ModuleEntry, with every known index written out. */
export interface ModuleInstance {
  /** `layers.3.attn`; `*` is left where the count is unknown. */
  readonly path: string;
  /** Its entry in the class's `modules`. */
  readonly entry: ModuleEntry;
  readonly values: readonly (Literal | undefined)[];
}

/** One operation of a forward pass. */
export interface ForwardStep {
  /** Position in the list, which `inputs` refer to. */
  readonly id: number;
  /**
   * input: a parameter of forward; module: a registered module is called; activation, norm, dropout: as a function;
   * add: sum of two values; multiply: product (a gate); concat; output: a returned value; other: anything that passes values on.
   */
  readonly op:
    | 'input'
    | 'module'
    | 'activation'
    | 'norm'
    | 'dropout'
    | 'add'
    | 'multiply'
    | 'concat'
    | 'output'
    | 'other';
  /** Module type (`nn.Linear`), or canonical function (`torch.relu`, `torch.nn.functional.gelu`), or a word. */
  readonly name: string;
  /** Path of the module called, `layers.*` in a loop; null otherwise. */
  readonly path: string | null;
  /** Steps whose values flow in. */
  readonly inputs: readonly number[];
  readonly range: TextRange;
  /** Just the function's name (`torch.sigmoid`, or `self.act`); null for operators. */
  readonly callee: TextRange | null;
  readonly statement: StatementFact | null;
  /** Text of the first argument, for edits that wrap or add to it. */
  readonly argument: string | null;
  /** Variable that receives it when the statement is `name = <this>`. */
  readonly target: string | null;
  /** Index in `ForwardFacts.loops` of the loop around it; -1 outside. */
  readonly loop: number;
}

export interface ForwardLoop {
  readonly range: TextRange;
  /** Variable of the loop, and the module list it runs over (path), where that is what it does. */
  readonly variable: string | null;
  readonly over: string | null;
  readonly count: number | null;
  /** Loop around it; -1 for none. */
  readonly outer: number;
}

export interface ForwardFacts {
  readonly steps: readonly ForwardStep[];
  readonly loops: readonly ForwardLoop[];
  /** False when branches or unknown calls make the order uncertain. */
  readonly exact: boolean;
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

/** A variable that holds a model. */
export interface ModelFact {
  /** As used in the code: `model`, `self.net`. */
  readonly name: string;
  /** Class in the file, or canonical type (`nn.Sequential`). */
  readonly type: string;
  /** `root` of its ModuleEntries: its class's name, or its own name. */
  readonly root: string;
  /** Its tree, with the arguments that it is built with here. */
  readonly instances: readonly ModuleInstance[];
  readonly statement: StatementFact;
  /** Function the statement is in (`main`, `Trainer.__init__`); null at module level. */
  readonly scope: string | null;
}

export type InitKind =
  | 'kaiming'
  | 'xavier'
  | 'orthogonal'
  | 'normal'
  | 'uniform'
  | 'trunc-normal'
  | 'constant'
  | 'zeros'
  | 'ones'
  | 'eye'
  | 'sparse'
  | 'dirac'
  | 'other';

/** One call that writes initial values. */
export interface InitFact {
  readonly kind: InitKind;
  /** `nn.init.normal_`, or the tensor method (`normal_`, `fill_`). */
  readonly name: string;
  readonly call: TextRange;
  readonly statement: StatementFact;
  /** What is written: text of the tensor expression (`m.weight`, `self.fc.weight`, `p`). */
  readonly target: string;
  /** What it is by the code around: matrix weights, biases, both (no filter to see), or a recurrent matrix. */
  readonly writes: 'weight' | 'bias' | 'any' | 'recurrent';
  readonly args: readonly ArgumentFact[];
  /** Standard deviation, half-width of a uniform, gain or constant, by kind. */
  readonly scale: LiteralPlace | null;
  /** Types of an `isinstance` filter around it, canonical; empty when there is none. */
  readonly layerTypes: readonly string[];
  /** Paths in `root` it reaches where that can be seen; null: everything the filter lets through. */
  readonly paths: readonly string[] | null;
  /** Class whose modules it initialises; null when unknown. */
  readonly root: string | null;
  /** True when it goes over all modules or parameters: in a loop over `modules()` and the like, or in a function given to `apply`. */
  readonly sweeps: boolean;
  /** Texts of the conditions it stands under. */
  readonly conditions: readonly string[];
  /** Text of the names it requires or excludes (`"layers" in name`). */
  readonly nameFilter: string | null;
}

export type LoopEventKind =
  | 'backward'
  | 'step'
  | 'zero-grad'
  | 'clip'
  | 'unscale'
  | 'scaler-update'
  | 'scheduler-step';

/** A fork around an event, inside its loop. */
export interface Branch {
  /** then and else: a condition holds or does not; loop: an inner loop; except: an exception handler; case: of a match. */
  readonly kind: 'then' | 'else' | 'loop' | 'except' | 'case';
  /** The condition, with a leading `not` taken off (then and else swap); the iterable of a loop. */
  readonly test: string;
  /** Line of the statement that forks. */
  readonly line: number;
}

export interface LoopEvent {
  readonly kind: LoopEventKind;
  readonly call: TextRange;
  readonly statement: StatementFact;
  /** What it acts on, as written: the optimizer for step, zero-grad, unscale; the loss for backward; the parameters for clip. */
  readonly subject: string;
  /** True for `scaler.step(optimizer)` and `scaler.scale(loss).backward()`; the scaler's name is `scaler`. */
  readonly scaled: boolean;
  readonly scaler: string | null;
  /** Canonical function or method (`torch.nn.utils.clip_grad_norm_`, `step`). */
  readonly name: string;
  readonly args: readonly ArgumentFact[];
  /** Tests and loops around it inside the training loop, outermost first, as text. */
  readonly guards: readonly string[];
  /** The same forks, for comparing two events. */
  readonly branches: readonly Branch[];
  /** Helper of the file the event happens in; null when it is written in the loop itself. */
  readonly helper: string | null;
}

export interface TrainingLoop {
  /** loop: the innermost loop with a backward pass and the step; function: a function body that holds one pass. */
  readonly kind: 'loop' | 'function';
  readonly range: TextRange;
  /** `main`, `Trainer.train`; null at module level. */
  readonly scope: string | null;
  /** In the order they happen in one pass, branches in source order. */
  readonly events: readonly LoopEvent[];
  /** What the same function does after the loop and before it next goes backward. */
  readonly after: readonly LoopEvent[];
  /** First statement of its body. */
  readonly firstStatement: StatementFact | null;
  /** The optimizer's model (`model`, `self.net`), where it can be seen. */
  readonly model: string | null;
  /** True when gradients may be reset where it cannot be seen: a call that is handed the optimizer or named like a reset, or an optimizer made anew in each pass. */
  readonly mayReset: boolean;
}

export interface OptimizerFact {
  /** As used: `optimizer`, `self.opt`; null when it is not assigned. */
  readonly name: string | null;
  /** `torch.optim.Adam`, `keras.optimizers.SGD`, `optax.adam`. */
  readonly type: string;
  readonly call: TextRange;
  readonly statement: StatementFact;
  readonly scope: string | null;
  readonly args: readonly ArgumentFact[];
  /** Text of the parameters argument. */
  readonly params: string | null;
  /** `model` in `model.parameters()`; null otherwise. */
  readonly model: string | null;
  readonly lr: LiteralPlace | null;
  readonly momentum: LiteralPlace | null;
}

export interface LossFact {
  /** `nn.CrossEntropyLoss`, `torch.nn.functional.cross_entropy`. */
  readonly type: string;
  /** Variable that holds it; null for a function called in place. */
  readonly name: string | null;
  readonly call: TextRange;
  /** Text and place of the predictions it is given, at each use. */
  readonly uses: readonly { readonly call: TextRange; readonly input: ArgumentFact | null }[];
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
  readonly text: string;
  /** The parsed file, for what looks across files (see Program). */
  readonly source: PythonSource;
  readonly frameworks: readonly Framework[];
  /** One level of indentation as the file writes it. */
  readonly indentUnit: string;
  readonly lineEnding: '\n' | '\r\n';
  readonly imports: ImportFacts;
  readonly classes: readonly ClassFact[];
  /** Functions outside classes. */
  readonly functions: readonly FunctionFact[];
  /** Modules of every class in the file that is an `nn.Module` (or the like) and of every model built without a class, flattened. */
  readonly modules: readonly ModuleEntry[];
  readonly models: readonly ModelFact[];
  readonly inits: readonly InitFact[];
  readonly loops: readonly TrainingLoop[];
  readonly optimizers: readonly OptimizerFact[];
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
