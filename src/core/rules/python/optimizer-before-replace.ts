import { moveAfter } from '../../python/edits';
import type { OptimizerFact, PythonFacts } from '../../python/facts';
import { addTo } from '../../python/multimap';
import type { AssignStmt, Stmt } from '../../python/syntax/ast';
import { childBlocks, expressionsOf, statementsIn } from '../../python/syntax/walk';
import { insertAfter } from '../../remedies/edits/place';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { type ReplacedInMethod, replacedInMethods } from './replacedInMethod';
import { finding, place, safeFix, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI110',
  name: 'optimizer-before-replace',
  title: 'A layer is replaced after the optimizer took its parameters',
  severity: 'warning',
  subject: 'python',
  remedies: ['move-optimizer'],
  doc: {
    sees: 'In one function, an optimizer over `model.parameters()`, then `model.<layer> = nn....(...)`, and no further optimizer or `add_param_group` after that; also a model that keeps its own optimizer, and a method that replaces one of its layers.',
    why: 'The optimizer holds the parameters of the old layer. The new layer gets gradients, but no step ever changes it.',
    reference: {
      title: 'torch.optim, Constructing it',
      url: 'https://docs.pytorch.org/docs/stable/optim.html#constructing-it',
    },
    whenWrong:
      'When the new layer is to stay as it is. Layers without parameters (an activation, nn.Identity) are not looked at.',
    example: `import torch
import torch.nn as nn

def finetune(model, classes):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    model.fc = nn.Linear(512, classes)
    return model, optimizer
`,
    better: `import torch
import torch.nn as nn

def finetune(model, classes):
    model.fc = nn.Linear(512, classes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    return model, optimizer
`,
  },
};

const WITH_PARAMETERS =
  /^torch\.nn\.(?:Lazy)?(?:Linear|Conv\w*|Bilinear|Embedding\w*|RNN|LSTM|GRU|MultiheadAttention|Transformer\w*|BatchNorm\w*|LayerNorm|GroupNorm|Sequential|ModuleList|Parameter)$/;

export const optimizerBeforeReplace: PythonRule = {
  meta,
  check(facts) {
    const optimizers = facts.optimizers.filter(
      (one) => ownersOf(one).length > 0 && one.type.startsWith('torch.optim.'),
    );
    if (optimizers.length === 0) {
      return [];
    }
    const assigned = new Map<string | null, AssignStmt[]>();
    for (const stmt of facts.source.statements()) {
      if (stmt.kind === 'assign' && stmt.value?.kind === 'call' && stmt.targets[0]?.kind !== 'name') {
        addTo(assigned, facts.scopeOf(stmt), stmt);
      }
    }
    return [
      ...optimizers.flatMap((optimizer) =>
        checkOptimizer(facts, optimizer, assigned.get(optimizer.scope) ?? []),
      ),
      ...replacedInMethods(facts).map((one) => reportMethod(facts, one)),
    ];
  },
};

function reportMethod(facts: PythonFacts, { replacing, optimizer, value }: ReplacedInMethod): Finding {
  const statement = facts.statementOf(replacing);
  const fix = insertAfter(facts, statement, [`${optimizer} = ${value}`]);
  return finding(meta, {
    message: `${optimizer} holds the parameters of the layer that is replaced here: the new one is never updated.`,
    range: statement.range,
    fixes:
      fix === null
        ? []
        : [
            unsafeFix(
              facts,
              'move-optimizer',
              'Build the optimizer anew after the layer is replaced',
              [fix],
              true,
            ),
          ],
  });
}

function checkOptimizer(
  facts: PythonFacts,
  optimizer: OptimizerFact,
  /** In the same function. */
  assigned: readonly AssignStmt[],
): Finding[] {
  const later = assigned.filter((stmt) => facts.rangeOf(stmt).line > optimizer.statement.range.endLine);
  const owners = ownersOf(optimizer);
  const replacing = later.find((stmt) => replaces(facts, stmt, owners));
  if (replacing === undefined) {
    return [];
  }
  const range = facts.rangeOf(replacing);
  if (!isUsedBelow(facts, optimizer, range.endLine)) {
    return [];
  }
  const rebuilt = facts.optimizers.some(
    (other) => other !== optimizer && other.scope === optimizer.scope && other.call.line > range.line,
  );
  const added = facts.calls.some(
    ({ call }) =>
      call.func.kind === 'attribute' &&
      call.func.attr === 'add_param_group' &&
      facts.rangeOf(call).line > range.line,
  );
  if (rebuilt || added) {
    return [];
  }
  return [
    finding(meta, {
      message: `The optimizer (line ${optimizer.call.line}) holds the parameters of the layer that is replaced here: the new one is never updated.`,
      range,
      related: [place(facts, optimizer.call, 'The optimizer built before')],
      fixes: builtLater(
        facts,
        optimizer,
        later.filter((stmt) => replaces(facts, stmt, owners)),
      ),
    }),
  ];
}

/** Moves the optimizer below the last replacement in its own block, where nothing in between uses it. */
function builtLater(facts: PythonFacts, optimizer: OptimizerFact, replacing: readonly Stmt[]): Fix[] {
  const block = blocksOf(facts.body).find((one) =>
    one.some((stmt) => facts.rangeOf(stmt).line === optimizer.statement.range.line),
  );
  const from = block?.findIndex((stmt) => facts.rangeOf(stmt).line === optimizer.statement.range.line) ?? -1;
  const to = block?.findLastIndex((stmt) => replacing.includes(stmt)) ?? -1;
  const target = block?.[to];
  const { statement, name } = optimizer;
  if (block === undefined || target === undefined || from < 0 || to < from || name === null) {
    return [];
  }
  const between = block.slice(from + 1, to + 1);
  const used = statementsIn(between).some((stmt) =>
    expressionsOf(stmt).some((expr) => facts.textOf(facts.rangeOf(expr)) === name),
  );
  const below = facts.statementOf(target);
  return used || !statement.ownLines || !below.ownLines
    ? []
    : [
        safeFix(
          facts,
          'move-optimizer',
          'Build the optimizer after the layer is replaced',
          moveAfter(facts, statement, below),
        ),
      ];
}

/** Every block of statements, outermost first. */
function blocksOf(body: readonly Stmt[]): (readonly Stmt[])[] {
  return [body, ...body.flatMap((stmt) => childBlocks(stmt).flatMap(blocksOf))];
}

/** Whose parameters an optimizer holds, as written: the model, or the parts of it that its groups name. */
function ownersOf({ model, params }: OptimizerFact): readonly string[] {
  return model !== null
    ? [model]
    : [...(params ?? '').matchAll(/(?<![\w.])([\w.]+)\.(?:named_)?parameters\(\)/g)].map(
        (match) => match[1] ?? '',
      );
}

/** Is a variable that holds an optimizer read below a line, or may it be, in a function that is run then? */
function isUsedBelow(facts: PythonFacts, { name, scope, statement }: OptimizerFact, line: number): boolean {
  if (name === null || !/^\w+$/.test(name)) {
    return true;
  }
  const lines = facts.text.split('\n');
  const mentions = new RegExp(`(?<![\\w.])${name}\\b`);
  const others = scope === null ? lines.slice(0, statement.range.line - 1) : [];
  return [...others, ...lines.slice(line)].some((text) => mentions.test(text));
}

/** `model.fc = nn.Linear(...)`, `model.classifier[1] = nn.Linear(...)`, of a model or a part of it that has an owner's name. */
function replaces(facts: PythonFacts, stmt: AssignStmt, owners: readonly string[]): boolean {
  const [target] = stmt.targets;
  const name = stmt.value?.kind === 'call' ? facts.nameOf(stmt.value.func) : null;
  const builds =
    name !== null &&
    (WITH_PARAMETERS.test(name) || facts.classes.some((one) => one.name === name && one.kind === 'module'));
  if (!builds || target === undefined || target.kind === 'name') {
    return false;
  }
  const text = facts.textOf(facts.rangeOf(target));
  return owners.some(
    (owner) => text === owner || (text.startsWith(owner) && /^[.[]/.test(text.slice(owner.length))),
  );
}
