import type { LogFormat } from '../format';
import type { KeyMeaning } from '../keyMeaning';
import { meaningOf } from '../keys';
import { matching } from '../lineFormat';
import { TextLog } from '../textLog';

function meaning(name: string): KeyMeaning {
  return meaningOf(name === 'Cost' ? 'loss' : name);
}

/** Marian, the translation toolkit: colon-separated cells, updates as steps. */
export const marian: LogFormat = {
  id: 'marian',
  title: 'Marian',
  reference: 'https://marian-nmt.github.io/docs/',
  sniff: (head) => (matching(head, / Ep\. \d+ : Up\. \d+ : Sen\. /) > 0 ? 0.95 : 0),
  enough: 1,
  meaning,
  open: (recorder) => ({ lines: new TextLog(recorder) }),
  samples: [
    {
      text: '[2026-05-23 12:02:59] Ep. 9 : Up. 500 : Sen. 8,748 : Cost 1.25 * 1,273,373 @ 1,884 after 141,178,711 : Time 43.5s : 29259.2 words/s : gNorm 0.25 : L.r. 1.5e-04\n[2026-05-23 12:03:59] Ep. 9 : Up. 1000 : Sen. 9,748 : Cost 1.125 * 1,273,373 @ 1,884 after 142,178,711 : Time 43.5s : 29259.2 words/s : gNorm 0.5 : L.r. 1.5e-04\n',
      points: [
        ['Cost', 500, 1.25],
        ['gNorm', 500, 0.25],
        ['L.r.', 500, 1.5e-4],
        ['Cost', 1000, 1.125],
        ['gNorm', 1000, 0.5],
        ['L.r.', 1000, 1.5e-4],
      ],
    },
  ],
};
