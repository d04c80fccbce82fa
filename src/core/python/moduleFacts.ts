import type { TextRange } from '../text';
import type { ArgumentFact, Literal, StatementFact } from './facts';

/** One registered module or parameter, by the path PyTorch gives it. */
export interface ModuleEntry {
  /** Dotted path inside `root`: `encoder.fc1`, `layers.*.attn` (`*`: any index). */
  readonly path: string;
  /** Constructor as written with aliases resolved: `torch.nn.Linear` is `nn.Linear`; a class of the file by its own name. */
  readonly type: string;
  /** For a class of one's own that extends a layer of torch: that layer (`nn.LayerNorm`). */
  readonly base?: string | undefined;
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

/** A variable that holds a model. */
export interface ModelFact {
  /** As used in the code: `model`, `self.net`; of several variables `rnn, head`. */
  readonly name: string;
  /** Class in the file, or canonical type (`nn.Sequential`); `loose` for several variables. */
  readonly type: string;
  /** `root` of its ModuleEntries: its class's name, or its own name. */
  readonly root: string;
  /** Where several variables, most of them plain layers, are the model together: their names. Empty otherwise. */
  readonly members: readonly string[];
  /** Its tree, with the arguments that it is built with here. */
  readonly instances: readonly ModuleInstance[];
  /** What the training code does with the variables of such a model; null for others, whose class knows. */
  readonly flow: ForwardFacts | null;
  readonly statement: StatementFact;
  /** Function the statement is in (`main`, `Trainer.__init__`); null at module level. */
  readonly scope: string | null;
}
