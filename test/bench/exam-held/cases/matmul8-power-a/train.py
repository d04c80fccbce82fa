"""Power draw of a building from sixteen meters. Plain tensors instead of nn.Module."""
import torch

torch.manual_seed(29)


def make_params(sizes):
    weights, biases = [], []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
        weights.append(torch.nn.Parameter(torch.randn(fan_in, fan_out)))
        biases.append(torch.nn.Parameter(torch.zeros(fan_out)))
    return weights, biases


def predict(x, weights, biases):
    for w, b in zip(weights[:-1], biases[:-1]):
        x = torch.relu(x @ w + b)
    return (x @ weights[-1] + biases[-1]).squeeze(1)


def meters(n):
    x = torch.randn(n, 16)
    return x, x[:, 0] * x[:, 1] + x[:, 2].abs() + torch.sin(x[:, 3]) + 0.4 * x[:, 4]


weights, biases = make_params([16, 64, 64, 64, 64, 64, 64, 1])
optimizer = torch.optim.Adam([*weights, *biases], lr=3e-3)
for step in range(600):
    x, y = meters(64)
    loss = ((predict(x, weights, biases) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    if step % 15 == 0:
        print(f"--- step {step} loss {loss.item():.6g}")
        for i, (w, b) in enumerate(zip(weights, biases)):
            print(f"layer {i}: weight grad norm {w.grad.norm().item():.6g}, bias grad norm {b.grad.norm().item():.6g}")
    optimizer.step()

x, y = meters(2000)
with torch.no_grad():
    rel = ((predict(x, weights, biases) - y) ** 2).mean() / y.var()
print('RESULT {"metric": "relative_mse", "value": %.6g}' % rel.item())
