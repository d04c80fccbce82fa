"""Train a probe on top of an encoder that was pre-trained by reconstruction and stays fixed."""
import json

import torch
import torch.nn as nn

from model import Encoder, Probe

torch.manual_seed(34)
basis = torch.randn(4, 16)


def latents(n):
    z = torch.randn(n, 4)
    return z, z @ basis + 0.1 * torch.randn(n, 16)


encoder, decoder = Encoder(), nn.Linear(64, 16)
pre_opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
for _ in range(150):
    _, x = latents(64)
    pre_loss = nn.functional.mse_loss(decoder(encoder(x)), x)
    pre_opt.zero_grad()
    pre_loss.backward()
    pre_opt.step()

for p in encoder.parameters():
    p.requires_grad_(False)
model = Probe(encoder)
optimizer = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=3e-3)
for step in range(300):
    z, x = latents(64)
    y = (z[:, 0] > 0).long() + 2 * (z[:, 1] > 0).long()
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    if step % 10 == 0:
        print(f"Step {step} | Loss {loss.item():.4f}")
        for name, param in model.named_parameters():
            value = param.grad.norm().item() if param.grad is not None else 0.0
            print(f"\tgrad_norm/{name}: {value:.6f}")
    optimizer.step()

z, x = latents(2000)
with torch.no_grad():
    acc = (model(x).argmax(1) == (z[:, 0] > 0).long() + 2 * (z[:, 1] > 0).long()).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))
