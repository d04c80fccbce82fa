import type { TextRange } from '../text';
import type { Run } from './run';
import type { Series } from './series';

/** What log rules ask of a run. Built once per diagnosis; everything in it is derived from the run. */
export interface RunFacts {
  readonly run: Run;
  /** Norm of the whole model's gradient in training; null when not logged (or only a placeholder constant). */
  readonly globalNorm: Series | null;
  /** One per parameter or layer, training split, in model order (as first logged, input first). */
  readonly layers: readonly Series[];
  /** Main training loss; null when not logged. */
  readonly loss: Series | null;
  readonly learningRate: Series | null;
  readonly lossScale: Series | null;
  /** The range a finding that starts on this line covers. */
  rangeOfLine(line: number): TextRange;
}
