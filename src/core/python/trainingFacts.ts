import type { TextRange } from '../text';
import type { ArgumentFact, LiteralPlace, StatementFact } from './facts';

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
  /** Class whose modules it initialises, or root of a model without a class; null when unknown. */
  readonly root: string | null;
  /** Constructors of the layers that a helper fills: `layer = nn.Linear(...)` in it, or `fill(nn.Linear(...))` where it is called. */
  readonly makers: readonly TextRange[];
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
  /** A step written out over the parameters of a model, or over tensors; `subject` is that model, or an iterable of the tensors. */
  readonly byHand?: 'model' | 'tensors';
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
  /** `model` in `model.parameters()`, also within a list, a filter or behind a name; null where there is none or more than one. */
  readonly model: string | null;
  /** Names that the parameters are written with, those behind a name included: `rnn`, `head`, `params`. */
  readonly members: readonly string[];
  readonly lr: LiteralPlace | null;
  /** Arithmetic that gives the rate, where no single number does: `BASE * 0.1`; its value is NaN where that is not known. */
  readonly lrProduct: LiteralPlace | null;
  readonly momentum: LiteralPlace | null;
  /** Rates that groups of parameters have of their own, before which `lr` gives way. */
  readonly groupRates: readonly LiteralPlace[];
  /** Has every group a rate of its own? Then `lr` has no say. */
  readonly ownRates?: boolean;
  /** Does it update `parameters()` of something? */
  readonly ownsModules: boolean;
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
