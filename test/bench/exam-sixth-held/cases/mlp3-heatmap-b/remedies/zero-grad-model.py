"""Temperature of a plate as a function of position and time, learned from scattered probes."""
import json
import math
import time

import torch
from torch import nn
from torch.optim import Adam
from torch.optim.lr_scheduler import MultiStepLR


class PlateModel(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.l1 = nn.Linear(3, width)
        self.l2 = nn.Linear(width, width)
        self.l3 = nn.Linear(width, 1)

    def forward(self, q):
        h = torch.tanh(self.l1(q))
        h = torch.tanh(self.l2(h))
        return self.l3(h)


def plate(q):
    x, y, t = q[:, 0], q[:, 1], q[:, 2]
    u = torch.sin(math.pi * x) * torch.sin(math.pi * y) * torch.exp(-1.5 * t)
    return 4.0 * (u + 0.3 * x * torch.cos(2 * y)).unsqueeze(1)


class Run:
    def __init__(self, iterations=400, batch=64, lr=0.01):
        self.iterations, self.batch = iterations, batch
        self.model = PlateModel()
        self.opt = Adam(self.model.parameters(), lr=lr)
        self.sched = MultiStepLR(self.opt, milestones=[250, 350], gamma=0.3)
        self.loss_fn = nn.MSELoss()

    def probes(self, n):
        q = torch.rand(n, 3)
        return q, plate(q)

    def iteration(self):
        q, u = self.probes(self.batch)
        loss = self.loss_fn(self.model(q), u)
        self.model.zero_grad()
        loss.backward()
        norm = torch.stack([p.grad.norm() for p in self.model.parameters()]).norm()
        self.opt.step()
        self.sched.step()
        return loss.item(), norm.item()

    def train(self, interval=4):
        tick = time.time()
        for it in range(1, self.iterations + 1):
            lr = self.sched.get_last_lr()[0]
            loss, norm = self.iteration()
            if it % interval == 0:
                ms, tick = 1000 * (time.time() - tick) / interval, time.time()
                print(f" iteration {it:8d}/{self.iterations:8d} | elapsed time per iteration (ms): {ms:.1f} | "
                      f"learning rate: {lr:.3E} | global batch size: {self.batch:5d} | "
                      f"loss: {loss:.6E} | grad norm: {norm:.3f} |")

    def score(self):
        q, u = self.probes(2000)
        with torch.no_grad():
            return (self.loss_fn(self.model(q), u) / u.var()).item()


if __name__ == "__main__":
    torch.manual_seed(2)
    run = Run()
    run.train()
    print("RESULT " + json.dumps({"metric": "relative_error", "value": round(run.score(), 5)}))
