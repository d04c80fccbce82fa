import assert from 'node:assert/strict';
import { type FlowOptions, forecastFlow } from '../../../src/core/flow/forecast';
import type { FlowClass } from '../../../src/core/flow/report';
import { pythonAnalyzer } from '../python/analyzer';

/** The forecast of the only (or named) model of a program. */
export async function forecastOf(program: string, options: FlowOptions = {}): Promise<FlowClass> {
  const analysis = (await pythonAnalyzer()).analyze('model.py', program);
  assert.ok(analysis !== null, 'the program names no framework');
  const { classes } = forecastFlow(analysis.facts, options);
  assert.ok(classes.length > 0, 'no model found');
  return classes[0]!;
}

/** A network of equal layers: `nn.Linear` and an activation, `init` run over its modules. */
export function stack(depth: number, activation: string, init = '', width = 128): string {
  return `
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for _ in range(${depth - 1}):
            layers += [nn.Linear(${width}, ${width}), nn.${activation}()]
        self.body = nn.Sequential(*layers, nn.Linear(${width}, 10))
        for m in self.modules():
            if isinstance(m, nn.Linear):
                ${init === '' ? 'pass' : init}

    def forward(self, x):
        return self.body(x)
`;
}
