import type { PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import { isRecurrent, type ModelView } from './model';
import { constructorEnd, lastSegment } from './modelPlace';
import { spell } from './names';
import { fixOf, insertAfter, replace } from './place';
import { EXCHANGEABLE, FUNCTION, KIND, REMEDY, type Scheme, TITLE } from './schemes';
import { freeName, quoted } from './style';

/** Orthogonal (or Xavier) recurrent matrices; those of LSTM and GRU gate by gate. */
export function initialiseRecurrent(facts: PythonFacts, model: ModelView, scheme: Scheme): readonly Fix[] {
  const owners = new Set([model.root, ...model.modules.map((entry) => entry.type)]);
  const written = facts.inits.filter(
    (init) => init.writes === 'recurrent' && (init.root === null || owners.has(init.root)),
  );
  if (written.some((init) => init.kind === KIND[scheme])) {
    return [];
  }
  const title = `Use ${TITLE[scheme]} for the recurrent weights`;
  const spelled = spell(facts, `torch.nn.init.${FUNCTION[scheme]}`);
  if (spelled === null) {
    return [];
  }
  const calls = written.filter((init) => EXCHANGEABLE.has(init.kind));
  if (calls.length > 0) {
    const edits = calls.map((init) =>
      replace(init.call, `${spelled.name}(${init.target.replace(/\.data$/, '')})`),
    );
    return fixOf(facts, REMEDY[scheme], title, 'unsafe', [...spelled.edits, ...edits]);
  }
  const cells = model.modules.filter(
    (entry) => isRecurrent(entry.type) && (entry.owner === model.root || entry.owner === null),
  );
  const [cell] = cells;
  const place = constructorEnd(facts, model);
  const [owner, another] = place?.owners ?? [];
  if (cell === undefined || cells.length > 1 || place === null || cell.path.includes('*')) {
    return [];
  }
  // A variable of its own is called by its name.
  const isOwn = place.owners.some((name) => lastSegment(name) === cell.path);
  const held = isOwn
    ? place.owners.find((name) => lastSegment(name) === cell.path)
    : another === undefined
      ? `${owner}.${cell.path}`
      : undefined;
  if (held === undefined) {
    return [];
  }
  const unit = facts.indentUnit;
  const [name, parameter] = [freeName(facts, ['name', 'key']), freeName(facts, ['param', 'p', 'weight'])];
  const gates = /LSTM/.test(cell.type) ? 4 : /GRU/.test(cell.type) ? 3 : 1;
  const lines = [
    `for ${name}, ${parameter} in ${held}.named_parameters():`,
    `${unit}if ${quoted(facts, 'weight_hh')} in ${name}:`,
    ...(gates === 1
      ? [`${unit}${unit}${spelled.name}(${parameter})`]
      : [
          `${unit}${unit}for gate in ${parameter}.data.chunk(${gates}):`,
          `${unit}${unit}${unit}${spelled.name}(gate)`,
        ]),
  ];
  return fixOf(facts, REMEDY[scheme], title, 'unsafe', [
    ...spelled.edits,
    insertAfter(facts, place.statement, lines),
  ]);
}
