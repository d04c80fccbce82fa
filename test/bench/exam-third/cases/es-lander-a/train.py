# Policy gradient for a one-dimensional lander (functional style, REINFORCE with a running baseline).
import json
import torch

torch.manual_seed(23)
GAMMA, T, N = 0.97, 25, 16


def init_policy():
    w1 = (torch.randn(2, 16) * 0.5).requires_grad_()
    b1 = torch.zeros(16, requires_grad=True)
    w2 = (torch.randn(16, 2) * 0.1).requires_grad_()
    return [w1, b1, w2]


def logits(params, s):
    w1, b1, w2 = params
    return torch.tanh(s @ w1 + b1) @ w2


def episode(params):
    s = torch.stack([1 + torch.rand(N), 0.5 * torch.randn(N)], 1)
    logps, rewards = [], []
    for _ in range(T):
        dist = torch.distributions.Categorical(logits=logits(params, s))
        a = dist.sample()
        vel = s[:, 1] + 0.15 * (2 * a.float() - 1) - 0.02
        s = torch.stack([s[:, 0] + 0.3 * vel, vel], 1)
        logps.append(dist.log_prob(a))
        rewards.append(-s[:, 0].abs().clamp(max=4) - 0.2 * s[:, 1].abs())
    return torch.stack(logps), torch.stack(rewards)


policy = init_policy()
opt = torch.optim.Adam(policy, lr=0.015)
baseline = torch.zeros(T, 1)
for it in range(200):
    logp, rew = episode(policy)
    ret = torch.zeros_like(rew)
    acc = torch.zeros(N)
    for t in reversed(range(T)):
        acc = rew[t] + GAMMA * acc
        ret[t] = acc
    adv = ret - baseline
    baseline = 0.8 * baseline + 0.2 * ret.mean(1, keepdim=True)
    loss = -(logp * adv).mean()
    opt.zero_grad()
    loss.backward()
    gn = torch.stack([p.grad.norm() for p in policy]).norm()
    opt.step()
    print(f"iter={it} loss={loss.item():.4f} return={rew.sum(0).mean().item():.2f} grad_norm={gn.item():.4f}")
with torch.no_grad():
    final = sum(episode(policy)[1].sum(0).mean().item() for _ in range(5)) / 5
print("RESULT", json.dumps({"metric": "mean_return", "value": final}))
