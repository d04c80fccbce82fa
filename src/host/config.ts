import { type ConfigurationChangeEvent, type Disposable, type Event, workspace } from 'vscode';
import { Emitter } from './emitter';
import { isRuleLevel, type RuleLevels } from './ruleLevels';

const SECTION = 'gradientInspector';

/** The settings, as read at one moment. */
export interface Config {
  readonly enable: boolean;
  /** By rule name or code. */
  readonly rules: RuleLevels;
  readonly pythonEnable: boolean;
  /** Mark lines of code with what the runs' logs show. */
  readonly pythonRunEvidence: boolean;
  readonly lensEnable: boolean;
  /** Say what a model's code lets expect of its gradients. */
  readonly flowEnable: boolean;
  /** Log formats of the person's own, as written in the settings: not checked yet. */
  readonly logFormats: readonly unknown[];
  /** Files that Analyze Workspace looks at, at most. */
  readonly maxFiles: number;
}

/** Reads the settings once per change; everybody asks here. */
export class ConfigStore implements Disposable {
  private snapshot = readConfig();
  private readonly changed = new Emitter<Config>();
  private readonly subscription: Disposable;
  readonly onDidChange: Event<Config> = this.changed.event;

  constructor() {
    this.subscription = workspace.onDidChangeConfiguration((event: ConfigurationChangeEvent) => {
      if (event.affectsConfiguration(SECTION)) {
        this.snapshot = readConfig();
        this.changed.fire(this.snapshot);
      }
    });
  }

  get current(): Config {
    return this.snapshot;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

function readConfig(): Config {
  const settings = workspace.getConfiguration(SECTION);
  const rules = settings.get<Record<string, unknown>>('rules', {});
  return Object.freeze({
    enable: settings.get('enable', true),
    rules: Object.freeze(
      Object.fromEntries(
        Object.entries(rules).flatMap(([rule, level]) =>
          isRuleLevel(level) ? [[rule, level] as const] : [],
        ),
      ),
    ),
    pythonEnable: settings.get('python.enable', true),
    pythonRunEvidence: settings.get('python.runEvidence', true),
    lensEnable: settings.get('lens.enable', true),
    flowEnable: settings.get('flow.enable', true),
    logFormats: Object.freeze(asArray(settings.get<unknown>('logFormats', []))),
    maxFiles: Math.max(1, settings.get('maxFiles', 2000)),
  });
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
