/** Programs with a known defect, or none, and the logs they wrote; real logs of healthy runs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BytesSource } from '../../../src/core/io/fileSource';
import { readLog } from '../../../src/core/logs/logReader';
import type { PythonAnalysis } from '../../../src/core/python/analyze';
import type { Run } from '../../../src/core/run/run';
import { pythonAnalyzer } from '../../unit/python/analyzer';
import type { DefectClass } from '../rules-published/rule';

/** Logs of the corpus whose runs are healthy, with gradient norms over many rows. */
export const HEALTHY_LOGS: readonly string[] = [
  'build-nanogpt/nanogpt-train-1806877.out',
  'llm.c/main.log',
  'gpt-neox/llemma_slurm.out',
  'hf-trainer-state/medbot_trainer_state.json',
  'hf-trainer-state/star_dpo_trainer_state.json',
  'hf-trainer-state/trainproof_healthy_seed42.json',
  'lerobot/train_error.txt',
  'maxtext/metrics.txt',
  'metrics-jsonl/openpi_train_log.jsonl',
  'mmengine/mask2former_20230523.json',
  'ms-swift/logging_internvl2.jsonl',
  'lightning-csv/diffwave_grad_norm_global.csv',
  'olmo/olmo150m_train.log',
];

/** The project's own labelled programs, a table for each half that is there. */
export const EXAMS = [
  ['exam', 'In view while the rules were made.'],
  [
    'exam-held',
    'Kept out of view; first scored when the rules were done (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-third',
    'Written later, and scored once before anybody looked (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-fourth',
    'Written later again by somebody else, and scored once before anybody looked (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-fourth-held',
    'The other half of that set, kept out of view; scored once when the rules were done (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-fifth',
    'Written by somebody else again, and scored once before anybody looked (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-fifth-held',
    'The other half of that set, kept out of view; scored once when the rules were done (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-sixth',
    'Written by somebody else after the classes, causes and formats of gradbench, and scored once before anybody looked (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-sixth-held',
    'The other half of that set, kept out of view; scored once when the rules were done (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-seventh',
    'Written by somebody else again after gradbench, and scored once before anybody looked (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-seventh-held',
    'The other half of that set, kept out of view; scored once when the rules were done (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-eighth',
    'Written by somebody else again after gradbench, and scored once before anybody looked (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-eighth-held',
    'The other half of that set, kept out of view; scored once when the rules were done (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-ninth',
    'Written by two people who had not seen the product, after gradbench, and scored once before anybody looked (test/bench/exam/README.md has that score).',
  ],
  [
    'exam-ninth-held',
    'The other half of that set, kept out of view; scored once when the rules were done (test/bench/exam/README.md has that score).',
  ],
] as const;

export interface LabelledRun {
  readonly id: string;
  /** Null: not read as a log, and so nothing said of it. */
  readonly run: Run | null;
  readonly defect: DefectClass | 'none';
  /** Other classes that can truthfully be named for this log (a run that explodes and ends in NaN); null: not labelled. */
  readonly alsoTrue: readonly DefectClass[] | null;
  readonly onset: number | null;
  readonly steps: number;
  /** Parameters that a finding may truthfully name, as the label lists them; empty: not labelled. */
  readonly parameters: readonly string[];
  /** The program that wrote the log. */
  readonly sources: readonly PythonAnalysis[];
}

export async function read(path: string): Promise<Run | null> {
  return readLog(new BytesSource(path, new Uint8Array(readFileSync(path))));
}

/** Programs with a known defect, or none, and the logs they wrote. */
export async function labelledRuns(folder: string): Promise<readonly LabelledRun[]> {
  const runs: LabelledRun[] = [];
  const analyzer = await pythonAnalyzer();
  for (const id of readdirSync(folder).sort()) {
    const truth: unknown = JSON.parse(readFileSync(join(folder, id, 'case.json'), 'utf8'));
    const {
      defect,
      also_true: alsoTrue = null,
      log,
      log_truth: times,
      parameters = times.layers ?? [],
    } = truth as {
      readonly defect: DefectClass | 'none';
      readonly also_true?: readonly DefectClass[];
      readonly log: { readonly file: string };
      readonly log_truth: {
        readonly steps: number;
        readonly onset_step: number | null;
        readonly layers?: readonly string[];
      };
      readonly parameters?: readonly string[];
    };
    const run = await read(join(folder, id, log.file));
    const sources = readdirSync(join(folder, id))
      .filter((file) => file.endsWith('.py'))
      .map((file) => analyzer.analyze(join(folder, id, file), readFileSync(join(folder, id, file), 'utf8')))
      .filter((source) => source !== null);
    runs.push({
      id,
      run,
      defect,
      alsoTrue,
      onset: times.onset_step,
      steps: times.steps,
      parameters,
      sources,
    });
  }
  return runs;
}
