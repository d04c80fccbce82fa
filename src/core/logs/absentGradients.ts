import type { AbsentGradient } from '../run/run';
import type { Key } from './keyTable';
import { textOf } from './scan/bytes';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Parameters that are told apart; a log that names more is none of a model that anybody trains. */
const MOST_KEPT = 20_000;

/** `scheduler.scale: None` is a setting: alone these names say that a tensor is meant. */
const GRADIENT = /grad|∇|\bg\b/i;
const WEIGHT = /(?:weight|bias|kernel|embedding|lora_\w+|_l\d+)$/i;

/** Parameters whose gradient a log prints as `None`: they have none, which is something else than a gradient of zero. */
export class AbsentGradients {
  private readonly kept = new Map<string, Mutable<AbsentGradient>>();
  /** Those of the present line. */
  private present: string[] = [];

  get list(): readonly AbsentGradient[] {
    return [...this.kept.values()];
  }

  /** The present line names some. */
  get isNoted(): boolean {
    return this.present.length > 0;
  }

  /** A line begins. */
  begin(): void {
    if (this.present.length > 0) {
      this.present = [];
    }
  }

  /** The line says `None` where the number of this key might stand. */
  note(key: Key | null): void {
    const { kind, parameter } = key?.target.meaning ?? {};
    const isSetting = !GRADIENT.test(key?.target.name ?? '') && !WEIGHT.test(parameter ?? '');
    if (kind === 'grad-norm' && parameter != null && !isSetting) {
      this.present.push(parameter);
    }
  }

  /** The line has ended. @param step that the run is at */
  keep(step: number, line: number): void {
    for (const parameter of this.present) {
      const known = this.kept.get(parameter);
      if (known !== undefined) {
        known.rows++;
        known.lastStep = step;
      } else if (this.kept.size < MOST_KEPT) {
        this.kept.set(parameter, { parameter, step, line, lastStep: step, rows: 1 });
      }
    }
  }
}

/** `None`, as Python prints the gradient of a tensor that has none. */
export function isNone(bytes: Uint8Array, at: number, to: number): boolean {
  return to - at === 4 && textOf(bytes, at, to) === 'None';
}
