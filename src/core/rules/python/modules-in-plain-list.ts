import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import { activationOf } from '../../python/layers';
import type { AssignStmt, ClassStmt, Expr, Stmt } from '../../python/syntax/ast';
import { expressionsIn, expressionsOf, statementsIn } from '../../python/syntax/walk';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI203',
  name: 'modules-in-plain-list',
  title: 'Layers in a plain list are not registered',
  severity: 'error',
  subject: 'python',
  remedies: ['module-list'],
  doc: {
    sees: 'In an `nn.Module`, a list, dict or comprehension of layers with parameters that is assigned to an attribute (or an empty list that layers are appended to), and is not handed to `Sequential`, `ModuleList` or `add_module`, nor its parameters collected by hand.',
    why: '`parameters()` does not see these layers: the optimizer never updates them, `.to(device)` does not move them, and they are missing from the state dict.',
    reference: {
      title: 'torch.nn.ModuleList',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html',
    },
    whenWrong: 'A frozen teacher or reference model kept out of the parameters on purpose.',
    example: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self, depth=4):
        super().__init__()
        self.layers = [nn.Linear(64, 64) for _ in range(depth)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return x
`,
    better: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self, depth=4):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(depth)])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return x
`,
  },
};

/** Kept out of the parameters on purpose, by their names. */
const HIDDEN_ON_PURPOSE = /teacher|target|frozen|reference|ema/i;

export const modulesInPlainList: PythonRule = {
  meta,
  check: (facts) =>
    facts.source.scopes.flatMap(({ node }) => (node?.kind === 'class' ? checkClass(facts, node) : [])),
};

function checkClass(facts: PythonFacts, node: ClassStmt): Finding[] {
  const { line } = facts.rangeOf(node);
  const owner = facts.classes.find((one) => one.name === node.name && one.range.line === line);
  const init = node.body.find((stmt) => stmt.kind === 'function' && stmt.name === '__init__');
  if ((owner?.kind !== 'module' && owner?.kind !== 'lightning') || init?.kind !== 'function') {
    return [];
  }
  const self = init.params[0]?.name ?? 'self';
  return statementsIn(init.body).flatMap((stmt) => {
    const attr = stmt.kind === 'assign' ? selfAttribute(stmt, self) : null;
    if (stmt.kind !== 'assign' || stmt.value === null || attr === null) {
      return [];
    }
    const appended = isEmptyList(stmt.value) && appendsLayers(facts, node, self, attr);
    if (!(appended || holdsLayers(facts, stmt.value)) || isCollected(facts, node, self, attr)) {
      return [];
    }
    return [
      finding(meta, {
        message: `The layers in self.${attr} are not registered: parameters() does not see them, so no optimizer trains them.`,
        range: facts.rangeOf(stmt),
        fixes: fixes(facts, stmt.value),
      }),
    ];
  });
}

function selfAttribute(stmt: AssignStmt, self: string): string | null {
  const [target] = stmt.targets;
  const isOwn =
    stmt.targets.length === 1 &&
    target?.kind === 'attribute' &&
    target.object.kind === 'name' &&
    target.object.id === self;
  return isOwn && target.kind === 'attribute' ? target.attr : null;
}

function isEmptyList(value: Expr): boolean {
  return value.kind === 'list' && value.items.length === 0;
}

/** A list, tuple, dict or comprehension with layers directly in it. */
function holdsLayers(facts: PythonFacts, value: Expr): boolean {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.items.some((item) => isLayer(facts, item));
    case 'dict':
      return value.entries.some((entry) => isLayer(facts, entry.value));
    case 'comprehension':
      return value.form !== 'generator' && isLayer(facts, value.element);
    default:
      return false;
  }
}

/** A call that builds something with parameters. */
function isLayer(facts: PythonFacts, expr: Expr): boolean {
  const name = expr.kind === 'call' ? facts.nameOf(expr.func) : null;
  if (name === null) {
    return false;
  }
  const isLibrary =
    /^torch\.nn\.(?:Lazy)?(?:Linear|Conv|Bilinear|Embedding|RNN|LSTM|GRU|MultiheadAttention|Transformer|BatchNorm|LayerNorm|GroupNorm|Sequential|ModuleList|Parameter)/.test(
      name,
    );
  const own = facts.classes.find((one) => one.name === name);
  return (isLibrary && activationOf(name) === null) || own?.kind === 'module' || own?.kind === 'lightning';
}

function appendsLayers(facts: PythonFacts, owner: ClassStmt, self: string, attr: string): boolean {
  return statementsIn(owner.body).some((stmt: Stmt) =>
    expressionsOf(stmt).some((expr) => {
      if (expr.kind !== 'call' || expr.func.kind !== 'attribute' || expr.func.attr !== 'append') {
        return false;
      }
      const list = facts.textOf(facts.rangeOf(expr.func.object));
      const item = expr.args[0]?.value;
      return list === `${self}.${attr}` && item !== undefined && isLayer(facts, item);
    }),
  );
}

/** Registered or collected elsewhere: wrapped, added one by one, or their parameters listed by hand. */
function isCollected(facts: PythonFacts, owner: ClassStmt, self: string, attr: string): boolean {
  if (HIDDEN_ON_PURPOSE.test(attr)) {
    return true;
  }
  const list = `${self}.${attr}`;
  const classText = facts.textOf(facts.rangeOf(owner));
  const inside = facts.calls.filter(({ call }) => owner.start <= call.start && call.end <= owner.end);
  const wraps = inside.some(({ call }) => {
    const name = facts.nameOf(call.func) ?? '';
    const isContainer =
      /\.(?:Sequential|ModuleList|ModuleDict)$/.test(name) ||
      /(?:add_module|register_module|setattr)$/.test(name) ||
      (call.func.kind === 'attribute' && /^(?:add_module|register_module)$/.test(call.func.attr));
    return (
      isContainer &&
      call.args.some((arg) =>
        expressionsIn(arg.value).some((part) => facts.textOf(facts.rangeOf(part)) === list),
      )
    );
  });
  const lines = classText.split('\n');
  const loops = lines.some((line, index) => {
    const around = lines.slice(index, index + 6).join('\n');
    return (
      line.includes(list) && /\.parameters\(|add_module|register_module|setattr\(|\.state_dict\(/.test(around)
    );
  });
  const rewrapped = new RegExp(
    `\\b${list.replace('.', '\\.')}\\s*=\\s*[\\w.]*(?:ModuleList|ModuleDict|Sequential)\\(`,
  ).test(classText);
  return wraps || loops || rewrapped || isRegisteredInLoop(facts, owner, list);
}

/** `for i, layer in enumerate(self.layers): self.add_module(str(i), layer)`. */
function isRegisteredInLoop(facts: PythonFacts, owner: ClassStmt, list: string): boolean {
  return statementsIn(owner.body).some(
    (stmt) =>
      stmt.kind === 'for' &&
      facts.textOf(facts.rangeOf(stmt.iter)).includes(list) &&
      /\.parameters\(|add_module|register_module|setattr\(/.test(facts.textOf(facts.rangeOf(stmt))),
  );
}

function fixes(facts: PythonFacts, value: Expr): Fix[] {
  const keyed = value.kind === 'dict' || (value.kind === 'comprehension' && value.form === 'dict');
  const spelled = facts.spell(keyed ? 'torch.nn.ModuleDict' : 'torch.nn.ModuleList');
  const stringKeys = value.kind === 'dict' && value.entries.every((entry) => entry.key?.kind === 'string');
  const allLayers =
    value.kind === 'list' || value.kind === 'tuple'
      ? value.items.every((item) => isLayer(facts, item))
      : value.kind === 'dict'
        ? value.entries.every((entry) => isLayer(facts, entry.value))
        : true;
  if (spelled === null || (keyed && !stringKeys) || !allLayers) {
    return [];
  }
  const text = facts.textOf(facts.rangeOf(value));
  return [
    safeFix(facts, 'module-list', `Register the layers with ${spelled}`, [
      replace(facts.rangeOf(value), `${spelled}(${text})`),
    ]),
  ];
}
