import type { LogFormat } from './format';
import { csv } from './formats/csv';
import { hfTrainer } from './formats/hf-trainer';
import { jsonLines } from './formats/json-lines';
import { text } from './formats/text';
import { trainerState } from './formats/trainer-state';

/** Every log format, special ones first. The README's list is generated from it. */
export const FORMATS: readonly LogFormat[] = [trainerState, hfTrainer, jsonLines, csv, text];
