# bench: class=Classifier input=tokens:8,16:100 loss=ce
import torch
import torch.nn as nn


class Embeddings(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.tok_embed = nn.Embedding(cfg["vocab_size"], cfg["dim"])
        self.pos_embed = nn.Embedding(cfg["max_len"], cfg["dim"])
        self.norm = nn.LayerNorm(cfg["dim"])
        self.drop = nn.Dropout(cfg["p_drop"])

    def forward(self, x):
        pos = torch.arange(x.size(1), dtype=torch.long, device=x.device)
        pos = pos.unsqueeze(0).expand(x.size(0), x.size(1))
        return self.drop(self.norm(self.tok_embed(x) + self.pos_embed(pos)))


class EncoderBlock(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        d = cfg["dim"]
        self.attn = nn.MultiheadAttention(d, cfg["n_heads"], dropout=cfg["p_drop"], batch_first=True)
        self.norm1 = nn.LayerNorm(d)
        self.pwff = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))
        self.norm2 = nn.LayerNorm(d)
        self.drop = nn.Dropout(cfg["p_drop"])

    def forward(self, x):
        h, _ = self.attn(x, x, x, need_weights=False)
        x = self.norm1(x + self.drop(h))
        return self.norm2(x + self.drop(self.pwff(x)))


class Classifier(nn.Module):
    CFG = {"vocab_size": 100, "dim": 32, "max_len": 64, "n_heads": 4, "n_layers": 6, "p_drop": 0.1}

    def __init__(self, cfg=None, n_labels=2):
        super().__init__()
        cfg = {**self.CFG, **(cfg or {})}
        self.embed = Embeddings(cfg)
        self.blocks = nn.ModuleList([EncoderBlock(cfg) for _ in range(cfg["n_layers"])])
        self.fc = nn.Linear(cfg["dim"], cfg["dim"])
        self.activ = nn.Tanh()
        self.classifier = nn.Linear(cfg["dim"], n_labels)

    def forward(self, input_ids):
        h = self.embed(input_ids)
        for block in self.blocks:
            h = block(h)
        pooled_h = self.activ(self.fc(h[:, 0]))
        return self.classifier(pooled_h)
