"""Read seven-segment digits from 14x10 pictures."""
import json

import torch
import torch.nn as nn

CFG = {"epochs": 8, "batch": 40, "lr": 0.01, "momentum": 0.9, "seed": 2023, "log_every": 5}

#        top, top-left, top-right, middle, bottom-left, bottom-right, bottom
SEGMENTS = ["1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"]
BOXES = [(1, 2, 2, 8), (2, 7, 1, 2), (2, 7, 8, 9), (6, 7, 2, 8), (7, 12, 1, 2), (7, 12, 8, 9), (12, 13, 2, 8)]


def render(n, g):
    digit = torch.randint(0, 10, (n,), generator=g)
    img = torch.zeros(n, 1, 14, 10)
    for i, d in enumerate(digit.tolist()):
        for lit, (r0, r1, c0, c1) in zip(SEGMENTS[d], BOXES):
            if lit == "1":
                img[i, 0, r0:r1, c0:c1] = 1.0
        img[i] = torch.roll(img[i], int(torch.randint(-1, 2, (1,), generator=g)), dims=2)
    return img + 0.15 * torch.randn(img.shape, generator=g), digit


def make_model():
    net = nn.Sequential()
    chans = [1, 16, 16, 24]
    for i in range(3):
        net.add_module(f"conv{i + 1}", nn.Conv2d(chans[i], chans[i + 1], 3, padding=1))
        net.add_module(f"act{i + 1}", nn.ReLU())
        if i > 0:
            net.add_module(f"pool{i + 1}", nn.MaxPool2d(2, ceil_mode=True))
    net.add_module("flat", nn.Flatten())
    net.add_module("hidden", nn.Linear(24 * 4 * 3, 48))
    net.add_module("act4", nn.ReLU())
    net.add_module("classify", nn.Linear(48, 10))
    return net


def log_gradients(net):
    for name, p in net.named_parameters():
        if p.ndim > 1:
            print(f"  {name}: {p.grad.norm().item():.6f}")


def train_epoch(net, opt, data, epoch, steps_per_epoch):
    x, y = data
    order = torch.randperm(len(x))
    for step in range(1, steps_per_epoch + 1):
        idx = order[(step - 1) * CFG["batch"]:step * CFG["batch"]]
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[idx]), y[idx])
        loss.backward()
        if step % CFG["log_every"] == 0:
            total = sum(p.grad.pow(2).sum() for p in net.parameters()).sqrt().item()
            print(f"Epoch [{epoch}/{CFG['epochs']}], Step [{step}/{steps_per_epoch}], "
                  f"Loss: {loss.item():.4f}, grad_norm: {total:.5f}")
            log_gradients(net)
        opt.step()


def main():
    torch.manual_seed(CFG["seed"])
    g = torch.Generator().manual_seed(3)
    train, test = render(1200, g), render(300, g)
    net = make_model()
    opt = torch.optim.SGD(net.parameters(), lr=CFG["lr"], momentum=CFG["momentum"])
    for epoch in range(1, CFG["epochs"] + 1):
        train_epoch(net, opt, train, epoch, len(train[0]) // CFG["batch"])
    with torch.no_grad():
        acc = (net(test[0]).argmax(1) == test[1]).float().mean().item()
    print("RESULT", json.dumps({"metric": "test_acc", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
