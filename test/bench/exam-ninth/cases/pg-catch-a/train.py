"""REINFORCE with a batch baseline on 'catch': a ball falls, a paddle of width one moves below it."""
import json

import torch
import torch.nn as nn

ROWS, COLS, ENVS = 6, 5, 32


def play(policy, greedy=False, n=ENVS):
    ball = torch.randint(0, COLS, (n,))
    drift = torch.randint(-1, 2, (n,))
    paddle = torch.full((n,), COLS // 2)
    logps, ents = [], []
    for row in range(ROWS):
        state = torch.cat([nn.functional.one_hot(ball, COLS), nn.functional.one_hot(paddle, COLS),
                           nn.functional.one_hot(torch.full((n,), row), ROWS)], 1).float()
        dist = torch.distributions.Categorical(logits=policy(state))
        a = dist.probs.argmax(1) if greedy else dist.sample()
        logps.append(dist.log_prob(a))
        ents.append(dist.entropy())
        paddle = (paddle + a - 1).clamp(0, COLS - 1)
        if row % 2 == 1:
            ball = (ball + drift).clamp(0, COLS - 1)
    reward = torch.where(ball == paddle, 1.0, -1.0)
    return torch.stack(logps).sum(0), reward, torch.stack(ents).mean()


def train(updates=500):
    policy = nn.Sequential(nn.Linear(2 * COLS + ROWS, 48), nn.ReLU(), nn.Linear(48, 3))
    opt = torch.optim.Adam(policy.parameters(), lr=6e-3)
    for k in range(updates):
        logp, reward, ent = play(policy)
        advantage = (reward - reward.mean()) / (reward.std() + 1e-6)
        loss = -(advantage * logp).mean() - 0.02 * ent
        opt.zero_grad()
        loss.backward()
        opt.step()
        if k % 10 == 9:
            rec = {"update": k + 1, "policy/loss": loss.item(), "policy/entropy": ent.item(), "env/reward": reward.mean().item()}
            for name, p in policy.named_parameters():
                rec[f"grad_norm/{name}"] = p.grad.norm().item()
            print(json.dumps(rec))
    return policy


if __name__ == "__main__":
    torch.manual_seed(77)
    policy = train()
    with torch.no_grad():
        reward = play(policy, greedy=True, n=1000)[1].mean().item()
    print("RESULT " + json.dumps({"metric": "greedy_reward", "value": round(reward, 4)}))
