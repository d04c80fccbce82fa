import type { LogFormat } from '../format';
import { matching, stringLines } from '../lineFormat';
import type { Recorder } from '../recorder';
import { numberOf } from '../scan/printedNumbers';

const HEADER = /^\s*(\S{1,300}) \| shape: torch\.Size\(/;
const VALUE = /^\s+(norm|mean|std|max|min):\s+(-?[\d.]+(?:e[-+]?\d+)?|nan|inf|-inf)\s*$/i;

/** A block a parameter: its name and shape, then norm, mean and deviation of its gradient. */
function open(recorder: Recorder): { lines: ReturnType<typeof stringLines> } {
  let parameter = '';
  return {
    lines: stringLines((line, number) => {
      const header = HEADER.exec(line);
      if (header !== null) {
        parameter = header[1] ?? '';
        return;
      }
      const value = VALUE.exec(line);
      if (value === null || parameter === '') {
        return;
      }
      const statistic = value[1]?.toLowerCase() ?? '';
      // The norm goes by the parameter's name alone; other statistics are curves beside it.
      const key = recorder.keys.named(
        statistic === 'norm' ? `grad_norm/${parameter}` : `${statistic} of ${parameter}`,
      );
      if (key !== null) {
        recorder.begin();
        recorder.add(key, numberOf(value[2] ?? ''));
        recorder.commit(number);
      }
    }),
  };
}

/** Statistics printed as a block for each parameter. */
export const gradientBlocks: LogFormat = {
  id: 'gradient-blocks',
  title: 'Blocks of gradient statistics, one a parameter',
  reference:
    'https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.named_parameters',
  sniff: (head) => (matching(head, HEADER) > 0 && matching(head, /^gradient stats:/) > 0 ? 0.95 : 0),
  enough: 1,
  open,
  samples: [
    {
      text: 'body.0.weight | shape: torch.Size([65])\ngradient stats:\n  norm: 0.0024\n  mean: -0.0000\n  std: 0.0003\n\nbody.1.bias | shape: torch.Size([65])\ngradient stats:\n  norm: nan\n  mean: nan\n',
      points: [
        ['grad_norm/body.0.weight', 0, 0.0024],
        ['grad_norm/body.1.bias', 0, Number.NaN],
      ],
    },
  ],
};
