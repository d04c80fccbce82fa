"""Rain probability, wind class and temperature density from station data; three loss terms.
Written by someone who used tf.GradientTape for years."""
import json

import torch


class Dense(torch.nn.Module):
    def __init__(self, n_in, units, activation=None):
        super().__init__()
        limit = (6.0 / (n_in + units)) ** 0.5
        self.kernel = torch.nn.Parameter(torch.empty(n_in, units).uniform_(-limit, limit))
        self.bias = torch.nn.Parameter(torch.zeros(units))
        self.activation = activation

    def forward(self, inputs):
        z = inputs @ self.kernel + self.bias
        return self.activation(z) if self.activation else z


class WeatherModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dense_0 = Dense(8, 48, torch.relu)
        self.dense_1 = Dense(48, 48, torch.relu)
        self.rain, self.wind, self.temperature = Dense(48, 1), Dense(48, 4), Dense(48, 2)

    def forward(self, inputs):
        h = self.dense_1(self.dense_0(inputs))
        return {"rain": self.rain(h)[:, 0], "wind": self.wind(h), "temperature": self.temperature(h)}


def make_dataset(n):
    x = torch.randn(n, 8)
    rain = (x[:, 0] + x[:, 1] * x[:, 2] > 0).float()
    wind = ((x[:, 3] > 0).long() * 2 + (x[:, 4] + 0.5 * x[:, 5] > 0).long())
    temp = 0.5 * torch.sin(x[:, 6]) + 0.3 * x[:, 7] + 0.03 * torch.randn(n)
    return x, {"rain": rain, "wind": wind, "temperature": temp}


def compute_losses(out, y):
    mu, log_sigma = out["temperature"].unbind(1)
    log_sigma = log_sigma.clamp(-4, 3)
    return {"rain": torch.nn.functional.binary_cross_entropy_with_logits(out["rain"], y["rain"]),
            "wind": torch.nn.functional.cross_entropy(out["wind"], y["wind"]),
            "temperature": (log_sigma + 0.5 * ((y["temperature"] - mu) / log_sigma.exp()) ** 2).mean()}


def train_step(model, optimizer, x, y):
    losses = compute_losses(model(x), y)
    total = sum(losses.values())
    variables = list(model.parameters())
    gradients = torch.autograd.grad(total, variables)
    global_norm = torch.sqrt(sum((g ** 2).sum() for g in gradients))
    for v, g in zip(variables, gradients):
        v.grad = g * torch.clamp(5.0 / (global_norm + 1e-6), max=1.0)
    optimizer.step()
    return {k: v.item() for k, v in losses.items()}, total.item(), global_norm.item()


torch.manual_seed(42)
x, y = make_dataset(3000)
model = WeatherModel()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(20):
    logs = []
    for idx in torch.randperm(3000).split(100):
        logs.append(train_step(model, optimizer, x[idx], {k: v[idx] for k, v in y.items()}))
    mean = lambda f: sum(f(l) for l in logs) / len(logs)
    print(f"Epoch {epoch + 1}/20 - loss: {mean(lambda l: l[1]):.4f} - rain_loss: {mean(lambda l: l[0]['rain']):.4f} - wind_loss: {mean(lambda l: l[0]['wind']):.4f}"
          f" - temperature_loss: {mean(lambda l: l[0]['temperature']):.4f} - global_norm: {mean(lambda l: l[2]):.4f}")
xt, yt = make_dataset(1000)
with torch.no_grad():
    acc = ((model(xt)["rain"] > 0).float() == yt["rain"]).float().mean().item()
print("RESULT " + json.dumps({"metric": "rain_accuracy", "value": round(acc, 4)}))
