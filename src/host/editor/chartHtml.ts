/**
 * The page's HTML: our own script and style sheet, and a nonce. No data is ever in it; everything comes by message after the
 * page has asked. Script, style and font are in the page itself because fetching a file through VS Code's resource loader takes
 * longer than all that the script does before the first curve, and because a page that fetches something is neither shown nor
 * handed a message before that has come.
 */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  readonly nonce: string;
}

export function chartHtml({ script, style, nonce }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    'font-src data:',
    'img-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style nonce="${escapeAttribute(nonce)}">${inElement(style)}</style>
    <title>Gradient Charts</title>
  </head>
  <body>
    <main id="page"></main>
    <script nonce="${escapeAttribute(nonce)}">${inElement(script)}</script>
  </body>
</html>
`;
}

/** Inside strings and regular expressions, the only places where these can stand in a bundle, a backslash changes nothing. */
function inElement(text: string): string {
  return text.replace(/<(?=\/(?:script|style)|!--)/gi, '\\x3c');
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
