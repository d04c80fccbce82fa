"""Advantage actor-critic on a hand-made balancing pole, many environments at once."""
import json
import logging
import sys

import torch
import torch.nn as nn

log = logging.getLogger("a2c")


class Poles:
    def __init__(self, n):
        self.n = n
        self.state = self.fresh(n)
        self.age = torch.zeros(n)
        self.finished = []

    @staticmethod
    def fresh(n):
        return 0.1 * torch.rand(n, 4) - 0.05

    def step(self, action):
        x, v, th, w = self.state.unbind(1)
        force = torch.where(action == 1, 10.0, -10.0)
        c, s = torch.cos(th), torch.sin(th)
        tmp = (force + 0.05 * w ** 2 * s) / 1.1
        acc = (9.8 * s - c * tmp) / (0.5 * (4 / 3 - 0.1 * c ** 2 / 1.1))
        xacc = tmp - 0.05 * acc * c / 1.1
        self.state = torch.stack([x + 0.02 * v, v + 0.02 * xacc, th + 0.02 * w, w + 0.02 * acc], 1)
        self.age += 1
        fell = (self.state[:, 0].abs() > 2.4) | (self.state[:, 2].abs() > 0.21)
        done = fell | (self.age >= 300)
        self.finished += self.age[done].tolist()
        self.state[done] = self.fresh(int(done.sum()))
        self.age[done] = 0
        return torch.ones(self.n), fell, done


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.pi = nn.Sequential(nn.Linear(4, 48), nn.Tanh(), nn.Linear(48, 2))
        self.v = nn.Sequential(nn.Linear(4, 48), nn.Tanh(), nn.Linear(48, 1))

    def forward(self, s):
        return torch.distributions.Categorical(logits=self.pi(s)), self.v(s).squeeze(-1)


def main():
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s [%(name)s] %(message)s")
    torch.manual_seed(3)
    env, net = Poles(24), ActorCritic()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    gamma, horizon = 0.98, 12
    for it in range(420):
        logp, ent, val, rew, end = [], [], [], [], []
        for _ in range(horizon):
            dist, v = net(env.state)
            a = dist.sample()
            r, fell, done = env.step(a)
            logp.append(dist.log_prob(a)); ent.append(dist.entropy()); val.append(v); rew.append(r); end.append(done.float())
        with torch.no_grad():
            ret = net(env.state)[1]
        loss_pi = loss_v = 0.0
        for t in reversed(range(horizon)):
            ret = rew[t] + gamma * (1 - end[t]) * ret
            adv = ret - val[t]
            loss_pi = loss_pi - (logp[t] * adv.detach()).mean() / horizon - 0.005 * ent[t].mean() / horizon
            loss_v = loss_v + adv.pow(2).mean() / horizon
        loss = loss_pi + 0.5 * loss_v
        opt.zero_grad()
        loss.backward()
        g_pi = sum(p.grad.pow(2).sum() for p in net.pi.parameters()).sqrt().item()
        g_v = sum(p.grad.pow(2).sum() for p in net.v.parameters()).sqrt().item()
        opt.step()
        if it % 3 == 0:
            recent = env.finished[-40:]
            log.info("update %d policy_loss %.4f value_loss %.3f grad/pi %.4f grad/v %.3f episode_len %.1f", it, float(loss_pi), float(loss_v), g_pi, g_v, sum(recent) / max(1, len(recent)))
    recent = env.finished[-60:]
    print("RESULT " + json.dumps({"metric": "episode_length", "value": round(sum(recent) / len(recent), 2)}))


if __name__ == "__main__":
    main()
