import { replace } from '../../python/edits';
import type { PythonFacts, StatementFact } from '../../python/facts';
import type { ReachingActivation } from '../../python/outputs';
import { removeStatement } from '../../remedies/edits/place';
import type { TextEdit } from '../../text';
import type { Fix } from '../finding';
import { safeFix, unsafeFix } from './support';

/** Fixes that hand the loss what went into the activation. Safe where only the loss sees the difference. */
export function dropActivation(facts: PythonFacts, found: ReachingActivation, title: string): Fix[] {
  const { argument } = found;
  switch (found.via) {
    case 'direct':
      return argument === null
        ? []
        : [safeFix(facts, 'logits-loss', title, [replace(found.range, argument)])];
    case 'variable':
      if (argument === facts.textOf(found.input)) {
        return [unsafeFix(facts, 'logits-loss', title, [assignmentRemoved(facts, found, argument)], true)];
      }
      // The variable may have other readers (an accuracy): only the loss gets the logits, where they have a name.
      if (argument !== null && /^[A-Za-z_]\w*$/.test(argument)) {
        return [safeFix(facts, 'logits-loss', title, [replace(found.input, argument)])];
      }
      return argument === null
        ? []
        : [
            unsafeFix(
              facts,
              'logits-loss',
              `${title}; other readers of this value then get them too`,
              [replace(found.range, isWholeStatement(facts, found) ? argument : `(${argument})`)],
              true,
            ),
          ];
    case 'class':
      return argument === null
        ? []
        : [
            unsafeFix(
              facts,
              'logits-loss',
              `${title}; inference code must apply it itself`,
              [replace(found.range, argument)],
              true,
            ),
          ];
    case 'container': {
      const edit = elementRemoved(facts, found);
      return edit === null
        ? []
        : [unsafeFix(facts, 'logits-loss', `${title}; inference code must apply it itself`, [edit], true)];
    }
  }
}

/** `logits = F.softmax(logits, 1)` goes as a line where it can, else it becomes `logits = logits`. */
function assignmentRemoved(facts: PythonFacts, found: ReachingActivation, argument: string): TextEdit {
  const statement = statementOf(facts, found);
  const removed =
    statement === null || !isWholeStatement(facts, found) || statement.soleInBlock === true
      ? null
      : removeStatement(facts, statement);
  return removed ?? replace(found.range, argument);
}

function statementOf(facts: PythonFacts, { range }: ReachingActivation): StatementFact | null {
  const call = facts.calls.find(({ call }) => {
    const { line, column } = facts.rangeOf(call);
    return line === range.line && column === range.column;
  });
  return call === undefined ? null : facts.statementOf(call.stmt);
}

/** Does the activation's call end its statement: `probs = F.softmax(x @ w, 1)`? */
function isWholeStatement(facts: PythonFacts, found: ReachingActivation): boolean {
  const end = statementOf(facts, found)?.range;
  return end?.endLine === found.range.endLine && end.endColumn === found.range.endColumn;
}

/** Removes an element and the comma before it. */
function elementRemoved(facts: PythonFacts, found: ReachingActivation): TextEdit | null {
  const { range } = found;
  const before = facts.textOf({ line: 1, column: 1, endLine: range.line, endColumn: range.column });
  const comma = /,(?:[ \t]*#[^\r\n]*)?\s*$/.exec(before);
  if (comma === null || comma[0].includes('#')) {
    return null;
  }
  const kept = before.slice(0, comma.index);
  const line = kept.split('\n').length;
  const column = kept.length - kept.lastIndexOf('\n');
  return { line, column, endLine: range.endLine, endColumn: range.endColumn, newText: '' };
}
