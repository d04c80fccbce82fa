import { ConfigurationTarget, window, workspace } from 'vscode';
import { ruleByName } from '../language/pages';

/** Switches a rule off in the settings: of the workspace if there is one, of the person otherwise. */
export async function silenceRule(_services: unknown, argument?: unknown): Promise<void> {
  const rule = typeof argument === 'string' ? ruleByName(argument) : undefined;
  if (rule === undefined) {
    return;
  }
  const hasWorkspace = workspace.workspaceFolders !== undefined;
  const settings = workspace.getConfiguration('gradientInspector');
  const inspected = settings.inspect<Record<string, unknown>>('rules');
  const present = (hasWorkspace ? inspected?.workspaceValue : inspected?.globalValue) ?? {};
  await settings.update(
    'rules',
    { ...present, [rule.name]: 'off' },
    hasWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global,
  );
  window.setStatusBarMessage(
    `${rule.name} is off in the ${hasWorkspace ? 'workspace' : 'user'} settings`,
    5000,
  );
}
