import type { LiteralPlace, PythonFacts } from '../python/facts';

/** A file that may hold a program's settings: a Python module that it imports, or a configuration that it names. */
export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}

/** A number in a settings file. */
export interface SettingPlace {
  readonly path: string;
  readonly place: LiteralPlace;
}

/** Packages that are nobody's own settings. */
const FOREIGN =
  /^(?:torch|torchvision|numpy|lightning|pytorch_lightning|transformers|keras|tensorflow|jax|flax|optax|os|sys|re|json|math|time|random|typing|dataclasses|pathlib|argparse|logging|collections|functools|itertools|csv|copy|abc|enum|yaml|tqdm|pandas|sklearn|scipy|matplotlib|wandb|hydra|omegaconf)$/;
/** A program's settings stand in a handful of files. */
const MOST_FILES = 24;

/**
 * Where the settings of a program may be, relative to its folder and nearest first: the modules it imports and the
 * configuration files it names.
 */
export function settingsCandidates(facts: PythonFacts): readonly string[] {
  const modules = [...facts.imports.bindings.values()]
    .filter((origin) => !FOREIGN.test(origin.split('.')[0] ?? origin))
    .flatMap((origin) => {
      const parts = origin.split('.').filter((part) => /^\w+$/.test(part));
      // `from config import TrainConfig`: the last part may be a name in the module.
      return [parts, parts.slice(0, -1)].filter((one) => one.length > 0).map((one) => `${one.join('/')}.py`);
    });
  const named = [...facts.text.matchAll(/["']([\w./-]{1,100}\.(?:ya?ml|json|toml))["']/g)].map(
    ([, path = '']) => path.replace(/^\.\//, ''),
  );
  const inside = [...modules, ...named].filter((path) => !path.startsWith('/') && !path.includes('..'));
  return [...new Set(inside)].slice(0, MOST_FILES);
}

/** Number as Python, YAML, JSON and TOML write it. */
const NUMBER = '[+-]?(?:\\d[\\d_]*\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?';

/**
 * The one number that settings files give a name: `lr: float = 1e-2`, `"lr": 0.01`, `lr: 0.01`,
 * `add_argument("--lr", default=0.01)`. Null when there is none, or more than one.
 */
export function settingOf(files: readonly SettingsFile[], name: string): SettingPlace | null {
  if (!/^\w+$/.test(name)) {
    return null;
  }
  const option = name.replace(/_/g, '[-_]');
  const written = new RegExp(
    `^(?:[ \\t]*(?:self\\.)?["']?${name}["']?[ \\t]*(?::[ \\t]*[\\w.\\[\\]| ]+?)?[ \\t]*[=:]|.*[{,(][ \\t]*["']?${name}["']?[ \\t]*[=:]|.*["']--${option}["'].*\\bdefault[ \\t]*=)[ \\t]*(${NUMBER})[ \\t]*(?=[,)}#\\r]|$)`,
  );
  const found: SettingPlace[] = [];
  for (const { path, text } of files) {
    for (const [at, line] of text.split('\n').entries()) {
      const hit = line.length > 400 ? null : written.exec(line);
      const number = hit?.[1];
      if (hit !== null && number !== undefined) {
        const column = hit.index + hit[0].trimEnd().length - number.length + 1;
        const range = { line: at + 1, column, endLine: at + 1, endColumn: column + number.length };
        const value = Number(number.replace(/_/g, ''));
        found.push({ path, place: { value, text: number, range, definedAs: 'field' } });
      }
    }
  }
  const [only, another] = found;
  return only !== undefined && another === undefined ? only : null;
}
