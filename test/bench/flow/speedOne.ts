/** One model's forecast, timed in a process of its own: speed.ts bundles this as the extension is and starts it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forecastFlow } from '../../../src/core/flow/forecast';
import { createPythonAnalyzer } from '../../../src/core/python/analyze';

const plain = (act: string) => `import torch.nn as nn

class Net(nn.Module):
    def __init__(self, width=64, depth=100):
        super().__init__()
        layers = []
        for i in range(depth):
            layers.append(nn.Linear(width, width))
            layers.append(nn.${act}())
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        return self.head(self.body(x))
`;

const residual = `import torch.nn as nn

class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1 = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(out)) + x)

class Net(nn.Module):
    def __init__(self, c=16, blocks=49):
        super().__init__()
        self.stem = nn.Conv2d(3, c, 3, padding=1)
        self.body = nn.Sequential(*[Block(c) for _ in range(blocks)])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(c, 10)

    def forward(self, x):
        return self.fc(self.pool(self.body(self.stem(x))).flatten(1))
`;

/** Models of a hundred layers by name. */
const models: ReadonlyMap<string, string> = new Map([
  ['100 linear layers and ReLU', plain('ReLU')],
  ['100 linear layers and tanh', plain('Tanh')],
  ['100 linear layers and GELU', plain('GELU')],
  ['100 layers, residual, convolutions with batch normalisation', residual],
]);

/** Milliseconds for what the process compiles in the background. */
const settling = 3000;
const warmUp = 30;
const runs = 200;

/** Processor time of one forecast, in milliseconds. */
function once(forecast: () => void): number {
  const before = process.cpuUsage();
  forecast();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Prints the milliseconds of the first call, of the fastest tenth and of the median; with a folder, after a forecast of every program there. */
async function main([root = '.', name = '', folder]: readonly string[]): Promise<void> {
  const wasm = (path: string) => readFileSync(join(root, 'node_modules', path));
  const analyzer = await createPythonAnalyzer({
    runtime: wasm('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: wasm('tree-sitter-python/tree-sitter-python.wasm'),
  });
  const programs = folder === undefined ? [] : readdirSync(folder).filter((file) => file.endsWith('.py'));
  for (const file of programs) {
    const other = analyzer.read(file, readFileSync(join(folder ?? '', file), 'utf8'));
    if (other !== null) forecastFlow(other.facts);
  }
  const source = analyzer.read('speed.py', models.get(name) ?? '');
  if (source === null) throw new Error(`no model ${name}`);
  // The parser's WebAssembly is compiled in the background after it is loaded, whoever uses it: not a forecast's time.
  await new Promise((resolve) => setTimeout(resolve, settling));
  const forecast = () => void forecastFlow(source.facts);
  const first = once(forecast);
  for (let i = 0; i < warmUp; i++) forecast();
  const times = Array.from({ length: runs }, () => once(forecast)).sort((a, b) => a - b);
  console.log(JSON.stringify([first, times[Math.floor(0.1 * runs)], times[Math.floor(0.5 * runs)]]));
}

void main(process.argv.slice(2));
