import type { PythonFacts } from '../../python/facts';
import { type LinearStack, linearStack } from '../../python/linearStack';
import { trainedRoot } from '../../remedies/edits/model';
import { appendTo, fixOf, prependTo } from '../../remedies/edits/place';
import type { Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI217',
  name: 'linear-stack',
  title: 'Linear layers follow one another without an activation',
  severity: 'hint',
  subject: 'python',
  remedies: ['relu', 'gelu'],
  doc: {
    sees: 'A trained model whose whole path from input to output is three or more `nn.Linear` layers, with nothing but dropout between them and none narrower than both ends.',
    why: 'Together they are one linear map, however many there are: the loss stops where the best line does.',
    reference: {
      title: 'Goodfellow, Bengio and Courville, Deep Learning, section 6.1 (2016)',
      url: 'https://www.deeplearningbook.org/contents/mlp.html',
    },
    whenWrong: 'Studies of deep linear networks, and linear problems.',
    example: `import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(8, 64), nn.Linear(64, 64), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`,
    better: `import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`,
  },
};

export const linearStackRule: PythonRule = {
  meta,
  check(facts) {
    const root = facts.optimizers.length === 0 ? null : trainedRoot(facts);
    const stack = root === null ? null : linearStack(facts, root);
    const second = stack?.[1];
    return root === null || stack === null || second === undefined
      ? []
      : [
          finding(meta, {
            message: `These ${stack.length} linear layers have no activation between them: together they are one linear map.`,
            range: callOf(facts, root, second.path) ?? second.range,
            evidence: { layers: stack.length },
            fixes: fixes(facts, root, stack),
          }),
        ];
  },
};

/** Where forward calls a layer of its own; null for one inside a container. */
function callOf(facts: PythonFacts, root: string, path: string | null) {
  const steps = facts.classNamed(root)?.flow?.steps ?? [];
  return steps.find((step) => step.op === 'module' && step.path === path)?.range ?? null;
}

/** A rectifier behind each layer but the last: in the container, or around the call. */
function fixes(facts: PythonFacts, root: string, stack: LinearStack): readonly Fix[] {
  const spelled = { layer: facts.spell('torch.nn.ReLU'), call: facts.spell('torch.relu') };
  const edits = stack.slice(0, -1).flatMap(({ path, entry }) => {
    const call = callOf(facts, root, path);
    if (call !== null) {
      return spelled.call === null ? [null] : [prependTo(call, `${spelled.call}(`), appendTo(call, ')')];
    }
    const isElement = entry?.call != null && /(?:^|\.)\d+$/.test(path ?? '') && !entry.path.includes('*');
    return !isElement || entry?.call == null || spelled.layer === null
      ? [null]
      : [appendTo(entry.call, `, ${spelled.layer}()`)];
  });
  return fixOf(facts, 'relu', 'Put a ReLU behind each layer but the last', 'unsafe', edits);
}
