# Autoencoder for damped oscillations living on a 3-dimensional manifold
import json
import torch
from torch import nn

torch.manual_seed(81)
t = torch.linspace(0, 1, 32)

def curves(n):
    a, b, c = torch.randn(n, 1), torch.randn(n, 1), torch.randn(n, 1)
    return a * torch.sin(6 * t) + b * torch.exp(-3 * t) + c * t

x_train = curves(256)
x_test = curves(200)

encoder = nn.Sequential(nn.Linear(32, 16), nn.Linear(16, 3))
decoder = nn.Sequential(nn.Linear(3, 16), nn.Linear(16, 32))
modules = {"encoder": encoder, "decoder": decoder}
opt = torch.optim.Adam([p for m in modules.values() for p in m.parameters()], lr=5e-3)
sched = torch.optim.lr_scheduler.StepLR(opt, 500, 0.3)

for epoch in range(1500):
    recon = decoder(encoder(x_train))
    loss = nn.functional.mse_loss(recon, x_train)
    opt.zero_grad()
    loss.backward()
    opt.step()
    sched.step()
    if epoch % 25 == 0:
        print("epoch %d: reconstruction %.3e" % (epoch, loss.item()))
        for mname, m in modules.items():
            for pname, p in m.named_parameters():
                print("  |g| %-18s %.3e" % (mname + "." + pname, p.grad.norm().item()))

with torch.no_grad():
    err = nn.functional.mse_loss(decoder(encoder(x_test)), x_test).item()
print("RESULT " + json.dumps({"metric": "test_mse", "value": err}))
