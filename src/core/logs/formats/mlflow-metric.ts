import type { LogFormat } from '../format';
import { matching, stringLines } from '../lineFormat';
import type { Recorder } from '../recorder';
import { numberOf } from '../scan/printedNumbers';

const LINE = /^(1\d{12}) (-?[\d.]+(?:[eE][-+]?\d+)?|NaN|-?Infinity|nan|-?inf) (\d+)\s*$/;

/** The metric's name is its path below `metrics`. */
function nameOf(path: string): string {
  const parts = path.split(/[\\/]/);
  const folder = parts.lastIndexOf('metrics');
  return (folder < 0 ? parts.slice(-1) : parts.slice(folder + 1)).join('/') || 'value';
}

function open(recorder: Recorder, path: string): { lines: ReturnType<typeof stringLines> } {
  const name = nameOf(path);
  return {
    lines: stringLines((line, number) => {
      const match = LINE.exec(line);
      const key = recorder.keys.named(name);
      const step = recorder.keys.named('step');
      if (match !== null && key !== null && step !== null) {
        recorder.begin();
        recorder.add(step, Number(match[3]));
        recorder.add(key, numberOf(match[2] ?? ''));
        recorder.commit(number);
      }
    }),
  };
}

/** One file a metric in MLflow's file store: milliseconds, value, step. */
export const mlflowMetric: LogFormat = {
  id: 'mlflow-metric',
  title: 'MLflow metric file',
  reference: 'https://mlflow.org/docs/latest/tracking/backend-stores/',
  sniff(head) {
    const filled = head.lines.filter((line) => line.trim() !== '').length;
    return filled > 0 && matching(head, LINE) === filled ? 0.9 : 0;
  },
  enough: 0,
  open,
  samples: [
    {
      path: 'mlruns/0/1f/metrics/train/loss',
      text: '1628697792090 332.5 0\n1628697795789 NaN 1\n',
      points: [
        ['train/loss', 0, 332.5],
        ['train/loss', 1, Number.NaN],
      ],
    },
  ],
};
