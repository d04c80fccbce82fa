import { commands, type Disposable, window } from 'vscode';
import { DisposableStore } from '../disposables';
import { showFlow } from '../language/flowFeatures';
import { errorText } from '../log';
import type { Services } from '../services';
import { analyzeCurrentLog } from './analyzeCurrentLog';
import { analyzeWorkspace } from './analyzeWorkspace';
import { explainFinding } from './explainFinding';
import { forgetRun } from './forgetRun';
import { goToLayer } from './goToLayer';
import { insertGradientLogging } from './insertGradientLogging';
import { openCharts } from './openCharts';
import { showLog } from './showLog';
import { silenceRule } from './silenceRule';

type Command = (services: Services, ...args: readonly unknown[]) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  'gradientInspector.analyzeCurrentLog': analyzeCurrentLog,
  'gradientInspector.analyzeWorkspace': analyzeWorkspace,
  'gradientInspector.openCharts': openCharts,
  'gradientInspector.explainFinding': explainFinding,
  'gradientInspector.insertGradientLogging': insertGradientLogging,
  'gradientInspector.forgetRun': forgetRun,
  'gradientInspector.goToLayer': goToLayer,
  'gradientInspector.goToLine': goToLayer,
  'gradientInspector.silenceRule': silenceRule,
  'gradientInspector.showFlow': (_services, line) => showFlow(line),
  'gradientInspector.showLog': showLog,
};

/** A command that fails says so: the person asked for it. */
export function registerCommands(services: Services): Disposable {
  const store = new DisposableStore();
  for (const [id, command] of Object.entries(COMMANDS)) {
    store.add(
      commands.registerCommand(id, async (...args: readonly unknown[]) => {
        try {
          await command(services, ...args);
        } catch (error) {
          services.log.error(`${id} failed: ${errorText(error)}`);
          const choice = await window.showErrorMessage(`Gradient Inspector: ${errorText(error)}`, 'Show Log');
          if (choice !== undefined) {
            services.log.show();
          }
        }
      }),
    );
  }
  return store;
}
