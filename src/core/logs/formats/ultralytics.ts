import type { LogFormat } from '../format';
import { matching, stringLines } from '../lineFormat';
import type { Recorder } from '../recorder';
import { numberOf } from '../scan/printedNumbers';

/** The head of an epoch's table: `Epoch GPU_mem box_loss cls_loss dfl_loss Instances Size`, in YOLOv5 and v7 with short names. */
const HEADER = /^\s{0,20}Epoch\s{1,12}gpu_mem\s{1,12}(\S.{3,200}?)\s*$/i;
const ROW = /^\s{0,20}(\d{1,6})\/(\d{1,6})\s{1,20}[\d.]{1,12}[GMK]?B?\s{1,20}([^:]{3,240}?)(?::(.{0,200}))?$/;
/** The bar behind the row is full; without a bar the row stands for the whole epoch. */
const DONE = /^\s{0,8}100%/;
/** Columns that count images. */
const COUNTS = /^(?:instances|labels|size|img_size|targets)$/i;
/** Losses whose short names do not say so. */
const SHORT = /^(?:box|obj|cls|dfl|total|seg|pose|kobj|landmark)$/i;
const SCORES_HEADER = /^\s{0,40}Class\s{1,20}Images\s{1,20}/;
const SCORES = /^\s{0,40}all\s{1,20}(\d.{0,200}?)\s*$/;

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Takes each epoch's last row: the bar redraws it, and only the full one has the means of the epoch. */
function open(recorder: Recorder): { lines: ReturnType<typeof stringLines> } {
  let columns: readonly string[] = [];
  let done = -1;
  let scores: readonly string[] = [];
  const record = (
    epoch: number,
    names: readonly string[],
    values: readonly string[],
    line: number,
    split: 'train' | 'eval',
  ): void => {
    const epochKey = recorder.keys.named('epoch');
    recorder.begin();
    if (epochKey !== null) {
      recorder.add(epochKey, epoch);
    }
    for (const [index, name] of names.entries()) {
      const key = recorder.keys.named(name);
      const value = numberOf(values[index] ?? '');
      if (key !== null && values[index] !== undefined) {
        recorder.add(key, value);
      }
    }
    recorder.commit(line, split);
  };
  return {
    lines: stringLines((line, number) => {
      const header = HEADER.exec(line);
      if (header !== null) {
        columns = words(header[1] ?? '').filter((name) => !COUNTS.test(name));
        return;
      }
      const [, epoch = '', , cells = '', bar] = ROW.exec(line) ?? [];
      if (
        epoch !== '' &&
        columns.length > 0 &&
        Number(epoch) !== done &&
        (bar === undefined || DONE.test(bar))
      ) {
        done = Number(epoch);
        const names = columns.map((name) => (SHORT.test(name) ? `${name}_loss` : name));
        record(done, names, words(cells), number, 'train');
        return;
      }
      if (SCORES_HEADER.test(line)) {
        // "Box(P R mAP50 mAP50-95): 100%": names up to the bar; the first two columns count.
        scores = words(line.replace(/:.*$/, '').replace(/\)\s*$/, '')).slice(3);
        return;
      }
      const found = SCORES.exec(line);
      if (found !== null && scores.length > 0 && done >= 0) {
        record(done, scores, words(found[1] ?? '').slice(2), number, 'eval');
        scores = [];
      }
    }),
  };
}

/** What Ultralytics' trainers, YOLOv5 and YOLOv7 print: a table an epoch. They log no gradients. */
export const ultralytics: LogFormat = {
  id: 'ultralytics',
  title: 'Ultralytics, YOLOv5 and YOLOv7 console tables (no gradients)',
  reference: 'https://docs.ultralytics.com/modes/train/',
  sniff: (head) => (matching(head, HEADER) > 0 && matching(head, ROW) > 0 ? 0.93 : 0),
  enough: 1,
  open,
  samples: [
    {
      text: '      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n       1/2      1.19G      1.5        3.25      1.75          2        640:   0% 0/4 [00:00<?, ?it/s]\r       1/2      1.19G      1.25       3.0      1.5          2        640: 100% 4/4 [00:01<00:00,  2.66it/s]\n                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100% 1/1 [00:00<00:00,  5.55it/s]\n                   all          7         14       0.25          1        0.5      0.125\n\n      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n       2/2      1.19G      0.75       2.5      1.25          2        640: 100% ━━━━━━━━━━━━ 4/4 4.5it/s 1.5s\n                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100% ━━━━━━━━━━━━ 1/1 4.8it/s 0.5s\n                   all          7         14       0.5          1        0.75      0.25\n',
      points: [
        ['box_loss', 1, 1.25],
        ['cls_loss', 1, 3],
        ['dfl_loss', 1, 1.5],
        ['box_loss', 2, 0.75],
        ['cls_loss', 2, 2.5],
        ['dfl_loss', 2, 1.25],
      ],
    },
    {
      text: '     Epoch   gpu_mem       box       obj       cls    labels  img_size\n       0/1     3.74G    0.5    0.25    0.125        22       640: 100%|██████████| 8/8 [00:05<00:00,  1.51it/s]\n\n     Epoch   gpu_mem       box       obj       cls    labels  img_size\n       1/1     3.74G    0.375    0.25    0.0625        22       640: 100%|██████████| 8/8 [00:05<00:00,  1.51it/s]\n',
      points: [
        ['box_loss', 0, 0.5],
        ['obj_loss', 0, 0.25],
        ['cls_loss', 0, 0.125],
        ['box_loss', 1, 0.375],
        ['obj_loss', 1, 0.25],
        ['cls_loss', 1, 0.0625],
      ],
    },
  ],
};
