import type { TextRange } from '../text';

/** One registered module or parameter of a class, by the path PyTorch gives it. */
export interface ModuleEntry {
  /** Dotted path inside the class: `encoder.fc1`, `layers.*.attn` (`*`: any index). */
  readonly path: string;
  /** Constructor as written with aliases resolved: `torch.nn.Linear` is `nn.Linear`. */
  readonly type: string;
  readonly range: TextRange;
}

/** What the Python side knows of one file: the rules, remedies and links ask it, none of them reads syntax itself. */
export interface PythonFacts {
  readonly path: string;
  readonly text: string;
  /** Modules of every class in the file that is an `nn.Module` (or the like), flattened. */
  readonly modules: readonly ModuleEntry[];
}
