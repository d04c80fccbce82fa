import type {
  Branch,
  LoopEvent,
  LoopEventKind,
  PythonFacts,
  StatementFact,
  TrainingLoop,
} from '../../python/facts';
import type { Stmt } from '../../python/syntax/ast';
import { childBlocks } from '../../python/syntax/walk';
import type { RemedyId } from '../../remedies/remedy';
import type { TextEdit, TextRange } from '../../text';
import type { Evidence, Finding, Fix, RelatedPlace, Severity } from '../finding';
import type { RuleMeta } from '../rule';

interface FindingParts {
  readonly message: string;
  readonly range: TextRange;
  /** Another severity than the rule's own. */
  readonly severity?: Severity;
  readonly evidence?: Evidence;
  /** Best first; the rule's own when absent. */
  readonly remedies?: readonly RemedyId[];
  readonly fixes?: readonly Fix[];
  readonly related?: readonly RelatedPlace[];
}

/** A finding of a rule. */
export function finding(meta: RuleMeta, parts: FindingParts): Finding {
  return {
    code: meta.code,
    rule: meta.name,
    severity: parts.severity ?? meta.severity,
    message: parts.message,
    range: parts.range,
    evidence: parts.evidence ?? {},
    remedies: parts.remedies ?? meta.remedies,
    fixes: parts.fixes ?? [],
    related: parts.related ?? [],
  };
}

/** A fix that has one right place and changes nothing but the bug. */
export function safeFix(
  facts: PythonFacts,
  remedy: RemedyId,
  title: string,
  edits: readonly TextEdit[],
): Fix {
  return { remedy, title, safety: 'safe', preferred: true, path: facts.path, edits };
}

/** A fix that changes numerics. */
export function unsafeFix(
  facts: PythonFacts,
  remedy: RemedyId,
  title: string,
  edits: readonly TextEdit[],
  preferred = false,
): Fix {
  return { remedy, title, safety: 'unsafe', preferred, path: facts.path, edits };
}

/** Where another line of the same file belongs to a finding. */
export function place(facts: PythonFacts, range: TextRange, message: string): RelatedPlace {
  return { path: facts.path, range, message, exact: true };
}

/** Can both happen in one pass? Not when one condition sends them different ways. */
export function canMeet(a: LoopEvent, b: LoopEvent): boolean {
  return !a.branches.some((one) => b.branches.some((other) => excludes(one, other)));
}

function excludes(a: Branch, b: Branch): boolean {
  if (a.kind === 'case' && b.kind === 'case') {
    return a.line === b.line && a.test !== b.test;
  }
  return (
    a.test === b.test &&
    ((a.kind === 'then' && b.kind === 'else') || (a.kind === 'else' && b.kind === 'then'))
  );
}

/** Do the forks around `inner` include all those around `outer`? Then `outer` happens whenever `inner` does. */
export function happensWith(outer: LoopEvent, inner: LoopEvent): boolean {
  return outer.branches.every((one) =>
    inner.branches.some((other) => other.kind === one.kind && other.test === one.test),
  );
}

export function ofKind(loop: TrainingLoop, kind: LoopEventKind): readonly LoopEvent[] {
  return loop.events.filter((event) => event.kind === kind);
}

/** May lines be put around the statement of an event? Not when it is in a helper or shares its lines. */
export function isPlain(event: LoopEvent): boolean {
  return event.helper === null && event.statement.ownLines;
}

/** May the statement of an event be taken away? */
export function canMove(event: LoopEvent): boolean {
  return isPlain(event) && !event.statement.soleInBlock;
}

/** Do two events stand under exactly the same forks? */
export function sameForks(a: LoopEvent, b: LoopEvent): boolean {
  return happensWith(a, b) && happensWith(b, a);
}

/** Text of the lines between two statements. */
export function textBetween(facts: PythonFacts, from: TextRange, to: TextRange): string {
  return facts.textOf({ line: from.endLine, column: from.endColumn, endLine: to.line, endColumn: to.column });
}

/** The compound statement whose block holds a statement; null at module level. */
export function enclosingStatement(facts: PythonFacts, inner: StatementFact): Stmt | null {
  const { line, column } = inner.range;
  let found: Stmt | null = null;
  for (const stmt of facts.source.statements()) {
    for (const block of childBlocks(stmt)) {
      for (const child of block) {
        const range = facts.rangeOf(child);
        if (range.line === line && range.column === column) {
          found = stmt;
        }
      }
    }
  }
  return found;
}

/** Does the file give a model weights from elsewhere? What it was drawn with at first is gone then. */
export function loadsWeights({ source }: PythonFacts): boolean {
  return source.mentions(/from_pretrained|load_state_dict|pretrained\s{0,4}=\s{0,4}True/);
}
