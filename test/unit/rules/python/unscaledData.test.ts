import { checkPythonRule } from './checkPythonRule';

const RULE = 'unscaled-data';

/** A program that trains `net` on x and y, made in `data`. */
const program = (
  data: string,
  rounds = 'for i, (xb, yb) in enumerate(DataLoader(TensorDataset(x, y), batch_size=32)):',
  net = 'nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1568, 10))',
) => `import cv2
import numpy as np
import torch
import torch.nn as nn
import torchvision
from PIL import Image
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(3)


${data}
net = ${net}
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
for epoch in range(3):
    ${rounds}
        loss = nn.functional.cross_entropy(net(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
`;

const EXPECT = '  # expect: unscaled-data';

/** Tiles drawn by a function, pixel by pixel. */
const tiles = (made: string) => `def tile(kind):
    im = np.zeros((16, 16))
    im[3 + kind :, 4:6] = rng.integers(170, 256)
    return im.astype(np.uint8)


labels = rng.integers(0, 5, 300)
images = np.stack([tile(k) for k in labels])
x = ${made}
y = torch.from_numpy(labels).long()`;

/** Raw measurements that a function gives and another makes tensors of. */
const table = (columns: string) => `def load(n, gen):
    p, rpm = gen.uniform(90_000, 160_000, n), gen.uniform(800, 5_500, n)
    return ${columns}, (rpm > 2_000).astype(int)


def as_tensors(a, b):
    return TensorDataset(torch.from_numpy(a).float(), torch.from_numpy(b))


def fit(net, data):
    for xb, yb in DataLoader(data, batch_size=8):
        pass


train = as_tensors(*load(400, rng))
test = as_tensors(*load(100, rng))`;
const OVER_TRAIN = 'for xb, yb in DataLoader(train, batch_size=32):';

describe('data far larger than a network starts with', () => {
  for (const [what, text] of [
    [
      'pictures drawn by a function',
      program(tiles(`torch.from_numpy(images).float().unsqueeze(1)${EXPECT}`)),
    ],
    [
      'pictures of a known set',
      program(`mnist = torchvision.datasets.MNIST("data")
x = mnist.data.unsqueeze(1).float()${EXPECT}
y = mnist.targets`),
    ],
    [
      'pictures that are read',
      program(`files = ["a.png", "b.png"]
x = torch.tensor(np.stack([cv2.imread(name) for name in files])).float()${EXPECT}
y = torch.tensor([0, 1])`),
    ],
    [
      'opened pictures',
      program(`files = ["a.png", "b.png"]
x = torch.stack([torch.from_numpy(np.array(Image.open(name))).float() for name in files])${EXPECT}
y = torch.tensor([0, 1])`),
    ],
    [
      'measurements handed through functions',
      program(
        table(`np.stack([p, rpm], axis=1)`).replace('(int)\n', `(int)${EXPECT}\n`),
        OVER_TRAIN,
        'nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))',
      ),
    ],
  ] as const) {
    it(`is seen in ${what}`, () => checkPythonRule(text, RULE).then(() => undefined));
  }

  for (const [what, text] of [
    ['divided pictures', program(tiles('torch.from_numpy(images / 255).float().unsqueeze(1)'))],
    [
      'standardised pictures',
      program(tiles('torch.from_numpy((images - images.mean()) / images.std()).float().unsqueeze(1)')),
    ],
    [
      'scaled measurements',
      program(
        table('np.stack([(p - 125_000) / 20_000, rpm / 5_500], axis=1)'),
        OVER_TRAIN,
        'nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))',
      ),
    ],
    [
      'a model that normalises',
      program(
        table('np.stack([p, rpm], axis=1)'),
        OVER_TRAIN,
        'nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))',
      ),
    ],
  ] as const) {
    it(`is not ${what}`, () => checkPythonRule(text, RULE).then(() => undefined));
  }
});
