import type { Head, LogFormat } from './format';
import type { KeyMeaning } from './keyMeaning';
import { meaningOf } from './keys';
import { stringLines } from './lineFormat';
import type { Recorder } from './recorder';
import { bytesOf } from './scan/bytes';
import { NumberScanner } from './scan/number';

/** A log format of the person's own: a line as it is printed, with `{fields}` where the numbers and names stand. */
export interface UserFormat {
  readonly name: string;
  /** `step {step} loss {loss} |g| {grad_norm}`. */
  readonly template: string;
}

export type ParsedUserFormat =
  | { readonly kind: 'format'; readonly format: LogFormat }
  | { readonly kind: 'problem'; readonly message: string };

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'blank' }
  | { readonly kind: 'number'; readonly field: string }
  | { readonly kind: 'name' }
  | { readonly kind: 'anything' };

/** What a line gave. */
interface Found {
  readonly name: string | null;
  readonly numbers: readonly (readonly [field: string, value: number])[];
}

const LONGEST_TEMPLATE = 500;
const LONGEST_NAME = 60;
/** Places of a line at which the template's first text is tried: more make no log line. */
const MOST_STARTS = 16;
/** Lines of the head that must match, when it has so many. */
const BELIEVED = 2;
const AXES: ReadonlySet<string> = new Set(['step', 'epoch', 'global_step', 'iteration', 'batch']);

/**
 * Makes a log format of a template. Every part is looked for once, left to right, at the first place that fits, so a
 * line costs its length whatever the template: nothing is tried again, unlike with a regular expression.
 *
 * - `{step}`, `{epoch}`: the axis; `{loss}`, `{grad_norm}`, `{lr}`, `{loss_scale}` and any other word: a number.
 * - `{name}` with `{value}` (or `{grad_norm}`): a parameter and its gradient norm.
 * - `{*}`: anything; a blank: any number of blanks; `{{` and `}}`: the braces themselves.
 */
export function parseUserFormat(definition: unknown): ParsedUserFormat {
  const { name, template } = (
    typeof definition === 'object' && definition !== null ? definition : {}
  ) as Partial<Record<keyof UserFormat, unknown>>;
  if (typeof name !== 'string' || name.trim() === '' || name.length > LONGEST_NAME) {
    return problem('A log format needs a name of at most 60 characters');
  }
  if (typeof template !== 'string' || template.trim() === '' || template.length > LONGEST_TEMPLATE) {
    return problem(`${name}: the template must be a text of at most 500 characters`);
  }
  const parts = partsOf(template.trim());
  if (typeof parts === 'string') {
    return problem(`${name}: ${parts}`);
  }
  const fields = parts.flatMap((part) => (part.kind === 'number' ? [part.field] : []));
  const named = parts.filter(({ kind }) => kind === 'name').length;
  if (new Set(fields).size < fields.length || named > 1) {
    return problem(`${name}: a field stands twice in the template`);
  }
  if (fields.every((field) => AXES.has(field))) {
    return problem(`${name}: the template has no number but the step, such as {loss} or {grad_norm}`);
  }
  if (fields.includes('value') && named === 0) {
    return problem(`${name}: {value} needs {name} beside it`);
  }
  return { kind: 'format', format: formatOf(name.trim(), parts) };
}

function problem(message: string): ParsedUserFormat {
  return { kind: 'problem', message };
}

/** The parts of a template, or what is wrong with it. */
function partsOf(template: string): readonly Part[] | string {
  const parts: Part[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') {
      parts.push({ kind: 'text', text });
      text = '';
    }
  };
  for (let at = 0; at < template.length; at++) {
    const letter = template.charAt(at);
    if ((letter === '{' || letter === '}') && template.charAt(at + 1) === letter) {
      text += letter;
      at++;
    } else if (letter === '}') {
      return 'a "}" closes nothing; write "}}" for the brace itself';
    } else if (letter === '{') {
      const close = template.indexOf('}', at);
      const field = close < 0 ? '' : template.slice(at + 1, close).trim();
      if (!/^(?:\*|[A-Za-z_][\w./-]{0,60})$/.test(field)) {
        return 'a "{" needs a field name and a "}" behind it; write "{{" for the brace itself';
      }
      flush();
      const last = parts.at(-1)?.kind;
      if (last === 'number' || last === 'name' || last === 'anything') {
        return `something must stand between {${field}} and the field before it`;
      }
      parts.push(
        field === '*'
          ? { kind: 'anything' }
          : field === 'name'
            ? { kind: 'name' }
            : { kind: 'number', field },
      );
      at = close;
    } else if (/\s/.test(letter)) {
      flush();
      if (parts.at(-1)?.kind !== 'blank') {
        parts.push({ kind: 'blank' });
      }
    } else {
      text += letter;
    }
  }
  flush();
  return parts;
}

function formatOf(name: string, parts: readonly Part[]): LogFormat {
  return {
    id: `user-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    title: name,
    reference: '',
    sniff: (head) => (believed(head, parts) ? 1 : 0),
    enough: 0,
    meaning: fieldMeaning,
    open: (recorder) => ({
      lines: stringLines((line, number) => record(recorder, match(line, parts), number)),
    }),
    samples: [],
  };
}

function believed(head: Head, parts: readonly Part[]): boolean {
  let matched = 0;
  for (const line of head.binary ? [] : head.lines) {
    matched += match(line, parts) === null ? 0 : 1;
  }
  return matched >= Math.min(BELIEVED, Math.max(1, head.lines.length));
}

/** Bare names are parameters here: the person said so. */
function fieldMeaning(name: string): KeyMeaning {
  const meaning = meaningOf(name);
  const owned = /^(.{1,300}): (?:value|grad_norm)$/.exec(name);
  return owned === null ? meaning : { ...meaningOf('grad_norm'), parameter: owned[1] ?? null };
}

function record(recorder: Recorder, found: Found | null, line: number): void {
  if (found === null) {
    return;
  }
  const owner = found.name === null ? null : recorder.keys.named(found.name);
  recorder.begin();
  for (const [field, value] of found.numbers) {
    const owned = owner !== null && (field === 'value' || field === 'grad_norm');
    // "{name} {value}" may list losses too: what the dictionary knows keeps its meaning.
    const plain = owned && field === 'value' && owner.meaning.kind !== 'other';
    const key = plain ? owner : owned ? recorder.keys.ownedBy(owner, field) : recorder.keys.named(field);
    if (key !== null) {
      recorder.add(key, value);
    }
  }
  recorder.commit(line);
}

const numbers = new NumberScanner();

/** What stands in the fields; null when the line has another shape. The template may begin anywhere in the line. */
function match(line: string, parts: readonly Part[]): Found | null {
  const first = parts[0];
  if (first?.kind !== 'text') {
    return matchAt(line, line.length - line.trimStart().length, parts);
  }
  let from = line.indexOf(first.text);
  for (let tries = 0; from >= 0 && tries < MOST_STARTS; tries++) {
    const found = matchAt(line, from, parts);
    if (found !== null) {
      return found;
    }
    from = line.indexOf(first.text, from + 1);
  }
  return null;
}

function matchAt(line: string, start: number, parts: readonly Part[]): Found | null {
  const values: [string, number][] = [];
  let name: string | null = null;
  let at = start;
  for (const [index, part] of parts.entries()) {
    switch (part.kind) {
      case 'text':
        if (!line.startsWith(part.text, at)) {
          return null;
        }
        at += part.text.length;
        break;
      case 'blank':
        while (line.charAt(at) === ' ' || line.charAt(at) === '\t') {
          at++;
        }
        break;
      case 'number': {
        const text = /^[-+\w.]{1,40}/.exec(line.slice(at, at + 40))?.[0] ?? '';
        const bytes = bytesOf(text);
        const after = numbers.scan(bytes, 0, bytes.length);
        if (after < 0) {
          return null;
        }
        values.push([part.field, numbers.value]);
        at += after;
        break;
      }
      default: {
        const end = endOf(line, at, parts[index + 1], parts[index + 2]);
        if (end < 0 || (part.kind === 'name' && end === at)) {
          return null;
        }
        name = part.kind === 'name' ? line.slice(at, end) : name;
        at = end;
      }
    }
  }
  return { name, numbers: values };
}

/** Where a name or "anything" ends: before the next text, or at the next blank. */
function endOf(line: string, at: number, next: Part | undefined, afterNext: Part | undefined): number {
  if (next === undefined) {
    return line.length;
  }
  if (next.kind === 'text') {
    return line.indexOf(next.text, at);
  }
  if (afterNext?.kind === 'text') {
    // "{*} loss": up to the text behind the blank, not to the first blank.
    const found = line.indexOf(afterNext.text, at);
    return found < 0 ? -1 : Math.max(at, line.slice(0, found).trimEnd().length);
  }
  const blank = line.slice(at).search(/[ \t]/);
  return blank < 0 ? line.length : at + blank;
}
