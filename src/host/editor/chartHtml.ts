/**
 * The page's HTML: our own script and style sheet, a nonce, and the address of the icons' font. No data is ever in it;
 * everything comes by message after the page has asked. Script and style are in the page itself because fetching a file through
 * VS Code's resource loader takes longer than all that the script does before the first curve.
 */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** Where the files lie that the style sheet names, as the webview sees it. */
  readonly folder: string;
  /** The source expression by which the webview allows our own folder. */
  readonly cspSource: string;
  readonly nonce: string;
}

export function chartHtml({ script, style, folder, cspSource, nonce }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    'img-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style nonce="${escapeAttribute(nonce)}">${inElement(withAddresses(style, folder))}</style>
    <title>Gradient Charts</title>
  </head>
  <body>
    <main id="page"></main>
    <script nonce="${escapeAttribute(nonce)}">${inElement(script)}</script>
  </body>
</html>
`;
}

/** A relative address would be looked for beside the page, which has no folder. */
function withAddresses(style: string, folder: string): string {
  return style.replace(
    /url\("\.\/([\w.?-]+)"\)/g,
    (_, file: string) => `url("${folder.replaceAll('"', '%22')}/${file}")`,
  );
}

/** Inside strings and regular expressions, the only places where these can stand in a bundle, a backslash changes nothing. */
function inElement(text: string): string {
  return text.replace(/<(?=\/(?:script|style)|!--)/gi, '\\x3c');
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
