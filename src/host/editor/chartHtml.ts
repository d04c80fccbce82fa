/**
 * The page's HTML: a fixed text in which only addresses of our own files and a nonce vary. No data is ever in it;
 * everything comes by message after the page has asked.
 */
export interface PageAddresses {
  readonly script: string;
  readonly style: string;
  /** The source expression by which the webview allows our own folder. */
  readonly cspSource: string;
  readonly nonce: string;
}

export function chartHtml({ script, style, cspSource, nonce }: PageAddresses): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    'img-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escapeAttribute(style)}">
    <title>Gradient Charts</title>
  </head>
  <body>
    <main id="page"></main>
    <script nonce="${escapeAttribute(nonce)}" src="${escapeAttribute(script)}"></script>
  </body>
</html>
`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
