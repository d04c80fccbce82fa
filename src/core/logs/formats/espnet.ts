import type { LogFormat } from '../format';
import { matching } from '../lineFormat';
import { bytesOf, textOf } from '../scan/bytes';
import { TextLog } from '../textLog';

/** "1epoch:train:1001-2000batch:" is epoch 1, step 2000 of it. */
const PLACE = /(\d+)epoch:(train|valid):\d+-(\d+)batch: /;

/** ESPnet 2: `key=value` fields after the epoch and the range of batches they sum up. */
export const espnet: LogFormat = {
  id: 'espnet',
  title: 'ESPnet 2',
  reference: 'https://github.com/espnet/espnet/blob/master/espnet2/train/reporter.py',
  sniff: (head) => (matching(head, PLACE) > 0 ? 0.95 : 0),
  enough: 1,
  open(recorder) {
    const log = new TextLog(recorder);
    return {
      lines: {
        line(bytes, start, end, number) {
          const match = PLACE.exec(textOf(bytes, start, Math.min(end, start + 400)));
          if (match === null) {
            log.line(bytes, start, end, number);
            return;
          }
          const split = match[2] === 'valid' ? 'validation ' : '';
          const rest = textOf(bytes, start, end).slice(match.index + match[0].length);
          const plain = bytesOf(`epoch ${match[1]}, ${split}step ${match[3]}, ${rest}`);
          log.line(plain, 0, plain.length, number);
        },
      },
    };
  },
  samples: [
    {
      text: '[host] 2026-01-01 01:01:01,001 (trainer:737) INFO: 1epoch:train:1-1000batch: iter_time=6.825e-04, loss=251.5, grad_norm=54.5, clip=100.000, loss_scale=6.5e+04, optim0_lr0=1.25e-04\n[host] 2026-01-01 01:02:01,001 (trainer:737) INFO: 1epoch:train:1001-2000batch: iter_time=6.825e-04, loss=nan, grad_norm=inf, clip=100.000, loss_scale=6.5e+04, optim0_lr0=1.25e-04\n',
      points: [
        ['loss', 1000, 251.5],
        ['grad_norm', 1000, 54.5],
        ['loss_scale', 1000, 65000],
        ['optim0_lr0', 1000, 1.25e-4],
        ['loss', 2000, Number.NaN],
        ['grad_norm', 2000, Number.POSITIVE_INFINITY],
        ['loss_scale', 2000, 65000],
        ['optim0_lr0', 2000, 1.25e-4],
      ],
    },
  ],
};
