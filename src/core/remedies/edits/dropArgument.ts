import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import type { Argument, CallExpr } from '../../python/syntax/ast';
import type { TextEdit } from '../../text';

/** Takes an argument that may be left out away, with its comma; where a comment or a place among others hangs on it, it becomes `None`. */
export function dropArgument(facts: PythonFacts, call: CallExpr, arg: Argument): TextEdit {
  const at = call.args.indexOf(arg);
  const before = call.args[at - 1];
  const after = call.args[at + 1];
  const span =
    before !== undefined
      ? { start: before.end, end: arg.end }
      : { start: arg.start, end: after === undefined ? arg.end : after.start };
  const isPlace = arg.name === null && after !== undefined && after.name === null;
  return isPlace || facts.text.slice(span.start, span.end).includes('#')
    ? replace(facts.rangeOf(arg.value), 'None')
    : replace(facts.rangeOf(span), '');
}
