"""Forward kinematics of a three-joint arm: joint angles in, gripper position out."""
import json
import math
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class TrainArgs:
    width: int = 80
    hidden: int = 9
    learning_rate: float = 1e-3
    max_steps: int = 500
    batch: int = 64
    logging_steps: int = 10
    seed: int = 1234


class Affine(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(n_in, n_out) * 0.3)
        self.offset = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        return x @ self.matrix + self.offset


class ArmNet(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.inp = Affine(3, width)
        self.mid = nn.ModuleList(Affine(width, width) for _ in range(hidden - 1))
        self.out = Affine(width, 2)

    def forward(self, angles):
        h = torch.relu(self.inp(angles))
        for layer in self.mid:
            h = torch.relu(layer(h))
        return self.out(h)


def sample_arm(n):
    lengths = torch.tensor([1.0, 0.8, 0.5])
    angles = (torch.rand(n, 3) - 0.5) * math.pi
    heading = angles.cumsum(dim=1)
    xy = torch.stack([(lengths * heading.cos()).sum(1), (lengths * heading.sin()).sum(1)], dim=1)
    return angles, xy


class Trainer:
    def __init__(self, args):
        self.args = args
        torch.manual_seed(args.seed)
        self.model = ArmNet(args.width, args.hidden)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=args.learning_rate)
        self.history = []

    def training_step(self):
        angles, xy = sample_arm(self.args.batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.mse_loss(self.model(angles), xy)
        loss.backward()
        norm = torch.norm(torch.stack([p.grad.norm() for p in self.model.parameters()]))
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return loss.item(), norm.item()

    def train(self):
        for step in range(1, self.args.max_steps + 1):
            loss, norm = self.training_step()
            if step == 1 or step % self.args.logging_steps == 0:
                entry = {"loss": round(loss, 4), "grad_norm": round(norm, 4),
                         "learning_rate": self.args.learning_rate, "epoch": round(step / 100, 2), "step": step}
                self.history.append(entry)
                print(entry)

    @torch.no_grad()
    def evaluate(self):
        angles, xy = sample_arm(1000)
        return (self.model(angles) - xy).pow(2).mean().item()


if __name__ == "__main__":
    trainer = Trainer(TrainArgs())
    trainer.train()
    print("RESULT " + json.dumps({"metric": "eval_mse", "value": round(trainer.evaluate(), 5)}))
