import type { ConfigStore } from './config';
import type { ChartPanels } from './editor/chartPanel';
import type { DocumentFindings } from './language/documentFindings';
import type { Joins } from './language/joins';
import type { Pages } from './language/pages';
import type { PythonDocuments } from './language/pythonDocuments';
import type { PythonService } from './language/pythonService';
import type { Log } from './log';
import type { SessionStore } from './sessions/sessionStore';
import type { RunsModel } from './views/runsModel';

/** What commands work with; built once by `activate`. */
export interface Services {
  readonly log: Log;
  readonly config: ConfigStore;
  readonly sessions: SessionStore;
  readonly python: PythonService;
  readonly pythonDocuments: PythonDocuments;
  readonly findings: DocumentFindings;
  readonly joins: Joins;
  readonly pages: Pages;
  readonly runs: RunsModel;
  readonly charts: ChartPanels;
}
