export type Settings = Readonly<Record<string, unknown>>;

export type Theme = 'dark' | 'light' | 'high-contrast';

/** By the names that settings call them. */
export const THEMES: Readonly<Record<Theme, string>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
};

/** User settings without start-up dialogs, downloads or anything else that a test does not ask for. */
export function userSettings(theme: Theme, more: Settings = {}): Settings {
  return {
    'workbench.colorTheme': THEMES[theme],
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'security.workspace.trust.enabled': false,
    'chat.disableAIFeatures': true,
    'extensions.autoCheckUpdates': false,
    'extensions.ignoreRecommendations': true,
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'git.enabled': false,
    ...more,
  };
}
