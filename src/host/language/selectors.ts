import type { DocumentSelector } from 'vscode';
import { LOG_EXTENSIONS, LOG_LANGUAGES } from './candidates';

/** Documents that may be logs. Features that are asked for one still look at its session: most are none. */
export const LOG_SELECTOR: DocumentSelector = [
  ...LOG_LANGUAGES.map((language) => ({ language })),
  { pattern: `**/*.{${LOG_EXTENSIONS.join(',')}}` },
  { pattern: `**/*.{${LOG_EXTENSIONS.join(',')}}.[0-9]*` },
];

export const PYTHON_SELECTOR: DocumentSelector = { language: 'python' };

export const EVERY_SELECTOR: DocumentSelector = [...[LOG_SELECTOR].flat(), { language: 'python' }];
