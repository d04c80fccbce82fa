import collections
import json
import logging
import random
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
logger = logging.getLogger("dqn")

SIZE = 5
MOVES = [(0, 1), (0, -1), (1, 0), (-1, 0)]


class Grid:
    """Walk from a random cell to the flag in the corner; pits end the episode."""

    pits = {(1, 3), (3, 1)}
    flag = (4, 4)

    def reset(self):
        self.t = 0
        while True:
            self.pos = (random.randrange(SIZE), random.randrange(SIZE))
            if self.pos not in self.pits and self.pos != self.flag:
                return self.observe()

    def observe(self):
        v = torch.zeros(2 * SIZE)
        v[self.pos[0]] = 1.0
        v[SIZE + self.pos[1]] = 1.0
        return v

    def step(self, a):
        self.t += 1
        dr, dc = MOVES[a]
        self.pos = (min(SIZE - 1, max(0, self.pos[0] + dr)), min(SIZE - 1, max(0, self.pos[1] + dc)))
        if self.pos == self.flag:
            return self.observe(), 10.0, True
        if self.pos in self.pits:
            return self.observe(), -10.0, True
        return self.observe(), -0.2, self.t >= 25


def q_network():
    return nn.Sequential(nn.Linear(2 * SIZE, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 4))


def learn(online, target, opt, memory, gamma=0.95, n=32):
    s, a, r, s2, done = zip(*random.sample(memory, n))
    q = online(torch.stack(s)).gather(1, torch.tensor(a)[:, None]).squeeze(1)
    with torch.no_grad():
        best = target(torch.stack(s2)).amax(1)
        goal = torch.tensor(r) + gamma * best * (1 - torch.tensor(done).float())
    loss = F.mse_loss(q, goal)
    opt.zero_grad()
    loss.backward()
    norms = [p.grad.norm().item() for p in online.parameters()]
    opt.step()
    return loss.item(), norms


def play(net, env, episodes):
    total = 0.0
    for _ in range(episodes):
        s, done = env.reset(), False
        while not done:
            with torch.no_grad():
                a = int(net(s).argmax())
            s, r, done = env.step(a)
            total += r
    return total / episodes


def main(steps=2400):
    random.seed(2)
    torch.manual_seed(2)
    env = Grid()
    online, target = q_network(), q_network()
    target.load_state_dict(online.state_dict())
    opt = torch.optim.Adam(online.parameters(), lr=2e-3)
    memory = collections.deque(maxlen=2000)
    names = [n for n, _ in online.named_parameters()]
    s = env.reset()
    for step in range(1, steps + 1):
        eps = max(0.1, 1.0 - step / 1200)
        with torch.no_grad():
            a = random.randrange(4) if random.random() < eps else int(online(s).argmax())
        s2, r, done = env.step(a)
        memory.append((s, a, r, s2, done))
        s = env.reset() if done else s2
        if step < 200 or step % 2:
            continue
        loss, norms = learn(online, target, opt, memory)
        if step % 150 == 0:
            target.load_state_dict(online.state_dict())
        if step % 10 == 0:
            logger.info("step %d - td loss %.5f - eps %.2f - grad norms %s", step, loss, eps,
                        " ".join(f"{n}={v:.4f}" for n, v in zip(names, norms)))
    print("RESULT " + json.dumps({"metric": "mean_return", "value": round(play(online, Grid(), 200), 3)}))


if __name__ == "__main__":
    main()
