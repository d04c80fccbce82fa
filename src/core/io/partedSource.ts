import type { FileSource, SourcePart } from './fileSource';

/** Finds the older parts of a file, the oldest first. It gives the same list again while no file was renamed. */
export type OlderParts = () => Promise<readonly string[]>;

interface Part {
  readonly path: string;
  readonly source: FileSource;
  /** What its source said; a packed file only knows its size when it was read to the end. */
  readonly promised: number;
  start: number;
  size: number;
  /** It was read to its end, so `size` is certain. */
  ended: boolean;
}

/**
 * A file and the older parts it was cut from when it was rotated, as the one file they once were. A part that is renamed
 * when the file is rotated again keeps its place in the whole, so a reader just goes on. A read never crosses from one
 * part into the next.
 */
export class PartedSource implements FileSource {
  private list: Part[];
  private known: readonly string[] = [];
  private isAlone = false;

  constructor(
    readonly path: string,
    private readonly older: OlderParts,
    private readonly open: (path: string) => FileSource,
  ) {
    this.list = [partOf(path, open(path), 0)];
  }

  /** The oldest first, the file itself last. */
  get parts(): readonly SourcePart[] {
    return this.list;
  }

  get problem(): string {
    return this.list.flatMap(({ source }) => source.problem || []).join(' ');
  }

  get share(): number | undefined {
    const [only, another] = this.list;
    return another === undefined ? only?.source.share : undefined;
  }

  /** Leaves out the older parts from now on. */
  leaveOlder(): void {
    this.isAlone = true;
  }

  async size(): Promise<number> {
    // The file itself first: when it is gone there is nothing to say of its parts.
    const last = this.list.at(-1)!;
    const size = await last.source.size();
    await this.renew(this.isAlone ? NONE : await this.older());
    last.size = size;
    this.placeBehind(0);
    return last.start + size;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    for (const [index, part] of this.list.entries()) {
      const within = offset - part.start;
      if (index === this.list.length - 1) {
        return part.source.read(within, target);
      }
      if (within < part.size || !part.ended) {
        const count = await part.source.read(within, target);
        if (count > 0) {
          part.size = Math.max(part.size, within + count);
          this.placeBehind(index);
          return count;
        }
        // Far behind the end nothing is learnt of where it is.
        if (within <= part.size) {
          part.size = within;
          part.ended = true;
          this.placeBehind(index);
        }
      }
    }
    return 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.list.map(({ source }) => source.close()));
  }

  private placeBehind(index: number): void {
    for (let at = index + 1; at < this.list.length; at++) {
      const before = this.list[at - 1]!;
      this.list[at]!.start = before.start + before.size;
    }
  }

  private async renew(older: readonly string[]): Promise<void> {
    if (older === this.known) {
      return;
    }
    const parts = await Promise.all(
      older.map(async (path) => {
        const source = this.open(path);
        return partOf(path, source, await source.size().catch(() => 0));
      }),
    );
    this.known = older;
    const before = this.list.slice(0, -1);
    const isSame =
      parts.length === before.length &&
      parts.every(({ path, promised }, at) => path === before[at]?.path && promised === before[at].promised);
    if (!isSame) {
      this.list = [...parts, this.list.at(-1)!];
      this.list[0]!.start = 0;
    }
    await Promise.all((isSame ? parts : before).map(({ source }) => source.close()));
  }
}

const NONE: readonly string[] = [];

function partOf(path: string, source: FileSource, promised: number): Part {
  return { path, source, promised, start: 0, size: promised, ended: false };
}
