"""REINFORCE with a moving baseline on contextual slot machines with very noisy pay-outs."""
import json
import math

import torch
import torch.nn as nn
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self, n_ctx=6, n_arms=5, hidden=32):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_ctx, hidden), nn.Tanh())
        self.logits = nn.Linear(hidden, n_arms)

    def forward(self, ctx):
        return Categorical(logits=self.logits(self.body(ctx)))


def payout(ctx, arm, table):
    mean = (ctx @ table).gather(1, arm.unsqueeze(1)).squeeze(1)
    return mean + 4.0 * torch.randn(len(arm))


def main():
    torch.manual_seed(35)
    table = torch.randn(6, 5)
    policy = Policy()
    opt = torch.optim.Adam(policy.parameters(), lr=4e-3)
    baseline, rows = 0.0, []
    for it in range(500):
        ctx = torch.randn(32, 6)
        dist = policy(ctx)
        arm = dist.sample()
        reward = payout(ctx, arm, table)
        loss = -(dist.log_prob(arm) * (reward - baseline)).mean() - 0.01 * dist.entropy().mean()
        baseline = 0.95 * baseline + 0.05 * reward.mean().item()
        opt.zero_grad()
        loss.backward()
        gn = math.sqrt(sum(p.grad.square().sum().item() for p in policy.parameters()))
        opt.step()
        if it % 4 == 0:
            print(json.dumps({"iter": it, "policy": {"loss": round(loss.item(), 4), "entropy": round(dist.entropy().mean().item(), 4), "grad_norm": round(gn, 4)}, "env": {"reward_mean": round(reward.mean().item(), 4), "reward_std": round(reward.std().item(), 4)}}))
    ctx = torch.randn(4000, 6)
    with torch.no_grad():
        arm = policy(ctx).probs.argmax(1)
        got = (ctx @ table).gather(1, arm.unsqueeze(1)).mean().item()
        best = (ctx @ table).max(1).values.mean().item()
    print("RESULT " + json.dumps({"metric": "share_of_best", "value": round(got / best, 4)}))


if __name__ == "__main__":
    main()
