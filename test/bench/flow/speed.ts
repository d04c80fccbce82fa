import { forecastFlow } from '../../../src/core/flow/forecast';
import type { PythonAnalyzer } from '../../../src/core/python/analyze';

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

const models: readonly (readonly [string, string])[] = [
  ['100 linear layers and ReLU', plain('ReLU')],
  ['100 linear layers and tanh', plain('Tanh')],
  ['100 linear layers and GELU', plain('GELU')],
  ['100 layers, residual, convolutions with batch normalisation', residual],
];

const warmUp = 30;
const runs = 200;

/** Processor time of one forecast, in milliseconds. */
function once(forecast: () => void): number {
  const before = process.cpuUsage();
  forecast();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Processor time of a forecast of models of a hundred layers, as rows of a table. */
export function speedTable(analyzer: PythonAnalyzer): string[] {
  const rows = models.flatMap(([name, text]) => {
    const source = analyzer.read('speed.py', text);
    if (source === null) return [];
    const forecast = () => void forecastFlow(source.facts);
    const first = once(forecast);
    for (let i = 0; i < warmUp; i++) forecast();
    const times = Array.from({ length: runs }, () => once(forecast)).sort((a, b) => a - b);
    const at = (q: number) => (times[Math.floor(q * runs)] ?? Number.NaN).toFixed(1);
    return [`| ${name} | ${first.toFixed(1)} | ${at(0.1)} | ${at(0.5)} |`];
  });
  return ['| model | first call, ms | fastest tenth, ms | median, ms |', '|---|---|---|---|', ...rows];
}
