/** How logs are named when they are rotated: which files are older parts of which log. */

/** A part of a log. */
interface RotatedName {
  /** Path of the log itself. */
  readonly log: string;
  /** Grows with the part's age; 0 for the log itself. Comparable among the parts of one log. */
  readonly age: number;
}

const LOG = String.raw`\.(?:log|txt|out|err|jsonl|ndjson|csv|tsv)`;

/** Ways of naming a part: a group for the log's name, or two around the part's stamp, and one for the stamp. */
const SCHEMES: readonly {
  readonly pattern: RegExp;
  age(stamp: string): number;
}[] = [
  // logrotate, Python's RotatingFileHandler, Docker: train.log.1, train.log.2.gz
  { pattern: new RegExp(`^(?<head>.*${LOG})\\.(?<stamp>\\d{1,3})(?:\\.gz)?$`, 'i'), age: Number },
  // Python's TimedRotatingFileHandler: train.log.2024-05-01, train.log.2024-05-01_17-30
  {
    pattern: new RegExp(
      `^(?<head>.*${LOG})\\.(?<stamp>\\d{4}-\\d\\d-\\d\\d(?:_\\d\\d(?:-\\d\\d){0,2})?)(?:\\.gz)?$`,
      'i',
    ),
    age: sinceStamp,
  },
  // logrotate with "dateext": train.log-20240501
  {
    pattern: new RegExp(`^(?<head>.*${LOG})-(?<stamp>\\d{8}(?:-\\d{2,10})?)(?:\\.gz)?$`, 'i'),
    age: sinceStamp,
  },
  // loguru: train.2024-05-01_17-30-00_123456.log
  {
    pattern: new RegExp(
      `^(?<head>.*)\\.(?<stamp>\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d_\\d{6})(?<tail>${LOG})(?:\\.gz)?$`,
      'i',
    ),
    age: sinceStamp,
  },
];

/** Later than any stamp, in the digits of a stamp with microseconds. */
const FUTURE = 1e20;

/** A later stamp is a younger part. Missing parts of a stamp count as zeros. */
function sinceStamp(stamp: string): number {
  return FUTURE - Number(stamp.replace(/\D/g, '').padEnd(20, '0'));
}

const ITSELF = new RegExp(`${LOG}$`, 'i');

/** May this be the name of a log that is rotated? */
export function mayBeRotated(path: string): boolean {
  return ITSELF.test(path) && partName(path) === null;
}

function partName(path: string): RotatedName | null {
  for (const { pattern, age } of SCHEMES) {
    const { head, stamp, tail = '' } = pattern.exec(path)?.groups ?? {};
    if (head !== undefined && stamp !== undefined) {
      return { log: head + tail, age: age(stamp) };
    }
  }
  return null;
}

/**
 * The logs among these files that have older parts there, each with its parts, the oldest first. Without the log itself
 * "x.txt.1" may be anything. Of a part and its packed copy the one that comes first counts.
 */
export function rotatedLogs(paths: readonly string[]): Map<string, readonly string[]> {
  const present = new Set(paths);
  const parts = new Map<string, Map<number, string>>();
  for (const path of paths) {
    const name = partName(path);
    if (name !== null && present.has(name.log)) {
      const ages = parts.get(name.log) ?? new Map<number, string>();
      ages.set(name.age, ages.get(name.age) ?? path);
      parts.set(name.log, ages);
    }
  }
  return new Map(
    [...parts].map(([log, ages]) => [
      log,
      [...ages].sort(([one], [other]) => other - one).map(([, path]) => path),
    ]),
  );
}
