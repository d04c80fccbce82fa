/** The colours and fonts of the person's theme, read anew whenever it changes. */
export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly focus: string;
  readonly severity: {
    readonly error: string;
    readonly warning: string;
    readonly info: string;
    readonly hint: string;
  };
  /** Six hues; more series than that differ by dash and marker. */
  readonly hues: readonly string[];
  readonly font: string;
  readonly fontSize: number;
  readonly isHighContrast: boolean;
}

const HUES = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const token = (name: string) => style.getPropertyValue(`--gi-${name}`).trim();
  const { classList } = document.body;
  return {
    foreground: token('foreground'),
    muted: token('muted'),
    background: token('background'),
    grid: token('grid'),
    focus: token('focus'),
    severity: {
      error: token('error'),
      warning: token('warning'),
      info: token('info'),
      hint: token('hint'),
    },
    hues: HUES.map((hue) => token(hue)),
    font: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize) || 13,
    isHighContrast:
      classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light'),
  };
}

/** VS Code changes the classes of the body and the variables on the root element. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
}
