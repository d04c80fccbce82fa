import type { LogFormat } from '../format';
import { matching } from '../lineFormat';
import { textOf } from '../scan/bytes';
import { numberOf } from '../scan/printedNumbers';
import { TextLog } from '../textLog';

const NUMBER = '(-?[\\d.]+(?:e[-+]?\\d+)?|-?nan|-?inf)';
const LINE = new RegExp(`^Train loss (\\d+) ${NUMBER} Grad Norm ${NUMBER}`);

/** Tacotron 2 and WaveGlow by NVIDIA: the iteration stands between the loss's name and its value. */
export const tacotron: LogFormat = {
  id: 'tacotron',
  title: 'Tacotron 2',
  reference: 'https://github.com/NVIDIA/tacotron2/blob/master/train.py',
  sniff: (head) => (matching(head, LINE) > 0 ? 0.95 : 0),
  enough: 1,
  open(recorder) {
    const other = new TextLog(recorder);
    return {
      lines: {
        line(bytes, start, end, number) {
          const match = end - start > 400 ? null : LINE.exec(textOf(bytes, start, end));
          if (match === null) {
            other.line(bytes, start, end, number);
            return;
          }
          recorder.begin();
          for (const [name, value] of [
            ['iteration', match[1]],
            ['Train loss', match[2]],
            ['Grad Norm', match[3]],
          ]) {
            const key = recorder.keys.named(name ?? '');
            if (key !== null) {
              recorder.add(key, numberOf(value ?? ''));
            }
          }
          recorder.commit(number);
        },
      },
    };
  },
  samples: [
    {
      text: 'Train loss 0 48.25 Grad Norm 13.5 5.71s/it\nTrain loss 1 nan Grad Norm inf 5.71s/it\n',
      points: [
        ['Train loss', 0, 48.25],
        ['Grad Norm', 0, 13.5],
        ['Train loss', 1, Number.NaN],
        ['Grad Norm', 1, Number.POSITIVE_INFINITY],
      ],
    },
  ],
};
