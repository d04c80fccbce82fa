import json
import torch

torch.manual_seed(17)
n_users, n_books, rank = 240, 160, 5

# ground truth: low rank taste + biases
tu, tb = torch.randn(n_users, rank) * 0.6, torch.randn(n_books, rank) * 0.6
bu, bb = torch.randn(n_users) * 0.3, torch.randn(n_books) * 0.4
full = 20 * (3.4 + bu[:, None] + bb[None, :] + tu @ tb.T + 0.15 * torch.randn(n_users, n_books))   # 0..100
pairs = torch.rand(n_users, n_books)
train_idx = (pairs < 0.35).nonzero()
test_idx = (pairs > 0.9).nonzero()

U = torch.nn.Parameter(torch.randn(n_users, rank) * 0.5)
B = torch.nn.Parameter(torch.randn(n_books, rank) * 0.5)
cu = torch.nn.Parameter(torch.zeros(n_users))
cb = torch.nn.Parameter(torch.zeros(n_books))
mu = torch.nn.Parameter(torch.zeros(1))
params = [U, B, cu, cb, mu]


def predict(idx):
    u, b = idx[:, 0], idx[:, 1]
    return mu + cu[u] + cb[b] + (U[u] * B[b]).sum(1)


opt = torch.optim.SGD(params, lr=4e-4, momentum=0.9)
E, bs = 30, 1024
for e in range(E):
    batches = train_idx[torch.randperm(len(train_idx))].split(bs)
    for s, batch in enumerate(batches):
        err = predict(batch) - full[batch[:, 0], batch[:, 1]]
        loss = (err ** 2).sum() + 0.5 * (U[batch[:, 0]] ** 2).sum() * 0.01
        opt.zero_grad()
        loss.backward()
        gn = torch.sqrt(sum((p.grad ** 2).sum() for p in params)).item()
        opt.step()
        if s % 2 == 0:
            print(f"Epoch [{e + 1}/{E}], Step [{s + 1}/{len(batches)}], Loss: {loss.item():.2f}, Gradient norm: {gn:.2f}")

with torch.no_grad():
    rmse = (predict(test_idx) - full[test_idx[:, 0], test_idx[:, 1]]).pow(2).mean().sqrt().item()
print(f"test RMSE {rmse:.3f}")
print("RESULT " + json.dumps({"metric": "rmse", "value": round(rmse, 4)}))
