# bench: class=DeepPlain make=main input=randn:16,3,24,24 loss=ce
import argparse

import torch
import torch.nn as nn


class DeepPlain(nn.Module):
    def __init__(self, depth, width, classes=10):
        super().__init__()
        layers = [nn.Conv2d(3, width, 3, padding=1), nn.ReLU()]
        for _ in range(depth - 2):
            layers.extend([nn.Conv2d(width, width, 3, padding=1), nn.ReLU()])
        self.trunk = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        x = self.pool(self.trunk(x))
        return self.fc(x.flatten(1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int, default=16)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--lr", type=float, default=0.1)
    args = parser.parse_args([])
    model = DeepPlain(args.depth, args.width)
    return model


if __name__ == "__main__":
    main()
