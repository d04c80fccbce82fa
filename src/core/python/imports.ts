import type { Framework, ImportFacts } from './facts';
import { canonicalName, frameworkOf } from './names';
import type { PythonSource } from './source';
import { statementsIn } from './syntax/walk';

export function collectImports(source: PythonSource): ImportFacts {
  const bindings = new Map<string, string>();
  for (const stmt of statementsIn(source.body)) {
    if (stmt.kind === 'import') {
      for (const { local, origin } of stmt.bindings) {
        if (local !== '*' && !bindings.has(local)) {
          bindings.set(local, canonicalName(origin));
        }
      }
    }
  }
  const last = source.body.filter((stmt) => stmt.kind === 'import').at(-1);
  return { bindings, last: last === undefined ? null : source.statement(last) };
}

/** Frameworks the file imports, anywhere in it. */
export function collectFrameworks(source: PythonSource): Framework[] {
  const found = new Set<Framework>();
  for (const stmt of statementsIn(source.body)) {
    if (stmt.kind !== 'import') {
      continue;
    }
    for (const { origin } of stmt.bindings) {
      const framework = frameworkOf(origin);
      if (framework !== null) {
        found.add(framework);
      }
      if (canonicalName(origin).startsWith('keras')) {
        found.add('keras');
      }
    }
  }
  return [...found];
}

/** The shortest spelling of a canonical name that the file's imports allow; null when none does. */
export function spellName(imports: ImportFacts, canonical: string): string | null {
  let best: string | null = null;
  for (const [local, origin] of imports.bindings) {
    const spelled =
      canonical === origin
        ? local
        : canonical.startsWith(`${origin}.`)
          ? local + canonical.slice(origin.length)
          : null;
    if (spelled !== null && (best === null || spelled.length < best.length)) {
      best = spelled;
    }
  }
  return best;
}
