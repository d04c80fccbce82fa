"""Patch mixer with LayerScale on 16x16 glyph pictures."""
import json
import math
import torch
import torch.nn as nn


class LayerScale(nn.Module):
    def __init__(self, dim, init=1e-4):
        super().__init__()
        self.gamma = nn.Parameter(init * torch.ones(dim))

    def forward(self, x):
        return x * self.gamma


class MixerBlock(nn.Module):
    def __init__(self, tokens, dim):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.token = nn.Sequential(nn.Linear(tokens, 32), nn.GELU(), nn.Linear(32, tokens))
        self.channel = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.ls1, self.ls2 = LayerScale(dim), LayerScale(dim)

    def forward(self, x):
        x = x + self.ls1(self.token(self.n1(x).transpose(1, 2)).transpose(1, 2))
        return x + self.ls2(self.channel(self.n2(x)))


class PatchMixer(nn.Module):
    def __init__(self, dim=40, depth=5, classes=6):
        super().__init__()
        self.patch = nn.Conv2d(1, dim, 4, stride=4)
        self.blocks = nn.ModuleList(MixerBlock(16, dim) for _ in range(depth))
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        for b in self.blocks:
            x = b(x)
        return self.head(self.norm(x).mean(1))


def glyphs(n, g):
    y = torch.randint(0, 6, (n,), generator=g)
    proto = torch.rand(6, 1, 16, 16, generator=torch.Generator().manual_seed(8)).round()
    x = proto[y] + 0.9 * torch.randn(n, 1, 16, 16, generator=g)
    return x, y


def block_norm(b, part):
    return math.sqrt(sum(p.grad.pow(2).sum().item() for n, p in b.named_parameters() if n.startswith(part)))


def main():
    torch.manual_seed(80)
    g = torch.Generator().manual_seed(81)
    model = PatchMixer()
    opt = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
    for it in range(200):
        x, y = glyphs(48, g)
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        if it % 4 == 0:
            print(f"iter={it} loss={loss.item():.4f} lr=1.0e-03")
            print(f"   patch.weight {model.patch.weight.grad.norm().item():.3e}")
            for i, b in enumerate(model.blocks):
                print(f"   blocks.{i} token {block_norm(b, 'token'):.3e} channel {block_norm(b, 'channel'):.3e} scale {block_norm(b, 'ls'):.3e}")
            print(f"   head.weight {model.head.weight.grad.norm().item():.3e}")
        opt.step()
    x, y = glyphs(800, g)
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
