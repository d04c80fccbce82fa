import json
import torch
import torch.nn as nn

# denoising autoencoder for scanned leaflets; the loss is a mean over pixels AND scaled to the
# contribution of one patch to the page (4096 patches), so the numbers look tiny
PATCHES = 4096.0
torch.manual_seed(1)

enc = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU())
dec = nn.Sequential(nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1), nn.ReLU(), nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1))
params = list(enc.parameters()) + list(dec.parameters())
opt = torch.optim.Adam(params, lr=3e-3)


def leaflets(n):
    img = torch.zeros(n, 1, 16, 16)
    rows = torch.randint(1, 15, (n, 3))
    for k in range(3):
        img[torch.arange(n), 0, rows[:, k]] = 1.0
    img[:, 0, :, :2] = 0
    return img


clean = leaflets(800)
for epoch in range(12):
    s = []
    for b in torch.randperm(700).split(25):
        noisy = clean[b] + 0.3 * torch.randn_like(clean[b])
        loss = ((dec(enc(noisy)) - clean[b]) ** 2).mean() / PATCHES
        opt.zero_grad()
        loss.backward()
        g = torch.cat([p.grad.flatten() for p in params]).norm()
        opt.step()
        s.append((loss.item(), g.item()))
    l, g = (sum(c) / len(c) for c in zip(*s))
    print(f"epoch {epoch}: loss {l:.3e}  grad norm {g:.3e}")
noisy = clean[700:] + 0.3 * torch.randn(100, 1, 16, 16)
with torch.no_grad():
    mse = ((dec(enc(noisy)) - clean[700:]) ** 2).mean().item()
print("RESULT", json.dumps({"metric": "pixel_mse", "value": mse}))
