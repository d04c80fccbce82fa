import json
import math
import time
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Config:
    vocab: int = 120
    max_len: int = 20
    d_model: int = 32
    n_heads: int = 4
    n_layers: int = 2
    lr: float = 2e-3
    batch: int = 24
    iters: int = 120
    log_every: int = 2
    seed: int = 5
    pad: int = 0


def synth_reviews(cfg, n):
    """Bags of word ids; ids 1..39 praise, 40..79 complain, the others are filler. Word 119 negates the next one.
    Tokens the 'tokenizer' does not know have been removed already."""
    ids = torch.zeros(n, cfg.max_len, dtype=torch.long)
    labels = torch.zeros(n, dtype=torch.long)
    for r in range(n):
        y = int(torch.rand(()) < 0.5)
        length = int(torch.poisson(torch.tensor(5.5)).clamp(max=cfg.max_len))
        for t in range(length):
            u = float(torch.rand(()))
            if u < 0.45:
                w = 80 + int(torch.randint(38, ()))
            else:
                good = y if u < 0.9 else 1 - y
                w = (1 if good else 40) + int(torch.randint(39, ()))
            ids[r, t] = w
        labels[r] = y
    return ids, labels


class Attention(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.h = cfg.n_heads
        self.qkv = nn.Linear(cfg.d_model, 3 * cfg.d_model)
        self.proj = nn.Linear(cfg.d_model, cfg.d_model)

    def forward(self, x, keep):
        B, T, D = x.shape
        q, k, v = self.qkv(x).view(B, T, 3, self.h, D // self.h).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(D // self.h)
        scores = scores.masked_fill(~keep[:, None, None, :], -1e9)
        attn = scores.softmax(dim=-1)
        return self.proj((attn @ v).transpose(1, 2).reshape(B, T, D))


class Layer(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(cfg.d_model), nn.LayerNorm(cfg.d_model)
        self.attn = Attention(cfg)
        self.mlp = nn.Sequential(nn.Linear(cfg.d_model, 2 * cfg.d_model), nn.GELU(), nn.Linear(2 * cfg.d_model, cfg.d_model))

    def forward(self, x, keep):
        x = x + self.attn(self.ln1(x), keep)
        return x + self.mlp(self.ln2(x))


class ReviewEncoder(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.cfg = cfg
        self.tok = nn.Embedding(cfg.vocab, cfg.d_model, padding_idx=cfg.pad)
        self.pos = nn.Parameter(0.02 * torch.randn(cfg.max_len, cfg.d_model))
        self.layers = nn.ModuleList([Layer(cfg) for _ in range(cfg.n_layers)])
        self.head = nn.Linear(cfg.d_model, 2)

    def forward(self, ids):
        keep = ids != self.cfg.pad
        x = self.tok(ids) + self.pos
        for layer in self.layers:
            x = layer(x, keep)
        w = keep.unsqueeze(-1).float()
        pooled = (x * w).sum(1) / w.sum(1).clamp(min=1.0)
        return self.head(pooled)


def fit(cfg: Config):
    torch.manual_seed(cfg.seed)
    ids, labels = synth_reviews(cfg, 1200)
    val_ids, val_labels = synth_reviews(cfg, 400)
    val_keep = (val_ids != cfg.pad).any(1)
    val_ids, val_labels = val_ids[val_keep], val_labels[val_keep]
    model = ReviewEncoder(cfg)
    opt = torch.optim.AdamW(model.parameters(), lr=cfg.lr, weight_decay=0.01)
    loss_fn = nn.CrossEntropyLoss()
    tick = time.time()
    order = torch.randperm(len(ids))
    cursor = 0
    for it in range(1, cfg.iters + 1):
        if cursor + cfg.batch > len(ids):
            order, cursor = torch.randperm(len(ids)), 0
        pick = order[cursor:cursor + cfg.batch]
        cursor += cfg.batch
        loss = loss_fn(model(ids[pick]), labels[pick])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        gnorm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        if it % cfg.log_every == 0:
            ms = (time.time() - tick) * 1000 / cfg.log_every
            tick = time.time()
            print(f" iteration {it:8d}/{cfg.iters:8d} | consumed samples: {it * cfg.batch:12d} | elapsed time per iteration (ms): {ms:.1f} "
                  f"| learning rate: {cfg.lr:.3E} | global batch size: {cfg.batch:5d} | loss: {loss.item():.6E} | loss scale: 1.0 "
                  f"| grad norm: {float(gnorm):.3f} | number of skipped iterations:   0 | number of nan iterations:   {int(not math.isfinite(loss.item()))} |")
    model.eval()
    with torch.no_grad():
        logits = model(val_ids)
    if not torch.isfinite(logits).all():
        return None
    return (logits.argmax(-1) == val_labels).float().mean().item()


if __name__ == "__main__":
    acc = fit(Config())
    print("RESULT " + json.dumps({"metric": "val_accuracy", "value": None if acc is None else round(acc, 4)}))
