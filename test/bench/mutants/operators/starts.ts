import { insertAfter, type Mutant, type Operator } from '../program';
import { MODEL } from './model';

function after(lines: readonly string[], body: (model: string) => readonly string[]): Mutant | null {
  return insertAfter(lines, MODEL, (match) => body(match[1] ?? 'model'));
}

/** Initial weights of the wrong size, each written as other people write it. */
export const START_OPERATORS: readonly Operator[] = [
  {
    id: 'start-applied',
    says: 'weights of deviation 1 through `apply`',
    apply: (lines) =>
      after(lines, (model) => [
        'def fill(layer):',
        '    if isinstance(layer, (nn.Linear, nn.Conv1d, nn.Conv2d)):',
        '        layer.weight.data.normal_(0, 1)',
        '        layer.bias.data.zero_()',
        `${model}.apply(fill)`,
      ]),
  },
  {
    id: 'start-positive',
    says: 'all matrices drawn between 0 and 1',
    apply: (lines) =>
      after(lines, (model) => [
        'with torch.no_grad():',
        `    for name, p in ${model}.named_parameters():`,
        '        if p.dim() > 1:',
        '            p.uniform_(0, 1)',
      ]),
  },
  {
    id: 'start-copied',
    says: 'all matrices overwritten by twice randn_like',
    apply: (lines) =>
      after(lines, (model) => [
        'with torch.no_grad():',
        `    for p in ${model}.parameters():`,
        '        if p.dim() > 1:',
        '            p.copy_(2 * torch.randn_like(p))',
      ]),
  },
  {
    id: 'start-parameter',
    says: 'weights replaced by new parameters of randn',
    apply: (lines) =>
      after(lines, (model) => [
        `for layer in ${model}.modules():`,
        '    if isinstance(layer, nn.Linear):',
        '        layer.weight = nn.Parameter(torch.randn(layer.out_features, layer.in_features))',
      ]),
  },
  {
    id: 'start-gain',
    says: 'Xavier with a gain of 10',
    apply: (lines) =>
      after(lines, (model) => [
        `for p in ${model}.parameters():`,
        '    if p.ndim >= 2:',
        '        nn.init.xavier_uniform_(p, gain=10)',
      ]),
  },
  {
    id: 'start-gain-small',
    says: 'Xavier with a gain of a hundredth',
    apply: (lines) =>
      after(lines, (model) => [
        `for p in ${model}.parameters():`,
        '    if p.ndim >= 2:',
        '        nn.init.xavier_normal_(p, 0.01)',
      ]),
  },
  {
    id: 'start-shrunk',
    says: 'weights made a hundred times as small',
    apply: (lines) =>
      after(lines, (model) => [
        'with torch.no_grad():',
        `    for p in ${model}.parameters():`,
        '        p.mul_(0.01)',
      ]),
  },
];
