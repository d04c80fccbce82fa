import { Uri } from 'vscode';
import { remedyById } from '../../core/remedies/registry';
import { RULES } from '../../core/rules/registry';
import type { RuleMeta } from '../../core/rules/rule';

const RULE_BY_NAME: ReadonlyMap<string, RuleMeta> = new Map(
  RULES.flatMap((rule) => [[rule.name, rule] as const, [rule.code, rule] as const]),
);

/** A rule by its name or code; undefined for anything else. */
export function ruleByName(name: string): RuleMeta | undefined {
  return RULE_BY_NAME.get(name);
}

/** Where the shipped pages of rules and remedies are. */
export class Pages {
  constructor(private readonly extensionUri: Uri) {}

  ofRule(rule: string): Uri | undefined {
    const name = ruleByName(rule)?.name;
    return name === undefined ? undefined : Uri.joinPath(this.extensionUri, 'media', 'rules', `${name}.md`);
  }

  ofRemedy(remedy: string): Uri | undefined {
    const id = remedyById(remedy)?.id;
    return id === undefined ? undefined : Uri.joinPath(this.extensionUri, 'media', 'remedies', `${id}.md`);
  }
}
