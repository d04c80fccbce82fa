"""Actor-critic on a windy corridor; a wrong step near the cliff ends the episode with a penalty."""
import json

import torch
import torch.nn as nn
from torch.distributions import Categorical


class Corridor:
    def __init__(self, n=8, wind=0.08):
        self.n, self.wind = n, wind

    def reset(self):
        self.x, self.y, self.t = 0, 1, 0
        return self.obs()

    def obs(self):
        o = torch.zeros(self.n + 3)
        o[self.x] = 1.0
        o[self.n + self.y] = 1.0
        return o

    def step(self, a):
        # 0 right, 1 up, 2 down
        self.t += 1
        if a == 0:
            self.x += 1
        else:
            self.y += 1 if a == 1 else -1
        if torch.rand(1).item() < self.wind:
            self.y -= 1
        self.y = min(self.y, 2)
        if self.y < 0:
            return self.obs_end(), -5.0, True
        if self.x >= self.n - 1:
            return self.obs_end(), 10.0, True
        return self.obs(), -0.2, self.t >= 40

    def obs_end(self):
        return torch.zeros(self.n + 3)


class ActorCritic(nn.Module):
    def __init__(self, n_obs):
        super().__init__()
        self.affine = nn.Linear(n_obs, 48)
        self.action_head = nn.Linear(48, 3)
        self.value_head = nn.Linear(48, 1)

    def forward(self, s):
        h = torch.tanh(self.affine(s))
        return torch.softmax(self.action_head(h), -1), self.value_head(h).squeeze(-1)


def play(env, model, gamma=0.97):
    s, done, logp, vals, rews = env.reset(), False, [], [], []
    while not done:
        p, v = model(s)
        d = Categorical(p)
        a = d.sample()
        s, r, done = env.step(a.item())
        logp.append(d.log_prob(a)); vals.append(v); rews.append(r)
    ret, out = 0.0, []
    for r in reversed(rews):
        ret = r + gamma * ret
        out.insert(0, ret)
    return torch.stack(logp), torch.stack(vals), torch.tensor(out), sum(rews)


torch.manual_seed(543)
env = Corridor()
model = ActorCritic(11)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
running = 0.0
for i_episode in range(1, 701):
    logp, vals, ret, total = play(env, model)
    adv = ret - vals.detach()
    policy_loss, value_loss = -(logp * adv).sum(), nn.functional.smooth_l1_loss(vals, ret, reduction="sum")
    optimizer.zero_grad()
    (policy_loss + value_loss).backward()
    gn = sum(p.grad.norm().item() ** 2 for p in model.parameters()) ** 0.5
    optimizer.step()
    running = 0.05 * total + 0.95 * running
    if i_episode % 10 == 0:
        print('Episode {}\tLast reward: {:.2f}\tAverage reward: {:.2f}\tpi loss {:.3f}\tV loss {:.3f}\tgrad norm {:.2f}'.format(
            i_episode, total, running, policy_loss.item(), value_loss.item(), gn))
with torch.no_grad():
    score = sum(play(env, model)[3] for _ in range(150)) / 150
print("RESULT " + json.dumps({"metric": "mean_return", "value": round(score, 3)}))
