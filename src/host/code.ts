/**
 * Everything the host wants of the half of the engine that reads, judges and mends code. It is a bundle of its own,
 * as most of the extension's weight is here; see {@link file://./codeHalf.ts}.
 */
export { forecastFixes } from '../core/flow/fixForecasts';
export { forecastFlow } from '../core/flow/forecast';
export { joinRunWithSources } from '../core/link/join';
export { createPythonAnalyzer } from '../core/python/analyze';
export { insertGradientLogging } from '../core/python/insertLogging';
export { clipGradNorm } from '../core/remedies/clip-grad-norm';
export { hasRateElsewhere } from '../core/remedies/edits/rates';
export { remedyById } from '../core/remedies/registry';
export { settingsCandidates } from '../core/remedies/settings';
export { RULES } from '../core/rules/registry';
