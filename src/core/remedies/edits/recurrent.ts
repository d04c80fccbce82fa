import type { ModuleEntry, PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { isRecurrent, modelOf } from './model';
import { spell } from './names';
import { fixOf, insertAfter, removeStatement, replace } from './place';
import { freeName, quoted } from './style';

/** Replaces vanilla recurrent layers by GRUs, which are called the same way. */
export function useGru(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  const cells = (model?.modules ?? []).filter(
    (entry) => /^nn\.RNN(?:Cell)?$/.test(entry.type) && entry.callee !== null,
  );
  const edits: (TextEdit | null)[] = [];
  for (const cell of unique(cells)) {
    const spelled = spell(facts, `torch.${cell.type.replace('RNN', 'GRU')}`);
    if (spelled === null || cell.callee === null) {
      return [];
    }
    edits.push(...spelled.edits, replace(cell.callee, spelled.name));
    edits.push(...withoutArgument(cell, 'nonlinearity'));
    edits.push(...withoutMatrixInit(facts, cell));
  }
  const plain = fixOf(facts, 'gru', 'Replace the vanilla recurrent layer by a GRU', 'unsafe', edits);
  const [cell, another] = unique(cells);
  const opened = cell === undefined || another !== undefined ? null : openUpdateGate(facts, cell);
  // Over long sequences PyTorch's half-open gate forgets as fast as the vanilla cell does at the start (measured).
  return target.forgets !== true || opened === null
    ? plain
    : [
        ...fixOf(
          facts,
          'gru',
          'Replace the vanilla recurrent layer by a GRU that starts by keeping its state',
          'unsafe',
          [...edits, opened],
        ),
        ...plain,
      ];
}

/** Raises the bias of the update gate, the second third of `bias_ih`, below the statement that makes the cell. */
function openUpdateGate(facts: PythonFacts, cell: ModuleEntry): TextEdit | null {
  const held = heldBy(facts, cell);
  if (held === null) {
    return null;
  }
  const unit = facts.indentUnit;
  const [key, bias] = [freeName(facts, ['name', 'key']), freeName(facts, ['bias', 'param'])];
  return insertAfter(facts, cell.statement, [
    `for ${key}, ${bias} in ${held}.named_parameters():`,
    `${unit}if ${quoted(facts, 'bias_ih')} in ${key}:`,
    `${unit}${unit}# gates are ordered reset, update, new`,
    `${unit}${unit}${bias}.data[${bias}.numel() // 3 : 2 * ${bias}.numel() // 3].fill_(${OPEN_GATE})`,
  ]);
}

/** What a layer is called where its own plain assignment makes it: `self.rnn`, `rnn`; null for any other statement. */
function heldBy(facts: PythonFacts, { path, statement }: ModuleEntry): string | null {
  const name = path.split('.').pop() ?? '';
  const text = facts.textOf(statement.range);
  return [`self.${name}`, name].find((held) => text.startsWith(`${held} =`)) ?? null;
}

/** Entries by the place of their constructor: one in a loop stands for many. */
function unique(entries: readonly ModuleEntry[]): readonly ModuleEntry[] {
  const seen = new Map<string, ModuleEntry>();
  for (const entry of entries) {
    seen.set(`${entry.callee?.line}:${entry.callee?.column}`, entry);
  }
  return [...seen.values()];
}

/** Removes a keyword argument with its comma. */
export function withoutArgument(cell: ModuleEntry, name: string): readonly TextEdit[] {
  const at = cell.args.findIndex((arg) => arg.name === name);
  const arg = cell.args[at];
  const before = cell.args[at - 1];
  const after = cell.args[at + 1];
  if (arg === undefined) {
    return [];
  }
  if (before !== undefined) {
    return [replace({ ...arg.range, line: before.range.endLine, column: before.range.endColumn }, '')];
  }
  return after === undefined
    ? [replace(arg.range, '')]
    : [replace({ ...arg.range, endLine: after.range.line, endColumn: after.range.column }, '')];
}

/** An identity or hand-scaled recurrent matrix is meant for a plain recurrent layer and has another shape in a GRU. */
export function withoutMatrixInit(facts: PythonFacts, cell: ModuleEntry): readonly (TextEdit | null)[] {
  const name = cell.path.split('.').pop() ?? cell.path;
  return facts.inits
    .filter(
      (init) =>
        init.writes === 'recurrent' && new RegExp(`\\b${escaped(name)}\\.weight_hh`).test(init.target),
    )
    .filter((init) => /^(?:eye|normal|uniform|constant|ones|trunc-normal)$/.test(init.kind))
    .map((init) =>
      isAlone(facts, init.statement.range.line) ? null : removeStatement(facts, init.statement),
    );
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}

/** True when a line is the only one of its block, which must not become empty. */
function isAlone(facts: PythonFacts, line: number): boolean {
  const lines = facts.text.split(/\r?\n/);
  const depth = (at: number) => /^[ \t]*/.exec(lines[at - 1] ?? '')?.[0].length ?? 0;
  const opensBlock = /:\s*(?:#.*)?$/.test(lines[line - 2] ?? '') && depth(line - 1) < depth(line);
  let next = line + 1;
  while (next <= lines.length && (lines[next - 1] ?? '').trim() === '') {
    next++;
  }
  return opensBlock && depth(next) < depth(line);
}

/**
 * Forget-gate bias: the half-life of the state is ln 2 / -ln σ(b), which is 2 steps for the usual 1 and 14 for 3.
 * The remedy is for runs that lose what happened tens of steps ago.
 */
const OPEN_GATE = '3.0';

/** Opens the forget gates of LSTMs at the start: the second quarter of `bias_ih`, zero elsewhere. */
export function raiseForgetBias(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  const cells = (model?.modules ?? []).filter((entry) => /^nn\.LSTM(?:Cell)?$/.test(entry.type));
  const [cell] = cells;
  if (
    model === null ||
    cell === undefined ||
    cells.length > 1 ||
    /\bbias_(?:ih|hh)|forget_bias/.test(facts.text)
  ) {
    return [];
  }
  const edits = openForgetGates(facts, cell);
  return edits === null || !isRecurrent(cell.type)
    ? []
    : fixOf(facts, 'forget-bias', 'Start the LSTM with open forget gates', 'unsafe', edits);
}

/** The loop below the statement that makes an LSTM; null where that is not one plain assignment. */
export function openForgetGates(facts: PythonFacts, cell: ModuleEntry): readonly (TextEdit | null)[] | null {
  const held = heldBy(facts, cell);
  const zeros = spell(facts, 'torch.nn.init.zeros_');
  if (zeros === null || held === null) {
    return null;
  }
  const unit = facts.indentUnit;
  const [key, bias] = [freeName(facts, ['name', 'key']), freeName(facts, ['bias', 'param'])];
  return [
    ...zeros.edits,
    insertAfter(facts, cell.statement, [
      `for ${key}, ${bias} in ${held}.named_parameters():`,
      `${unit}if ${quoted(facts, 'bias')} in ${key}:`,
      `${unit}${unit}${zeros.name}(${bias})`,
      `${unit}if ${quoted(facts, 'bias_ih')} in ${key}:`,
      `${unit}${unit}# gates are ordered input, forget, cell, output`,
      `${unit}${unit}${bias}.data[${bias}.numel() // 4 : ${bias}.numel() // 2].fill_(${OPEN_GATE})`,
    ]),
  ];
}
