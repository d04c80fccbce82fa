"""Follows the position of a drifting particle from its velocities with a recurrent net."""
import json

import torch
from torch import nn

LENGTH = 50
HIDDEN = 48
STEPS = 300


class Tracker(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, HIDDEN, nonlinearity="relu", batch_first=True)
        self.head = nn.Linear(HIDDEN, 2)

    def forward(self, velocity):
        states, _ = self.rnn(velocity)
        return self.head(states)


def batch(size):
    drift = 0.1 * torch.randn(size, 1, 2)
    velocity = drift + 0.1 * torch.randn(size, LENGTH, 2)
    return velocity, velocity.cumsum(dim=1)


def main():
    torch.manual_seed(5)
    model = Tracker()
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    with open("metrics.jsonl", "w") as log:
        for step in range(1, STEPS + 1):
            velocity, position = batch(64)
            optimizer.zero_grad()
            loss = criterion(model(velocity), position)
            loss.backward()
            norms = {name: parameter.grad.norm().item() for name, parameter in model.named_parameters()}
            total = sum(norm**2 for norm in norms.values()) ** 0.5
            optimizer.step()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            log.write(json.dumps({"step": step, "loss": loss.item(), "grad_norm": total, "gradients": norms}) + "\n")


if __name__ == "__main__":
    main()
