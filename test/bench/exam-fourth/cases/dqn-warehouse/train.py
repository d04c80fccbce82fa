"""Deep Q-learning: a robot fetches parcels in a small warehouse."""
import json
import logging
import random
import sys

import torch
import torch.nn as nn

CONFIG = {
    "grid": 5,
    "gamma": 0.95,
    "lr": 0.01,
    "momentum": 0.9,
    "hidden": 64,
    "batch_size": 64,
    "buffer": 4000,
    "iterations": 1500,
    "reward_parcel": 100.0,
    "reward_wall": -20.0,
    "reward_step": -1.0,
    "log_every": 1,
    "seed": 27,
}


class Warehouse:
    MOVES = [(0, 1), (0, -1), (1, 0), (-1, 0)]

    def __init__(self, cfg):
        self.cfg, self.n = cfg, cfg["grid"]
        self.reset()

    def reset(self):
        self.pos = (random.randrange(self.n), random.randrange(self.n))
        self.parcel = self.pos
        while self.parcel == self.pos:
            self.parcel = (random.randrange(self.n), random.randrange(self.n))
        self.t = 0
        return self.observe()

    def observe(self):
        dx, dy = self.parcel[0] - self.pos[0], self.parcel[1] - self.pos[1]
        return [self.pos[0], self.pos[1], self.parcel[0], self.parcel[1], dx, dy]

    def step(self, a):
        self.t += 1
        x, y = self.pos[0] + self.MOVES[a][0], self.pos[1] + self.MOVES[a][1]
        if not (0 <= x < self.n and 0 <= y < self.n):
            return self.observe(), self.cfg["reward_wall"], False
        self.pos = (x, y)
        if self.pos == self.parcel:
            return self.observe(), self.cfg["reward_parcel"], True
        return self.observe(), self.cfg["reward_step"], False


class QNet(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(6, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 4))

    def forward(self, s):
        return self.layers(s)


class Agent:
    def __init__(self, cfg):
        self.cfg = cfg
        self.q = QNet(cfg["hidden"])
        self.opt = torch.optim.SGD(self.q.parameters(), lr=cfg["lr"], momentum=cfg["momentum"])
        self.memory = []

    def act(self, s, eps):
        if random.random() < eps:
            return random.randrange(4)
        with torch.no_grad():
            return int(self.q(torch.tensor(s).float()).argmax())

    def remember(self, item):
        self.memory.append(item)
        if len(self.memory) > self.cfg["buffer"]:
            self.memory.pop(0)

    def learn(self):
        batch = random.sample(self.memory, self.cfg["batch_size"])
        s, a, r, s2, d = (torch.tensor(v, dtype=torch.float32) for v in zip(*batch))
        with torch.no_grad():
            target = r + self.cfg["gamma"] * (1 - d) * self.q(s2).max(1).values
        q = self.q(s).gather(1, a.long().unsqueeze(1)).squeeze(1)
        loss = nn.functional.mse_loss(q, target)
        self.opt.zero_grad()
        loss.backward()
        norm = torch.stack([p.grad.norm() for p in self.q.parameters()]).norm().item()
        self.opt.step()
        return loss.item(), q.mean().item(), norm


def success_rate(agent, cfg, episodes=200):
    env, wins = Warehouse(cfg), 0
    for _ in range(episodes):
        s = env.reset()
        for _ in range(12):
            s, _, done = env.step(agent.act(s, 0.0))
            if done:
                wins += 1
                break
    return wins / episodes


def main(cfg):
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    random.seed(cfg["seed"])
    torch.manual_seed(cfg["seed"])
    env, agent = Warehouse(cfg), Agent(cfg)
    s = env.reset()
    for _ in range(800):
        a = random.randrange(4)
        s2, r, d = env.step(a)
        agent.remember((s, a, r, s2, float(d)))
        s = env.reset() if d or env.t > 30 else s2
    for it in range(cfg["iterations"]):
        a = agent.act(s, max(0.1, 1 - it / 1000))
        s2, r, d = env.step(a)
        agent.remember((s, a, r, s2, float(d)))
        s = env.reset() if d or env.t > 30 else s2
        loss, q, norm = agent.learn()
        if it % cfg["log_every"] == 0:
            logging.info("iteration %d td_loss %.6g mean_q %.6g grad_norm %.6g", it, loss, q, norm)
    print("RESULT " + json.dumps({"metric": "success_rate", "value": success_rate(agent, cfg)}))


if __name__ == "__main__":
    main(CONFIG)
