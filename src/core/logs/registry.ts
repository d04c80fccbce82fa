import type { LogFormat } from './format';
import { csv } from './formats/csv';
import { espnet } from './formats/espnet';
import { gradientBlocks } from './formats/gradient-blocks';
import { hfTrainer } from './formats/hf-trainer';
import { icefall } from './formats/icefall';
import { jsonColumns } from './formats/json-columns';
import { jsonLines } from './formats/json-lines';
import { jsonMessages } from './formats/json-messages';
import { jsonRecords } from './formats/json-records';
import { jsonSummary } from './formats/json-summary';
import { kerasFit } from './formats/keras-fit';
import { llmC } from './formats/llm-c';
import { loggerTable } from './formats/logger-table';
import { marian } from './formats/marian';
import { mlflowMetric } from './formats/mlflow-metric';
import { notebook } from './formats/notebook';
import { tacotron } from './formats/tacotron';
import { tensorboard } from './formats/tensorboard';
import { text } from './formats/text';
import { trainVal } from './formats/train-val';
import { trainerState } from './formats/trainer-state';
import { ultralytics } from './formats/ultralytics';
import { wandb, wandbConsole } from './formats/wandb';
import { wenet } from './formats/wenet';

/** Every log format, special ones first. The README's list is generated from it. */
export const FORMATS: readonly LogFormat[] = [
  tensorboard,
  wandb,
  wandbConsole,
  trainerState,
  notebook,
  hfTrainer,
  llmC,
  espnet,
  icefall,
  marian,
  tacotron,
  wenet,
  gradientBlocks,
  kerasFit,
  ultralytics,
  loggerTable,
  mlflowMetric,
  jsonRecords,
  jsonColumns,
  jsonSummary,
  jsonLines,
  jsonMessages,
  csv,
  trainVal,
  text,
];
