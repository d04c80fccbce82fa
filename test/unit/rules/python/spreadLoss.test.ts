import { checkPythonRule } from './checkPythonRule';

const RULE = 'spread-loss';

/** A regression whose data are made in `data` as x and y. */
const program = (
  data: string,
  loss: string,
  rounds = 'for i, (xb, yb) in enumerate(DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)):',
) => `import numpy as np
import pandas as pd
import torch
import torch.nn as nn
from sklearn.datasets import make_regression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

${data}
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters())
criterion = nn.MSELoss()
for epoch in range(20):
    ${rounds}
        pred = net(xb)
        ${loss}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
`;

const SQUARES = 'loss = ((pred - yb) ** 2).mean()  # expect: spread-loss';
const CALLED = 'loss = criterion(pred, yb)  # expect: spread-loss';
const quiet = (line: string) => line.replace(/ {2}#.*/, '');

const TABLE = (columns: string) => `df = pd.read_csv("houses.csv")
x = torch.tensor(df[["a", "b", "c", "d", "e"]].values, dtype=torch.float32)
y = torch.tensor(${columns}, dtype=torch.float32)`;

const SKLEARN = (target: string) => `features, prices = make_regression(n_samples=400, n_features=5)
x_train, x_test, y_train, y_test = train_test_split(features, prices, test_size=0.2)
scaler = StandardScaler()
x = torch.from_numpy(scaler.fit_transform(x_train)).float()
y = torch.from_numpy(y_train).float()${target}`;

const DRAWN = (size: string) => `rng = np.random.default_rng(0)
x = torch.from_numpy(rng.normal(size=(500, 5))).float()
y = torch.from_numpy(rng.uniform(0, 1, ${size})).float()
y = (y - y.mean()) / y.std()`;

const COLUMNS = (end: string) => `area = 20 + 100 * torch.rand(600)
rooms = (area / 28).round().clamp(1, 5)
counts = torch.poisson(area / 10)
x = torch.stack([area, rooms, counts, area, rooms], dim=1)
y = 3 * area + rooms + counts
y = (y - y.mean()) / y.std()${end}`;

describe('outputs of one column beside targets without columns', () => {
  for (const [what, data, loss] of [
    ['a column of a table', TABLE('df["price"].values'), SQUARES],
    ['the last column of a table', TABLE('df.iloc[:, -1].to_numpy()'), CALLED],
    ['a data set of scikit-learn', SKLEARN(''), CALLED],
    ['draws of a generator', DRAWN('500'), SQUARES],
    ['sizes that are given as a tuple', DRAWN('size=(500,)'), SQUARES],
    ['columns put together and scaled', COLUMNS(''), CALLED],
  ] as const) {
    it(`are seen with ${what}`, () => checkPythonRule(program(data, loss), RULE).then(() => undefined));
  }

  for (const [what, data, loss] of [
    ['a table of one column', TABLE('df[["price"]].values'), CALLED],
    ['a column that is made one', TABLE('df["price"].values.reshape(-1, 1)'), SQUARES],
    ['targets with a column added', SKLEARN('.unsqueeze(1)'), CALLED],
    ['draws of two dimensions', DRAWN('size=(500, 1)'), SQUARES],
    ['targets of a column added at the end', COLUMNS('\ny = y[:, None]'), CALLED],
    ['what a function of another file gives', 'from data import load\n\nx, y = load()', CALLED],
  ] as const) {
    it(`are not ${what}`, () => checkPythonRule(program(data, quiet(loss)), RULE).then(() => undefined));
  }
});
