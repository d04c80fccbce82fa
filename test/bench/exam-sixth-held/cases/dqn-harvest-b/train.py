"""Q-learning: when to harvest a growing crop that may be lost to frost."""
import collections
import copy
import json
import logging
import random
import sys

import torch
from torch import nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="[%(levelname)s] %(asctime)s - %(name)s - %(message)s")
log = logging.getLogger("dqn")


class Farm:
    """State: growth in 0..1, season in 0..1. Action 0 waits, 1 harvests (pays growth, replants)."""

    def __init__(self, rng):
        self.rng = rng
        self.reset()

    def reset(self):
        self.growth, self.day = 0.0, 0
        return self.state()

    def state(self):
        return (self.growth, self.day / 20)

    def step(self, action):
        reward = 0.0
        if action == 1:
            reward, self.growth = (self.growth if self.growth >= 0.5 else -0.2), 0.0
        else:
            self.growth = min(1.0, self.growth + 0.1 + 0.1 * self.rng.random())
            if self.rng.random() < 0.04 + 0.02 * self.growth:
                self.growth = 0.0
        self.day += 1
        return self.state(), reward, self.day >= 20


def q_network():
    return nn.Sequential(nn.Linear(2, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 2))


def learn(q, target, opt, memory, rng, batch=32, gamma=0.97):
    s, a, r, s2, done = zip(*rng.sample(memory, batch))
    s, s2 = torch.tensor(s), torch.tensor(s2)
    a, r, live = torch.tensor(a), torch.tensor(r), 1.0 - torch.tensor(done, dtype=torch.float)
    with torch.no_grad():
        best = target(s2).max(1).values
    value = q(s).gather(1, a.unsqueeze(1)).squeeze(1)
    loss = nn.functional.smooth_l1_loss(value, r + gamma * live * best)
    opt.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(q.parameters(), 10.0)
    opt.step()
    return loss.item(), norm.item()


def play(q, rng, episodes=60):
    total = 0.0
    for _ in range(episodes):
        farm = Farm(rng)
        s, done = farm.reset(), False
        while not done:
            with torch.no_grad():
                a = int(q(torch.tensor(s)).argmax())
            s, r, done = farm.step(a)
            total += r
    return total / episodes


def main(episodes=150):
    torch.manual_seed(61)
    rng = random.Random(62)
    q = q_network()
    target = copy.deepcopy(q)
    opt = torch.optim.Adam(q.parameters(), lr=2e-3)
    memory = collections.deque(maxlen=2000)
    farm, updates = Farm(rng), 0
    for episode in range(episodes):
        s, done = farm.reset(), False
        epsilon = max(0.05, 1 - episode / 90)
        while not done:
            if rng.random() < epsilon:
                a = rng.randrange(2)
            else:
                with torch.no_grad():
                    a = int(q(torch.tensor(s)).argmax())
            s2, r, done = farm.step(a)
            memory.append((s, a, r, s2, done))
            s = s2
            if len(memory) >= 200:
                loss, norm = learn(q, target, opt, memory, rng)
                updates += 1
                if updates % 20 == 0:
                    log.info("update %d loss=%.6f grad_norm=%.5f epsilon=%.2f", updates, loss, norm, epsilon)
                if updates % 250 == 0:
                    target.load_state_dict(q.state_dict())
    return play(q, rng)


if __name__ == "__main__":
    print("RESULT " + json.dumps({"metric": "mean_return", "value": round(main(), 4)}))
