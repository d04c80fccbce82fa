import type { CellLine } from '../python/notebook/code';
import type { RemedyId } from '../remedies/remedy';
import type { TextEdit, TextRange } from '../text';

/** error: a wrong result or a dead run. warning: a defect with bounded effect. info and hint: advice, never a claim that something is broken. */
export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** Edits of one document. */
export interface DocumentEdits {
  readonly path: string;
  readonly edits: readonly TextEdit[];
}

/** An edit that may cure a finding. Computed against one version of one document; applying it twice changes nothing more. */
export interface Fix {
  readonly remedy: RemedyId;
  /** Imperative, one line: "Move clip_grad_norm_ before optimizer.step()". */
  readonly title: string;
  /** safe: one correct place, no change of numerics but the bug's. unsafe: changes numerics; look at the diff. */
  readonly safety: 'safe' | 'unsafe';
  /** At most one fix of a finding is preferred, and only if it really solves it. */
  readonly preferred: boolean;
  /** The file the edits belong to. */
  readonly path: string;
  readonly edits: readonly TextEdit[];
  /** In a notebook's file: where its first edit is for whoever has the notebook open. */
  readonly cell?: CellLine;
  /** What belongs to it in other documents: the other cells, where a notebook is open in an editor. */
  readonly elsewhere?: readonly DocumentEdits[];
  /** What the gradient flow at initialisation would become by it, where the code lets that be computed: one clause with its numbers. */
  readonly forecast?: string;
  /** The same in a few words, for a menu: `first layer ×1e-16 → ×0.4`, of the last layer's gradient. */
  readonly forecastShort?: string;
}

/** Numbers behind a message. Arrays are for small profiles (a norm per layer). */
export type Evidence = Readonly<Record<string, number | string | readonly number[]>>;

/** A place elsewhere that belongs to a finding: the layer's line in the code, the log row before the jump. */
export interface RelatedPlace {
  readonly path: string;
  readonly range: TextRange;
  /** In a notebook's file: the same place for whoever has the notebook open. */
  readonly cell?: CellLine;
  readonly message: string;
  /** False: the link is a guess and the message says "likely". */
  readonly exact: boolean;
  /** cause: code that explains the finding; layer: a parameter it names; context: anything else (the default). */
  readonly role?: 'cause' | 'layer' | 'context';
}

/** One thing that is wrong, said once however many lines or layers it spans. */
export interface Finding {
  /** GI0xx logs, GI1xx training loop, GI2xx initialisation and architecture, GI3xx loss and numerics, GI4xx frameworks. */
  readonly code: string;
  /** Kebab-case name of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** Pattern, numbers, since when, compared with what. Plain text; may quote untrusted names. */
  readonly message: string;
  readonly range: TextRange;
  /** In the code of a notebook's file: the same place for whoever has the notebook open. */
  readonly cell?: CellLine;
  readonly evidence: Evidence;
  /** Best first. */
  readonly remedies: readonly RemedyId[];
  readonly fixes: readonly Fix[];
  readonly related: readonly RelatedPlace[];
}

/** Another rule's claim that is a face of the same incident, folded into the finding that names its beginning. */
export interface Consequence {
  readonly code: string;
  readonly rule: string;
  /** Step and line at which that face shows. */
  readonly step: number;
  readonly line: number;
}

/** A finding on a log. `range` is the line it starts on. */
export interface LogFinding extends Finding {
  /** The rotated part of the log that `range` lies in; absent where it is the log itself. */
  readonly file?: string;
  /** Step at which the symptom starts. */
  readonly step: number;
  /** Step at which it ended; null: still so at the end of the log. */
  readonly endStep: number | null;
  /** Parameters concerned, in model order; empty for a global norm or a loss. */
  readonly parameters: readonly string[];
  /** Ids of the series that show it (charts mark them). */
  readonly series: readonly number[];
  /** What else this incident is or led to, in the order of their steps; absent where it is nothing else. */
  readonly also?: readonly Consequence[];
}

/** A rule that had nothing to look at, and why ("no per-layer norms"). */
export interface NotChecked {
  readonly rule: string;
  readonly why: string;
}

const SEVERITY_ORDER: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

/** Compares for sorting: most severe first, then by line. */
export function inOrder(a: Finding, b: Finding): number {
  const difference = SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity);
  return difference !== 0 ? difference : a.range.line - b.range.line;
}

/** What is said of a run. */
export interface Diagnosis {
  /** Most severe first, then by line. */
  readonly findings: readonly LogFinding[];
  /** Rules that had nothing to look at, and what a rule left out or could not tell. */
  readonly notChecked: readonly NotChecked[];
}
