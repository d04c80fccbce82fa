import type { LogFormat } from '../format';
import type { KeyMeaning } from '../keyMeaning';
import { meaningOf } from '../keys';
import { TextLog } from '../textLog';

/** Keys of the Trainer's closing record, which sums the run up. */
export function trainerMeaning(name: string): KeyMeaning {
  const meaning = meaningOf(name);
  return name === 'train_loss' ? { ...meaning, split: 'summary' } : meaning;
}

const RECORD = /\{\s?['"](?:loss|eval_loss|grad_norm|train_runtime|eval_runtime)['"]: /;

/** Dict lines that the Hugging Face Trainer (TRL, LLaMA-Factory, axolotl, unsloth, ms-swift) prints to the console. */
export const hfTrainer: LogFormat = {
  id: 'hf-trainer',
  title: 'Hugging Face Trainer output',
  reference: 'https://huggingface.co/docs/transformers/main_classes/callback#transformers.PrinterCallback',
  sniff: (head) =>
    !head.binary && head.lines.some((line) => RECORD.test(line) && line.includes("{'")) ? 0.9 : 0,
  enough: 1,
  meaning: trainerMeaning,
  open: (recorder) => ({ lines: new TextLog(recorder) }),
  samples: [
    {
      text: "{'loss': 5.5, 'grad_norm': 1.25, 'learning_rate': 1e-05, 'epoch': 0.5}\n{'eval_loss': 3.5, 'epoch': 0.5}\n{'loss': 4.5, 'grad_norm': nan, 'learning_rate': 5e-06, 'epoch': 1.0}\n{'train_runtime': 2.5, 'train_loss': 5.0, 'epoch': 1.0}\n",
      points: [
        ['loss', 0.5, 5.5],
        ['grad_norm', 0.5, 1.25],
        ['learning_rate', 0.5, 1e-5],
        ['loss', 1, 4.5],
        ['grad_norm', 1, Number.NaN],
        ['learning_rate', 1, 5e-6],
      ],
    },
    {
      text: "{'loss': '-0.1081', 'grad_norm': '0.3156', 'learning_rate': '8e-06', 'epoch': '0.0625'}\n",
      points: [
        ['loss', 0.0625, -0.1081],
        ['grad_norm', 0.0625, 0.3156],
        ['learning_rate', 0.0625, 8e-6],
      ],
    },
  ],
};
