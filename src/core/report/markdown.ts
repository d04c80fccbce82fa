/** Text from logs, paths and names on its way into Markdown: what it says is shown, never interpreted. */

/** A name is cut here: a log can hold a line of any length. */
const LONGEST_TEXT = 300;

/** ASCII punctuation, all of which Markdown lets be escaped; `<` and `&` become entities besides. */
const PUNCTUATION = /[!"#$%'()*+,\-./:=>?@[\\\]^_`{|}~]/g;

/** Line breaks, control characters, what is no character (XML allows none), and the marks that turn the reading direction around. */
const UNSEEN = /[\p{Cc}\p{Cs}\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]+/gu;

/** Any text as plain words inside a Markdown paragraph: no markup, no link (not even a bare address), no HTML. */
export function escapeMarkdown(text: string): string {
  return cut(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(PUNCTUATION, '\\$&');
}

/** Any text as inline code; its own backticks cannot end it. */
export function codeSpan(text: string): string {
  const clean = cut(text);
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return clean.trim() === '' ? '' : `${fence}${pad}${clean}${pad}${fence}`;
}

/** Any text inside an XML or HTML element or attribute. */
export function escapeXml(text: string): string {
  return cut(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

function cut(text: string): string {
  const clean = text.slice(0, LONGEST_TEXT * 2).replace(UNSEEN, ' ');
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}…` : clean;
}
