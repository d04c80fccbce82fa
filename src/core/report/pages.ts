/** The pages and tables that the README, `media/` and `explain` show; all of them are made from the registries. */
import type { Remedy } from '../remedies/remedy';
import type { RuleMeta } from '../rules/rule';

/** File name of a rule's page inside `media/rules`. */
export function rulePageName(meta: RuleMeta): string {
  return `${meta.name}.md`;
}

/** A rule's page in Markdown. `remedies` describes every remedy there is. */
export function rulePage(meta: RuleMeta, remedies: readonly Remedy[]): string {
  const { doc } = meta;
  const fence = meta.subject === 'python' ? 'python' : 'text';
  const lines = [
    `# ${meta.code} ${meta.name}`,
    '',
    `**${meta.title}**  `,
    `Reads ${meta.subject === 'python' ? 'Python code' : 'training logs'}. Default severity: ${meta.severity}.`,
    '',
    '## What it sees',
    '',
    doc.sees,
    '',
    '## Why it matters',
    '',
    doc.why,
    '',
    `Reference: [${doc.reference.title}](${doc.reference.url})`,
    '',
    '## When it is wrong',
    '',
    doc.whenWrong,
    '',
    '## Example',
    '',
    `\`\`\`${fence}`,
    excerpt(doc.example),
    '```',
    '',
    '## Better',
    '',
    `\`\`\`${fence}`,
    excerpt(doc.better),
    '```',
    '',
    '## Remedies',
    '',
    ...meta.remedies.flatMap((id) => {
      const remedy = remedies.find((other) => other.id === id);
      return remedy === undefined
        ? []
        : [`- [${remedy.title}](../remedies/${id}.md) (\`${id}\`): ${remedy.helps} ${remedy.doesNotHelp}`];
    }),
    ...(meta.remedies.length === 0 ? ['None: it is a fact to know, not a defect to mend.'] : []),
    '',
    '## How to silence it',
    '',
    silence(meta),
    '',
  ];
  return lines.join('\n');
}

/** Long example logs are shown by their first lines. */
const EXCERPT_LINES = 24;

function excerpt(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length <= EXCERPT_LINES
    ? lines.join('\n')
    : [...lines.slice(0, EXCERPT_LINES), '…'].join('\n');
}

function silence(meta: RuleMeta): string {
  const setting = `\`"gradientInspector.rules": { "${meta.name}": "off" }\` in the settings`;
  return meta.subject === 'python'
    ? `A comment \`# gradient-inspector: ignore[${meta.name}]\` on the line or the line above it; or ${setting}.`
    : `${setting}. On the command line: \`--ignore ${meta.name}\`.`;
}

/** A remedy's page in Markdown. */
export function remedyPage(remedy: Remedy): string {
  return [
    `# ${remedy.title}`,
    '',
    `\`${remedy.id}\``,
    '',
    '## When it helps',
    '',
    remedy.helps,
    '',
    '## When it does not',
    '',
    remedy.doesNotHelp,
    '',
    '## How',
    '',
    remedy.howTo.trim(),
    '',
    `Reference: [${remedy.reference.title}](${remedy.reference.url})`,
    '',
  ].join('\n');
}

/** The rules as a Markdown table, for the README. */
export function rulesTable(rules: readonly RuleMeta[]): string {
  const rows = rules.map(
    (meta) =>
      `| ${meta.code} | [${meta.name}](media/rules/${rulePageName(meta)}) | ${meta.title} | ${meta.severity} |`,
  );
  return ['| code | rule | what it sees | severity |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
