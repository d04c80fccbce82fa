import type { LogFormat } from '../format';
import type { KeyMeaning } from '../keyMeaning';
import { meaningOf } from '../keys';
import { matching } from '../lineFormat';
import { TextLog } from '../textLog';

/** llm.c abbreviates: s step, trl and tel training and test loss. */
function meaning(name: string): KeyMeaning {
  switch (name) {
    case 's':
      return { ...meaningOf('global_step') };
    case 'trl':
      return { ...meaningOf('loss') };
    case 'tel':
      return { ...meaningOf('loss'), split: 'eval' };
    default:
      return meaningOf(name);
  }
}

/** `main.log` of llm.c. */
export const llmC: LogFormat = {
  id: 'llm-c',
  title: 'llm.c main.log',
  reference: 'https://github.com/karpathy/llm.c/blob/master/llmc/logger.h',
  sniff: (head) => (matching(head, /^s:\d+ (?:trl|tel|eval):[-\d.n]/) > 0 ? 0.95 : 0),
  enough: 1,
  meaning,
  open: (recorder) => ({ lines: new TextLog(recorder) }),
  samples: [
    {
      text: 's:0 tel:11.5\ns:0 trl:11.25 lr:0.000001 norm:15.5\ns:1 trl:10.75 lr:0.000002 norm:15.25\n',
      points: [
        ['trl', 0, 11.25],
        ['lr', 0, 0.000001],
        ['norm', 0, 15.5],
        ['trl', 1, 10.75],
        ['lr', 1, 0.000002],
        ['norm', 1, 15.25],
      ],
    },
  ],
};
