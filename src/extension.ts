import { type ExtensionContext, window } from 'vscode';
import { registerCommands } from './host/commands';
import { explainFinding } from './host/commands/explainFinding';
import { insertGradientLogging } from './host/commands/insertGradientLogging';
import { ConfigStore } from './host/config';
import { registerContextKeys } from './host/contextKeys';
import { DisposableStore } from './host/disposables';
import { registerChartEditor } from './host/editor/chartEditor';
import { ChartPanels, type ChartServices } from './host/editor/chartPanel';
import { pickRuns } from './host/editor/pickRuns';
import { rememberedWidth } from './host/editor/rememberedWidth';
import { applyClip } from './host/language/applyClip';
import { applyFix } from './host/language/applyFix';
import { registerCodeActions } from './host/language/codeActions';
import { registerCodeLenses } from './host/language/codeLenses';
import { registerDiagnostics } from './host/language/diagnostics';
import { DocumentFindings } from './host/language/documentFindings';
import { registerFlow } from './host/language/flowFeatures';
import { FlowForecasts } from './host/language/flowForecasts';
import { registerHovers } from './host/language/hovers';
import { registerInlayHints } from './host/language/inlayHints';
import { Joins } from './host/language/joins';
import { LogDocuments } from './host/language/logDocuments';
import { Pages } from './host/language/pages';
import { PythonDocuments } from './host/language/pythonDocuments';
import { PythonService } from './host/language/pythonService';
import { registerRejoining } from './host/language/rejoining';
import { RunEvidence } from './host/language/runEvidence';
import { logHalf } from './host/logHalf';
import { withLevels } from './host/ruleLevels';
import type { Services } from './host/services';
import { SessionStore } from './host/sessions/sessionStore';
import { RunsModel } from './host/views/runsModel';
import { registerTrainingRuns } from './host/views/trainingRuns';

/** Builds the objects and registers them; nothing is read before a log or Python file is open or a command is run. */
export function activate(context: ExtensionContext): void {
  const started = performance.now();
  const { extensionUri, subscriptions } = context;
  const own = new DisposableStore();
  subscriptions.push(own);

  const log = own.add(window.createOutputChannel('Gradient Inspector', { log: true }));
  const config = own.add(new ConfigStore());
  const pages = new Pages(extensionUri);
  const python = new PythonService(extensionUri, log);
  const joins = new Joins(python);
  const sessions: SessionStore = own.add(
    new SessionStore((uri) => {
      const { formatsWith, openSession } = logHalf();
      return openSession(uri, {
        select: (findings) => withLevels(findings, config.current.rules),
        join: (run, findings, facts) => joins.join(uri, run, findings, { facts }),
        formats: formatsWith(config.current.logFormats, log),
        company: () => sessions.all.length,
        log,
      });
    }),
  );
  const logDocuments = own.add(new LogDocuments(sessions, config));
  const pythonDocuments = own.add(new PythonDocuments(python, config, log));
  const runs = own.add(new RunsModel());
  const evidence = own.add(new RunEvidence(runs));
  const findings = own.add(
    new DocumentFindings(sessions, logDocuments, pythonDocuments, evidence, joins, config),
  );
  const chartServices: ChartServices = {
    extensionUri,
    sessions,
    log,
    width: rememberedWidth(context.globalState),
    commands: {
      explainRule: (rule) => explainFinding(services, rule),
      applyFix: (session, finding, fix, column, preview) =>
        applyFix(fix, finding, session, sessions, joins, column, preview),
      applyClip: (session, bound, column) => applyClip(session, bound, joins, column),
      insertLogging: () => insertGradientLogging(services),
      pickRuns: (own, compared) => pickRuns(own, compared, runs),
    },
  };
  const charts = own.add(new ChartPanels(chartServices));
  const services: Services = {
    log,
    config,
    sessions,
    python,
    pythonDocuments,
    findings,
    joins,
    pages,
    runs,
    charts,
  };

  own.add(config.onDidChange(() => sessions.reselectAll()));
  own.add(sessions.onDidChange((session) => runs.updateFrom(session)));
  own.add(sessions.onDidClose((uri) => runs.closed(uri)));
  own.add(registerRejoining(pythonDocuments, sessions));
  own.add(registerDiagnostics(findings, runs, evidence, pages, config));
  own.add(registerHovers(findings, sessions));
  own.add(registerInlayHints(sessions, joins, config));
  own.add(registerCodeLenses(logDocuments, findings, config));
  const forecasts = new FlowForecasts(pythonDocuments, config, python);
  own.add(registerFlow(forecasts, pythonDocuments, config));
  own.add(registerCodeActions(findings, sessions, joins, forecasts));
  own.add(registerTrainingRuns(runs));
  own.add(registerContextKeys(sessions, log));
  own.add(registerChartEditor(chartServices));
  own.add(registerCommands(services));

  // Documents that were open before us wait until the editor has started.
  const start = setImmediate(() => {
    logDocuments.takeAll();
    pythonDocuments.takeAll();
  });
  own.add({ dispose: () => clearImmediate(start) });
  log.debug(`Activated in ${(performance.now() - started).toFixed(1)} ms`);
}
