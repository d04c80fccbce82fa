import { classOf, DATA, fill, IMPORTS, indented, type Spec, update, when } from './spec';

/** Programs without a class for the model, by style. */

/** A Sequential at the top of a script. */
export function scriptSequential(spec: Spec): readonly string[] {
  return [
    ...IMPORTS,
    `LR = ${spec.lr}  #@lr`,
    ...DATA,
    'model = nn.Sequential(',
    ...Array.from(
      { length: spec.depth },
      (_, at) => `    nn.Linear(${at === 0 ? 32 : 64}, 64), ${classOf(spec)}(),  #@layers #@act`,
    ),
    `    nn.Linear(64, 4)${spec.softmax ? ', nn.Softmax(1)' : ''})  #@out`,
    ...when(
      spec.weights !== null,
      'for m in model:',
      '    if isinstance(m, nn.Linear):',
      `        ${fill(spec, 'm.weight')}  #@init`,
    ),
    'opt = torch.optim.Adam(model.parameters(), LR)',
    'loss_fn = nn.CrossEntropyLoss()',
    'for step in range(500):',
    ...indented([
      'idx = torch.randint(0, 512, (64,))',
      'loss = loss_fn(model(x[idx]), y[idx])  #@loss',
      ...update(spec, { optimizer: 'opt', parameters: 'model.parameters()' }),
    ]),
  ];
}

/** A factory with a dict of settings; initialisation in a function given to `apply`. */
export function factory(spec: Spec): readonly string[] {
  return [
    ...IMPORTS,
    'CONFIG = {',
    '    "width": 64,',
    `    "depth": ${spec.depth},`,
    `    "lr": ${spec.lr},  #@lr`,
    '    "steps": 500,',
    '}',
    '',
    'def build(cfg):',
    ...indented([
      'layers, n = [], 32',
      'for _ in range(cfg["depth"]):',
      `    layers += [nn.Linear(n, cfg["width"]), ${classOf(spec)}()]  #@layers #@act`,
      '    n = cfg["width"]',
      'layers.append(nn.Linear(n, 4))',
      ...when(spec.softmax, 'layers.append(nn.Softmax(dim=1))  #@out'),
      'return nn.Sequential(*layers)',
    ]),
    '',
    ...when(
      spec.weights !== null,
      'def init_weights(m):',
      '    if type(m) == nn.Linear:',
      `        ${fill(spec, 'm.weight')}  #@init`,
      '',
    ),
    'def run(cfg):',
    ...indented([
      ...DATA,
      'model = build(cfg)',
      ...when(spec.weights !== null, 'model.apply(init_weights)'),
      'optimizer = torch.optim.Adam(model.parameters(), lr=cfg["lr"])',
      'for step in range(cfg["steps"]):',
      ...indented([
        'idx = torch.randint(0, 512, (64,))',
        'logits = model(x[idx])',
        'loss = F.cross_entropy(logits, y[idx])  #@loss',
        ...update(spec, { optimizer: 'optimizer', parameters: 'model.parameters()' }),
      ]),
    ]),
    '',
    'run(CONFIG)',
  ];
}

/** Layers in variables, a function for the forward pass. */
export function variables(spec: Spec): readonly string[] {
  const names = Array.from({ length: spec.depth }, (_, at) => `l${at + 1}`);
  const all = [...names, 'head'];
  return [
    ...IMPORTS,
    ...DATA,
    ...names.map((name, at) => `${name} = nn.Linear(${at === 0 ? 32 : 64}, 64)  #@layers`),
    'head = nn.Linear(64, 4)',
    ...when(
      spec.weights !== null,
      `for layer in [${all.join(', ')}]:`,
      `    ${fill(spec, 'layer.weight')}  #@init`,
    ),
    `params = ${all.map((name) => `list(${name}.parameters())`).join(' + ')}`,
    `optimizer = torch.optim.Adam(params, lr=${spec.lr})  #@lr`,
    '',
    'def forward(inputs):',
    ...indented([
      'h = inputs',
      ...names.map((name) => `h = torch.${spec.activation}(${name}(h))  #@act`),
      spec.softmax ? 'return torch.softmax(head(h), dim=1)  #@out' : 'return head(h)',
    ]),
    '',
    'for epoch in range(20):',
    ...indented([
      'for i in range(0, 512, 64):',
      ...indented([
        'loss = F.cross_entropy(forward(x[i:i + 64]), y[i:i + 64])  #@loss',
        ...update(spec, { optimizer: 'optimizer', parameters: 'params' }),
      ]),
    ]),
  ];
}

/** A plain list of layers and a loop over it. */
export function plainList(spec: Spec): readonly string[] {
  return [
    ...IMPORTS,
    'def main():',
    ...indented([
      ...DATA,
      `sizes = [32${', 64'.repeat(spec.depth)}]`,
      'layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]  #@layers',
      'out = nn.Linear(64, 4)',
      ...when(spec.weights !== null, 'for layer in layers:', `    ${fill(spec, 'layer.weight')}  #@init`),
      'params = [p for m in layers + [out] for p in m.parameters()]',
      `opt = torch.optim.Adam(params, lr=${spec.lr})  #@lr`,
      'for step in range(500):',
      ...indented([
        'idx = torch.randint(0, 512, (64,))',
        'h = x[idx]',
        'for layer in layers:',
        `    h = F.${spec.activation}(layer(h))  #@act`,
        'logits = out(h)',
        ...when(spec.softmax, 'logits = F.softmax(logits, dim=-1)  #@out'),
        'loss = F.cross_entropy(logits, y[idx])  #@loss',
        ...update(spec, { optimizer: 'opt', parameters: 'params' }),
      ]),
    ]),
    '',
    'main()',
  ];
}

/** Weights as tensors. */
export function rawTensors(spec: Spec): readonly string[] {
  const names = Array.from({ length: spec.depth }, (_, at) => at + 1);
  const draw = (rows: number, columns: number): string =>
    spec.weights === 'zeros'
      ? `torch.zeros(${rows}, ${columns}, requires_grad=True)`
      : `(torch.randn(${rows}, ${columns}) * ${spec.weights ?? 0.1}).requires_grad_()`;
  const all = [...names.flatMap((at) => [`w${at}`, `b${at}`]), 'w_out', 'b_out'];
  return [
    ...IMPORTS,
    ...DATA,
    ...names.flatMap((at) => [
      `w${at} = ${draw(at === 1 ? 32 : 64, 64)}  #@init #@layers`,
      `b${at} = torch.zeros(64, requires_grad=True)`,
    ]),
    `w_out = ${draw(64, 4)}  #@init`,
    'b_out = torch.zeros(4, requires_grad=True)',
    `params = [${all.join(', ')}]`,
    `optimizer = torch.optim.Adam(params, lr=${spec.lr})  #@lr`,
    '',
    'def net(h):',
    ...indented([
      ...names.map((at) => `h = torch.${spec.activation}(h @ w${at} + b${at})  #@act`),
      'z = h @ w_out + b_out',
      spec.softmax ? 'return z.softmax(1)  #@out' : 'return z',
    ]),
    '',
    'for step in range(500):',
    ...indented([
      'idx = torch.randint(0, 512, (64,))',
      'loss = F.cross_entropy(net(x[idx]), y[idx])  #@loss',
      ...update(spec, { optimizer: 'optimizer', parameters: 'params' }),
    ]),
  ];
}
