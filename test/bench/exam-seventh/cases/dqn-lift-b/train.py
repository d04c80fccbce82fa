"""Deep Q-learning for a lift that should wait at the floor where the next passenger calls."""
import copy
import json
import logging
import random
import sys
from collections import deque

import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
log = logging.getLogger("dqn")

FLOORS = 6


class Lift:
    """State: lift floor and call floor, one-hot each. Actions: down, stay, up. Reward 1 for every tick at the call."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.pos, self.call = random.randrange(FLOORS), random.randrange(FLOORS)
        return self.observe()

    def observe(self):
        s = torch.zeros(2 * FLOORS)
        s[self.pos] = 1.0
        s[FLOORS + self.call] = 1.0
        return s

    def step(self, a):
        self.pos = min(max(self.pos + a - 1, 0), FLOORS - 1)
        reward = float(self.pos == self.call)
        if reward and random.random() < 0.2:
            self.call = random.randrange(FLOORS)
        return self.observe(), reward


class QNet(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.fc1 = nn.Linear(2 * FLOORS, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.q = nn.Linear(hidden, 3)

    def forward(self, s):
        return self.q(torch.relu(self.fc2(torch.relu(self.fc1(s)))))


class DQN:
    gamma = 0.95

    def __init__(self):
        self.online = QNet()
        self.target = copy.deepcopy(self.online)
        self.opt = torch.optim.Adam(self.online.parameters(), lr=2e-3)
        self.memory = deque(maxlen=4000)

    def act(self, s, eps):
        if random.random() < eps:
            return random.randrange(3)
        with torch.no_grad():
            return int(self.online(s).argmax())

    def learn(self, n=64):
        s, a, r, s2 = zip(*random.sample(self.memory, n))
        s, s2, r, a = torch.stack(s), torch.stack(s2), torch.tensor(r), torch.tensor(a)
        with torch.no_grad():
            goal = r + self.gamma * self.target(s2).max(1).values
        loss = (self.online(s).gather(1, a[:, None]).squeeze(1) - goal).pow(2).mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item(), self.online(s).mean().item()


def play(agent, ticks, eps):
    env, total = Lift(), 0.0
    s = env.reset()
    for _ in range(ticks):
        s, r = env.step(agent.act(s, eps))
        total += r
    return total / ticks


def main():
    random.seed(17)
    torch.manual_seed(17)
    agent, env = DQN(), Lift()
    s = env.reset()
    for tick in range(1, 3001):
        a = agent.act(s, eps=max(0.1, 1.0 - tick / 1500))
        s2, r = env.step(a)
        agent.memory.append((s, a, r, s2))
        s = s2
        if tick >= 200 and tick % 3 == 0:
            loss, q = agent.learn()
            if tick % 30 == 0:
                grads = " ".join(f"{n}:{p.grad.norm():.4f}" for n, p in agent.online.named_parameters() if "weight" in n)
                log.info("step %d loss %.5f mean_q %.3f grads %s", tick, loss, q, grads)
        if tick % 90 == 0:
            agent.target.load_state_dict(agent.online.state_dict())
    print("RESULT " + json.dumps({"metric": "reward_per_tick", "value": round(play(agent, 1500, 0.0), 4)}))


if __name__ == "__main__":
    main()
