import type { LogFormat } from '../format';
import { matching } from '../lineFormat';
import { rewrittenText } from '../rewrittenText';

/** "1epoch:train:1001-2000batch:" is epoch 1, step 2000 of it. */
const PLACE = /(\d+)epoch:(train|valid):\d+-(\d+)batch: /;
/** It stands within this from the start of a line. */
const LONGEST_PLACE = 400;

/** ESPnet 2: `key=value` fields after the epoch and the range of batches they sum up. */
export const espnet: LogFormat = {
  id: 'espnet',
  title: 'ESPnet 2',
  reference: 'https://github.com/espnet/espnet/blob/master/espnet2/train/reporter.py',
  sniff: (head) => (matching(head, PLACE) > 0 ? 0.95 : 0),
  enough: 1,
  open: (recorder) => ({
    lines: rewrittenText(recorder, 'epoch:', (line) => {
      const match = PLACE.exec(line.slice(0, LONGEST_PLACE));
      const split = match?.[2] === 'valid' ? 'validation ' : '';
      return match === null
        ? null
        : `epoch ${match[1]}, ${split}step ${match[3]}, ${line.slice(match.index + match[0].length)}`;
    }),
  }),
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
