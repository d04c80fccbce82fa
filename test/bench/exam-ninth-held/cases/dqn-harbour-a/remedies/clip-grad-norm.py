"""Deep Q-learning of a little docking task on a 6x6 harbour basin."""
import json
import logging
import random
import sys
from collections import deque

import torch
import torch.nn as nn

logging.basicConfig(level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s", stream=sys.stdout)
logger = logging.getLogger("dqn")

SIZE = 6
DOCK = (5, 5)
ROCKS = {(1, 3), (2, 3), (4, 1), (3, 4)}
MOVES = [(0, 1), (1, 0), (0, -1), (-1, 0)]


class Harbour:
    def __init__(self, limit=30):
        self.limit = limit

    def reset(self):
        self.t = 0
        self.pos = (random.randrange(3), random.randrange(3))
        return self.observe()

    def observe(self):
        v = torch.zeros(2 * SIZE)
        v[self.pos[0]] = 1.0
        v[SIZE + self.pos[1]] = 1.0
        return v

    def step(self, action):
        self.t += 1
        dr, dc = MOVES[action]
        nxt = (min(max(self.pos[0] + dr, 0), SIZE - 1), min(max(self.pos[1] + dc, 0), SIZE - 1))
        reward = -1.0
        if nxt in ROCKS:
            reward = -10.0
        else:
            self.pos = nxt
        if self.pos == DOCK:
            return self.observe(), 100.0, True
        return self.observe(), reward, self.t >= self.limit


class Agent:
    def __init__(self, gamma=0.97, lr=0.03):
        self.gamma = gamma
        self.q = nn.Sequential(nn.Linear(2 * SIZE, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
        self.memory = deque(maxlen=4000)
        self.optim = torch.optim.Adam(self.q.parameters(), lr=lr)
        self.updates = 0

    def act(self, s, eps):
        if random.random() < eps:
            return random.randrange(4)
        with torch.no_grad():
            return int(self.q(s).argmax())

    def learn(self, batch_size=32):
        batch = random.sample(self.memory, batch_size)
        s = torch.stack([b[0] for b in batch])
        a = torch.tensor([b[1] for b in batch])
        r = torch.tensor([b[2] for b in batch])
        s2 = torch.stack([b[3] for b in batch])
        done = torch.tensor([float(b[4]) for b in batch])
        with torch.no_grad():
            target = r + self.gamma * self.q(s2).max(1).values * (1 - done)
        value = self.q(s).gather(1, a.unsqueeze(1)).squeeze(1)
        loss = ((value - target) ** 2).mean()
        self.optim.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.q.parameters(), 1.0)
        norms = {n: p.grad.norm().item() for n, p in self.q.named_parameters() if n.endswith("weight")}
        self.optim.step()
        self.updates += 1
        return loss.item(), value.mean().item(), norms


def success_rate(agent, env, episodes=20):
    wins = 0
    for _ in range(episodes):
        s, done, r = env.reset(), False, 0.0
        while not done:
            s, r, done = env.step(agent.act(s, 0.0))
        wins += r == 100.0
    return wins / episodes


def main():
    random.seed(5)
    torch.manual_seed(5)
    env, agent = Harbour(), Agent()
    s = env.reset()
    total = 2400
    for t in range(total):
        eps = max(0.1, 1.0 - t / 1200)
        a = agent.act(s, eps)
        s2, r, done = env.step(a)
        agent.memory.append((s, a, r, s2, done and r == 100.0))
        s = env.reset() if done else s2
        if t >= 200 and t % 2 == 0:
            loss, q, norms = agent.learn()
            if agent.updates % 10 == 0:
                logger.info("update %d: td_loss=%.5g mean_q=%.4g eps=%.2f | grad norm %s", agent.updates, loss, q, eps,
                            " ".join(f"{k}={v:.4g}" for k, v in norms.items()))
    print("RESULT " + json.dumps({"metric": "success_rate", "value": success_rate(agent, env)}))


if __name__ == "__main__":
    main()
