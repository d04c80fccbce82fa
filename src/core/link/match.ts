import type { PythonAnalysis } from '../python/analyze';
import type { PythonFacts } from '../python/facts';
import type { Run } from '../run/run';
import { folderDistance, folderOf } from './folders';
import { type ModelMatch, matchModels } from './resolve';

/** The Python files that a run most likely comes from. */
export interface RunCode {
  /** File and model whose parameters the run logs; null when no model explains them. */
  readonly model: {
    readonly source: PythonAnalysis;
    readonly match: ModelMatch;
    readonly exact: boolean;
  } | null;
  /** File with the training loop; may be the same. */
  readonly training: { readonly source: PythonAnalysis; readonly exact: boolean } | null;
  /** The file that starts it: builds a framework's trainer around what the training file defines; may be the same. */
  readonly launcher: PythonAnalysis | null;
  /** Model that the training file imports, where the run logs no parameters that would tell. */
  readonly imported: { readonly source: PythonAnalysis; readonly root: string } | null;
  /** Other files that the training file or the model's imports: losses, data, layers. */
  readonly helpers: readonly PythonAnalysis[];
}

/** A program has a handful of files of its own. */
const MOST_HELPERS = 8;

/** Parameters that a run logs anything for, as logged, in model order. */
export function loggedParameters(run: Run): readonly string[] {
  const names = run.series.map((series) => series.parameter).filter((name) => name !== null);
  return [...new Set(names)];
}

/** Picks the code of a run among Python files: by parameter names, then by folder, then because there is no other. */
export function matchRun(run: Run, sources: readonly PythonAnalysis[]): RunCode {
  const parameters = loggedParameters(run);
  const model = matchModel(run.path, parameters, sources);
  const training = matchTraining(
    run.path,
    model?.source ?? null,
    sources.filter((source) => source === model?.source || mayHaveWritten(source, run, parameters)),
  );
  return {
    model,
    training:
      training === null ? null : { source: training, exact: training === model?.source && model.exact },
    launcher: training === null ? null : launcherOf(training, sources),
    imported: model === null && training !== null ? importedModel(training, sources) : null,
    helpers: helpersOf([training, model?.source ?? null], sources),
  };
}

/** Files of the same folder, or of one in it, that some of these import from. */
function helpersOf(
  users: readonly (PythonAnalysis | null)[],
  sources: readonly PythonAnalysis[],
): readonly PythonAnalysis[] {
  const known = users.filter((user) => user !== null);
  return sources
    .filter((source) => !known.includes(source))
    .filter((source) =>
      known.some(
        (user) => folderOf(source.path).startsWith(folderOf(user.facts.path)) && imports(user, source),
      ),
    )
    .slice(0, MOST_HELPERS);
}

/** The one class with modules that a training file without models of its own imports from another of the files and calls. */
function importedModel({ facts }: PythonAnalysis, sources: readonly PythonAnalysis[]): RunCode['imported'] {
  if (facts.modules.length > 0) {
    return null;
  }
  const called = new Set(facts.calls.map(({ call }) => facts.nameOf(call.func) ?? ''));
  const found = [...facts.imports.bindings.values()].flatMap((origin) => {
    const parts = origin.split('.');
    const [file, root] = [parts[parts.length - 2], parts[parts.length - 1] ?? ''];
    const isCalled = called.has(origin);
    return sources.flatMap((source) =>
      isCalled &&
      new RegExp(`(?:^|[/\\\\])${file}(?:[/\\\\]__init__)?\\.pyw?$`).test(source.path) &&
      source.facts.modules.some((entry) => entry.root === root)
        ? [{ source, root }]
        : [],
    );
  });
  const [only, another] = found;
  return only !== undefined && another === undefined ? only : null;
}

function matchModel(
  path: string,
  parameters: readonly string[],
  sources: readonly PythonAnalysis[],
): RunCode['model'] {
  const scored = sources
    .flatMap((source) => matchModels(source.facts, parameters).map((match) => ({ source, match })))
    .map((one) => ({ ...one, distance: folderDistance(path, one.source.path) }))
    .sort(
      (a, b) =>
        b.match.complete - a.match.complete ||
        b.match.resolved.size - a.match.resolved.size ||
        a.distance - b.distance,
    );
  const [best, second] = scored;
  if (best === undefined) {
    return null;
  }
  const whole = best.match.complete === parameters.length;
  const alone =
    second === undefined || second.match.complete < best.match.complete || second.distance > best.distance;
  return { source: best.source, match: best.match, exact: whole && alone };
}

/**
 * False where a file cannot be the one that wrote the log: a log in the same folder is no reason to blame its code.
 * The Trainer of Transformers alone writes a trainer state; a log of parameters comes from a file with those modules;
 * and a hand-written loop names at least half of what it prints.
 */
function mayHaveWritten(source: PythonAnalysis, run: Run, parameters: readonly string[]): boolean {
  const { facts } = source;
  const hasTrainer = FRAMEWORK_LOGGERS.some((framework) => facts.frameworks.includes(framework));
  if (run.format === 'trainer-state' && !facts.frameworks.includes('transformers')) {
    return false;
  }
  const text = lowerText(facts);
  const explains = facts.modules.length === 0 || matchModels(facts, parameters).length > 0;
  if (parameters.length > 0 && !explains && !spellsOut(text, parameters)) {
    return false;
  }
  const names = run.series
    .filter(({ parameter, split }) => parameter === null && split === 'train')
    .map(({ name }) => lastWord(name));
  // `f"w{k}"` writes w0, w1 and so on.
  const mentioned = names.filter(
    (name) => text.includes(name) || (/\d$/.test(name) && text.includes(`${name.replace(/\d+$/, '')}{`)),
  );
  return hasTrainer || mentioned.length * 2 >= names.length;
}

const lowered = new WeakMap<PythonFacts, string>();

function lowerText(facts: PythonFacts): string {
  const known = lowered.get(facts) ?? facts.text.toLowerCase();
  lowered.set(facts, known);
  return known;
}

/** Does code give all parameters the names they are logged by: `f"layer {i}"`, `"encoder"`? */
function spellsOut(text: string, parameters: readonly string[]): boolean {
  const words = new Set(parameters.map((name) => /[a-z_]{3,}/.exec(name.toLowerCase())?.[0] ?? ''));
  return [...words].every((word) => word !== '' && new RegExp(`["'][^"'\\n]{0,60}\\b${word}`).test(text));
}

/** Libraries whose loops log under names of their own. */
const FRAMEWORK_LOGGERS = ['transformers', 'lightning', 'accelerate', 'deepspeed', 'keras'] as const;

/** `train/grad_norm` is written as `"grad_norm"` in the code, if not in full. */
function lastWord(name: string): string {
  const words = name.toLowerCase().split(/[/.]/);
  return words[words.length - 1] ?? name.toLowerCase();
}

/** The file that trains: the model's own, one that imports it, the only one beside the log, or the only one at all. */
function matchTraining(
  path: string,
  model: PythonAnalysis | null,
  sources: readonly PythonAnalysis[],
): PythonAnalysis | null {
  const trainers = sources.filter(
    ({ facts }) => facts.loops.length + facts.optimizers.length + facts.handOptimizers.length > 0,
  );
  const withLoop = chosenTrainer(path, model, trainers);
  // A file that leaves loop and optimizer to a framework counts where no file has its own that may have written this log.
  return withLoop ?? (trainers.length > 0 ? null : chosenTrainer(path, model, sources.filter(buildsTrainer)));
}

function chosenTrainer(
  path: string,
  model: PythonAnalysis | null,
  trainers: readonly PythonAnalysis[],
): PythonAnalysis | null {
  if (model !== null) {
    if (trainers.includes(model)) {
      return model;
    }
    const importers = trainers.filter((source) => imports(source, model));
    if (importers.length === 1) {
      return importers[0] ?? null;
    }
  }
  const folder = folderOf(path);
  const beside = trainers.filter((source) => folderOf(source.path) === folder);
  if (beside.length === 1) {
    return beside[0] ?? null;
  }
  return trainers.length === 1 ? (trainers[0] ?? null) : null;
}

/** Trainers that run the loop themselves: whoever calls them writes neither a backward pass nor an optimizer. */
const TRAINER =
  /^(?:transformers|trl)\.(?:\w+\.)*\w*Trainer$|^(?:pytorch_lightning|lightning)(?:\.\w+)*\.Trainer$/;

function buildsTrainer({ facts }: PythonAnalysis): boolean {
  return facts.calls.some(({ call }) => TRAINER.test(facts.nameOf(call.func) ?? ''));
}

/** The training file where it builds the trainer itself, else the only file that imports it and does. */
function launcherOf(training: PythonAnalysis, sources: readonly PythonAnalysis[]): PythonAnalysis | null {
  if (buildsTrainer(training)) {
    return training;
  }
  const [only, another] = sources.filter(
    (source) => source !== training && buildsTrainer(source) && imports(source, training),
  );
  return another === undefined ? (only ?? null) : null;
}

/** True when a file imports something from another one, by the last part of the module's name. */
function imports(source: PythonAnalysis, other: PythonAnalysis): boolean {
  const module = /([^/\\]+)\.py\w?$/.exec(other.path)?.[1];
  return (
    module !== undefined &&
    [...source.facts.imports.bindings.values()].some((name) => name.split('.').includes(module))
  );
}
