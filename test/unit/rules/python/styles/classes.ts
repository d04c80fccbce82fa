import { classOf, DATA, fill, IMPORTS, indented, type Spec, update, when } from './spec';

/** Programs with the model in a class, by style. */

const SCRIPT = (spec: Spec, build: string): readonly string[] => [
  ...DATA,
  `model = ${build}`,
  `optimizer = torch.optim.Adam(model.parameters(), lr=${spec.lr})  #@lr`,
  'criterion = nn.CrossEntropyLoss()',
  'for epoch in range(20):',
  ...indented([
    'for xb, yb in zip(x.split(64), y.split(64)):',
    ...indented([
      'loss = criterion(model(xb), yb)  #@loss',
      ...update(spec, { optimizer: 'optimizer', parameters: 'model.parameters()' }),
    ]),
  ]),
];

/** `self.fc1`, `self.fc2`, ... and functions for activations. */
export function namedLayers(spec: Spec): readonly string[] {
  const inner = Array.from({ length: spec.depth }, (_, at) => at + 1);
  return [
    ...IMPORTS,
    'class Net(nn.Module):',
    ...indented([
      'def __init__(self):',
      ...indented([
        'super().__init__()',
        ...inner.map((at) => `self.fc${at} = nn.Linear(${at === 1 ? 32 : 64}, 64)  #@layers`),
        'self.out = nn.Linear(64, 4)',
        ...when(
          spec.weights !== null,
          'for m in self.modules():',
          '    if isinstance(m, nn.Linear):',
          `        ${fill(spec, 'm.weight')}  #@init`,
        ),
      ]),
      '',
      'def forward(self, x):',
      ...indented([
        ...inner.map((at) => `x = torch.${spec.activation}(self.fc${at}(x))  #@act`),
        ...(spec.softmax ? ['return F.softmax(self.out(x), dim=1)  #@out'] : ['return self.out(x)']),
      ]),
    ]),
    '',
    ...SCRIPT(spec, 'Net()'),
  ];
}

/** A Sequential in a class, `self.apply`, options from the command line, `main(args)`. */
export function sequentialInClass(spec: Spec): readonly string[] {
  return [
    'import argparse',
    ...IMPORTS,
    'class Classifier(nn.Module):',
    ...indented([
      'def __init__(self, width=64):',
      ...indented([
        'super().__init__()',
        'self.net = nn.Sequential(',
        '    nn.Linear(32, width),  #@layers',
        `    ${classOf(spec)}(),  #@act`,
        ...Array.from({ length: spec.depth - 1 }, () => [
          '    nn.Linear(width, width),  #@layers',
          `    ${classOf(spec)}(),  #@act`,
        ]).flat(),
        '    nn.Linear(width, 4),',
        ...when(spec.softmax, '    nn.Softmax(dim=-1),  #@out'),
        ')',
        ...when(spec.weights !== null, 'self.apply(self._init)'),
      ]),
      '',
      ...when(
        spec.weights !== null,
        '@staticmethod',
        'def _init(m):',
        '    if isinstance(m, nn.Linear):',
        `        ${fill(spec, 'm.weight')}  #@init`,
        '        nn.init.zeros_(m.bias)',
        '',
      ),
      'def forward(self, x):',
      '    return self.net(x)',
    ]),
    '',
    'def main(args):',
    ...indented([
      ...DATA,
      'model = Classifier(args.width)',
      'opt = torch.optim.Adam(model.parameters(), lr=args.lr)',
      'for step in range(args.steps):',
      ...indented([
        'idx = torch.randint(0, 512, (64,))',
        'out = model(x[idx])',
        'loss = F.cross_entropy(out, y[idx])  #@loss',
        ...update(spec, { optimizer: 'opt', parameters: 'model.parameters()' }),
      ]),
    ]),
    '',
    'if __name__ == "__main__":',
    ...indented([
      'parser = argparse.ArgumentParser()',
      'parser.add_argument("--width", type=int, default=64)',
      'parser.add_argument("--steps", type=int, default=500)',
      `parser.add_argument("--lr", type=float, default=${spec.lr})  #@lr`,
      'main(parser.parse_args())',
    ]),
  ];
}

/** A ModuleList, a dataclass of settings, `reset_parameters`, a trainer class with methods. */
export function trainerClass(spec: Spec): readonly string[] {
  return [
    'from dataclasses import dataclass',
    ...IMPORTS,
    '@dataclass',
    'class Config:',
    '    width: int = 64',
    `    depth: int = ${spec.depth}`,
    `    lr: float = ${spec.lr}  #@lr`,
    '    steps: int = 500',
    '',
    'class Network(nn.Module):',
    ...indented([
      'def __init__(self, cfg):',
      ...indented([
        'super().__init__()',
        'self.inp = nn.Linear(32, cfg.width)',
        'self.hidden = nn.ModuleList([nn.Linear(cfg.width, cfg.width) for _ in range(cfg.depth)])  #@layers',
        'self.head = nn.Linear(cfg.width, 4)',
        ...when(spec.weights !== null, 'self.reset_parameters()'),
      ]),
      '',
      ...when(
        spec.weights !== null,
        'def reset_parameters(self):',
        '    for layer in self.hidden:',
        `        ${fill(spec, 'layer.weight')}  #@init`,
        '',
      ),
      'def forward(self, x):',
      ...indented([
        `h = F.${spec.activation}(self.inp(x))  #@act`,
        'for layer in self.hidden:',
        `    h = F.${spec.activation}(layer(h))  #@act`,
        'logits = self.head(h)',
        ...(spec.softmax ? ['return logits.softmax(dim=-1)  #@out'] : ['return logits']),
      ]),
    ]),
    '',
    'class Trainer:',
    ...indented([
      'def __init__(self, cfg):',
      ...indented([
        'self.cfg = cfg',
        'self.net = Network(cfg)',
        'self.optim = torch.optim.Adam(self.net.parameters(), lr=cfg.lr)',
        'self.loss_fn = nn.CrossEntropyLoss()',
      ]),
      '',
      'def step(self, xb, yb):',
      ...indented([
        'loss = self.loss_fn(self.net(xb), yb)  #@loss',
        ...update(spec, { optimizer: 'self.optim', parameters: 'self.net.parameters()' }),
        'return loss.item()',
      ]),
      '',
      'def fit(self, x, y):',
      '    for i in range(self.cfg.steps):',
      '        idx = torch.randint(0, len(x), (64,))',
      '        self.step(x[idx], y[idx])',
    ]),
    '',
    ...DATA,
    'trainer = Trainer(Config())',
    'trainer.fit(x, y)',
  ];
}

/** Layers by number through setattr and getattr; a function that trains. */
export function numberedAttributes(spec: Spec): readonly string[] {
  return [
    ...IMPORTS,
    `DEPTH = ${spec.depth}`,
    `LEARNING_RATE = ${spec.lr}  #@lr`,
    '',
    'class MLP(nn.Module):',
    ...indented([
      'def __init__(self, depth=DEPTH, width=64):',
      ...indented([
        'super(MLP, self).__init__()',
        'self.depth = depth',
        'for i in range(depth):',
        '    setattr(self, f"fc{i}", nn.Linear(32 if i == 0 else width, width))  #@layers',
        'self.out = nn.Linear(width, 4)',
        ...when(
          spec.weights !== null,
          'for name, p in self.named_parameters():',
          '    if "weight" in name:',
          `        ${fill(spec, 'p')}  #@init`,
        ),
      ]),
      '',
      'def forward(self, x):',
      ...indented([
        'for i in range(self.depth):',
        `    x = getattr(self, f"fc{i}")(x).${spec.activation}()  #@act`,
        'x = self.out(x)',
        ...when(spec.softmax, 'x = torch.softmax(x, 1)  #@out'),
        'return x',
      ]),
    ]),
    '',
    'def train(model, optimizer, x, y, epochs=20):',
    ...indented([
      'model.train()',
      'for epoch in range(epochs):',
      ...indented([
        'for i in range(0, len(x), 64):',
        ...indented([
          'pred = model(x[i:i + 64])',
          'loss = F.cross_entropy(pred, y[i:i + 64])  #@loss',
          ...update(spec, { optimizer: 'optimizer', parameters: 'model.parameters()' }),
        ]),
      ]),
    ]),
    '',
    ...DATA,
    'net = MLP()',
    'train(net, torch.optim.Adam(net.parameters(), lr=LEARNING_RATE), x, y)',
  ];
}

/** Blocks of a class of their own; the activation's class is an argument. */
export function blocks(spec: Spec): readonly string[] {
  return [
    'import torch',
    'from torch import nn, optim',
    '',
    'class Block(nn.Module):',
    ...indented([
      'def __init__(self, n_in, n_out, act):',
      '    super().__init__()',
      '    self.linear = nn.Linear(n_in, n_out)  #@layers',
      '    self.act = act()',
      '',
      'def forward(self, x):',
      '    return self.act(self.linear(x))',
    ]),
    '',
    'class Model(nn.Module):',
    ...indented([
      `def __init__(self, dims, act=${classOf(spec)}):  #@act`,
      ...indented([
        'super().__init__()',
        'self.body = nn.Sequential(*[Block(a, b, act) for a, b in zip(dims[:-1], dims[1:])])',
        'self.head = nn.Linear(dims[-1], 4)',
        ...when(spec.softmax, 'self.prob = nn.Softmax(dim=1)  #@out'),
      ]),
      '',
      'def forward(self, x):',
      spec.softmax
        ? '    return self.prob(self.head(self.body(x)))  #@out'
        : '    return self.head(self.body(x))',
    ]),
    '',
    ...when(
      spec.weights !== null,
      'def init_weights(module, std=0.02):',
      '    for m in module.modules():',
      '        if isinstance(m, nn.Linear):',
      `            ${fill(spec, 'm.weight', 'std')}  #@init`,
      '            nn.init.zeros_(m.bias)',
      '',
    ),
    ...DATA,
    `model = Model([32${', 64'.repeat(spec.depth)}])`,
    ...when(
      spec.weights !== null,
      `init_weights(model, std=${typeof spec.weights === 'number' ? spec.weights : 0.02})  #@init`,
    ),
    `cfg = {"lr": ${spec.lr}, "epochs": 20}  #@lr`,
    'optimizer = optim.Adam(model.parameters(), lr=cfg["lr"])',
    'criterion = nn.CrossEntropyLoss()',
    'for epoch in range(cfg["epochs"]):',
    ...indented([
      'for idx in torch.randperm(512).split(64):',
      ...indented([
        'logits = model(x[idx])',
        'loss = criterion(logits, y[idx])  #@loss',
        ...update(spec, { optimizer: 'optimizer', parameters: 'model.parameters()' }),
      ]),
    ]),
  ];
}

/** Hooks of a home-made framework: `training_step`, `configure_optimizers`, a runner. */
export function hooks(spec: Spec): readonly string[] {
  return [
    ...IMPORTS,
    'class Base(nn.Module):',
    '    def training_step(self, batch):',
    '        raise NotImplementedError',
    '',
    'class Task(Base):',
    ...indented([
      `def __init__(self, hidden=64, lr=${spec.lr}):  #@lr`,
      ...indented([
        'super().__init__()',
        'self.lr = lr',
        'layers = [nn.Flatten()]',
        'size = 32',
        `for _ in range(${spec.depth}):`,
        `    layers.append(nn.Linear(size, hidden))  #@layers`,
        `    layers.append(${classOf(spec)}())  #@act`,
        '    size = hidden',
        'layers.append(nn.Linear(size, 4))',
        'self.model = nn.Sequential(*layers)',
        ...when(
          spec.weights !== null,
          'for layer in self.model:',
          '    if isinstance(layer, nn.Linear):',
          spec.weights === 'zeros'
            ? '        layer.weight.data.zero_()  #@init'
            : `        layer.weight.data.normal_(0.0, ${spec.weights})  #@init`,
        ),
      ]),
      '',
      'def forward(self, x):',
      spec.softmax ? '    return torch.softmax(self.model(x), dim=1)  #@out' : '    return self.model(x)',
      '',
      'def training_step(self, batch):',
      '    xb, yb = batch',
      '    return F.cross_entropy(self(xb), yb)  #@loss',
      '',
      'def configure_optimizers(self):',
      '    return torch.optim.Adam(self.parameters(), lr=self.lr)',
    ]),
    '',
    'class Runner:',
    ...indented([
      'def __init__(self, steps):',
      '    self.steps = steps',
      '',
      'def fit(self, module, batches):',
      ...indented([
        'opt = module.configure_optimizers()',
        'for step, batch in zip(range(self.steps), batches):',
        ...indented([
          'loss = module.training_step(batch)',
          ...update(spec, { optimizer: 'opt', parameters: 'module.parameters()' }),
        ]),
      ]),
    ]),
    '',
    'def batches():',
    '    while True:',
    '        yield torch.randn(64, 32), torch.randint(0, 4, (64,))',
    '',
    'Runner(500).fit(Task(), batches())',
  ];
}
