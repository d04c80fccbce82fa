import type { OptimizerFact, PythonFacts } from '../../python/facts';
import type { ModelView } from '../../remedies/edits/model';
import type { RemedyId } from '../../remedies/remedy';
import type { SettingsFile } from '../../remedies/settings';
import type { Finding } from '../../rules/finding';
import type { TextRange } from '../../text';

/** What a run shows, as far as it decides which cause in the code explains it. */
export interface Symptom {
  /** Name of the log rule: `vanishing-gradient`. */
  readonly rule: string;
  /** It is there from the first record on: the forward pass or the initialisation, not the steps taken, made it. */
  readonly atStart: boolean;
  /** The norms just before were as usual: one operation broke, nothing grew. */
  readonly sudden: boolean;
  /** Median norm of the whole gradient while the run was quiet; null when not logged. */
  readonly usualNorm: number | null;
  /** Norm of the whole gradient in the first record; null when not logged. */
  readonly firstNorm: number | null;
  /** It came at once out of a long quiet time, long after the start: one batch did it, not the rate. */
  readonly outOfQuiet: boolean;
  /** Distinct weights the run logs gradients for; null for a run without layers. */
  readonly weights: number | null;
  /** Parameters concerned, as logged. */
  readonly parameters: readonly string[];
  /** The training loss rose well above its start, or the norm far above its own: steps were too long. Null: cannot be told. */
  readonly jumped: boolean | null;
  /** The norm of the whole gradient grew by a like factor from record to record for long. */
  readonly steady: boolean;
  /** Size of what the first layer reads, times the root of its features, by its first gradients; null when not logged. */
  readonly inputNorm: number | null;
  /** The log tells of no harm that came of it. */
  readonly harmless: boolean;
  /** What it became: values that are not finite. */
  readonly endsInNaN: boolean;
  /** Rows of the log, of one step or more, of a warm-up that the run will hardly live to see the end of; null for others. */
  readonly warmUpRows: number | null;
  /** All gradients are zero from the first record on: no rate and no bound changes what a step does. */
  readonly noGradient: boolean;
  /** Layers that get none because the graph is cut before them: nothing but the cut explains it. */
  readonly cutOff: boolean;
  /** The code clips far below the norms of a run that does not move. */
  readonly clipsTooLow: boolean;
}

/** The code that wrote a run. */
export interface Code {
  readonly facts: PythonFacts;
  readonly findings: readonly Finding[];
  readonly model: ModelView | null;
  /** The file with the training loop, where it is known. */
  readonly training: PythonFacts | null;
  /** What trains it, in this file or in that one. */
  readonly optimizers: readonly OptimizerFact[];
  /** Files beside it that may define its settings. */
  readonly settings: readonly SettingsFile[];
  /** Layers with weights one after the other: literal counts, or what the run logs; null when neither tells. */
  readonly depth: number | null;
}

/** Something in the code that explains a symptom. */
export interface Cause {
  /** Where in the code. */
  readonly range: TextRange;
  /** One clause with its numbers: "weights start with standard deviation 1, 8 times what keeps the signal's size". */
  readonly what: string;
  /** How well it explains the symptom, 0 to 100. From 60 on its first remedy is worth preferring. */
  readonly weight: number;
  /** Best first. */
  readonly remedies: readonly RemedyId[];
  /** File of the place, where it is not the file looked at. */
  readonly path?: string;
}

/** Weight by symptom; a symptom that is not named is not explained. */
export type Explains = Readonly<Partial<Record<string, number>>>;
