/**
 * Everything the host wants of the half of the engine that reads and judges logs, with what shows them. It is a bundle of its
 * own, as nothing of it is needed before a log is opened; see {@link file://./logHalf.ts}.
 */
export { readLog } from '../core/logs/logReader';
export { groupRunFiles, readRunFiles } from '../core/logs/runFolder';
export { createDiagnosis } from '../core/rules/engine';
export { serveCharts } from './editor/serveCharts';
export { formatsWith } from './logFormats';
export { olderPartsOf } from './sessions/olderParts';
export { openSession, sourceOf } from './sessions/openSession';
