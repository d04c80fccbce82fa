import { Uri } from 'vscode';
import type { RuleMeta } from '../../core/rules/rule';
import { codeHalf } from '../codeHalf';

/** A rule by its name or code; undefined for anything else. */
export function ruleByName(name: string): RuleMeta | undefined {
  return codeHalf().RULES.find((rule) => rule.name === name || rule.code === name);
}

/** Where the shipped pages of rules and remedies are. */
export class Pages {
  constructor(private readonly extensionUri: Uri) {}

  ofRule(rule: string): Uri | undefined {
    const name = ruleByName(rule)?.name;
    return name === undefined ? undefined : Uri.joinPath(this.extensionUri, 'media', 'rules', `${name}.md`);
  }

  ofRemedy(remedy: string): Uri | undefined {
    const id = codeHalf().remedyById(remedy)?.id;
    return id === undefined ? undefined : Uri.joinPath(this.extensionUri, 'media', 'remedies', `${id}.md`);
  }
}
