# %% [markdown]
# # Tiny GPT that writes sums such as `27+15=42;`
# exported from colab

# %%
import json
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(0)
torch.manual_seed(0)

CHARS = "0123456789+=;"
stoi = {c: i for i, c in enumerate(CHARS)}

# %%
def make_text(n):
    out = []
    for _ in range(n):
        a, b = random.randint(0, 9), random.randint(0, 9)
        out.append(f"{a}+{b}={a + b};")
    return "".join(out)

train_ids = torch.tensor([stoi[c] for c in make_text(3000)])
eval_ids = torch.tensor([stoi[c] for c in make_text(300)])

block_size = 24
batch_size = 16
max_iters = 260
peak_lr = 3e-3
warmup_iters = 40

def get_batch(data):
    ix = torch.randint(len(data) - block_size - 1, (batch_size,))
    x = torch.stack([data[i:i + block_size] for i in ix])
    y = torch.stack([data[i + 1:i + block_size + 1] for i in ix])
    return x, y

# %%
class TinyGPT(nn.Module):
    def __init__(self, dim=24, heads=4, layers=2):
        super().__init__()
        self.wte = nn.Embedding(len(CHARS), dim)
        self.wpe = nn.Embedding(block_size, dim)
        blk = nn.TransformerEncoderLayer(dim, heads, 4 * dim, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(blk, layers)
        self.ln_f = nn.LayerNorm(dim)
        self.lm_head = nn.Linear(dim, len(CHARS))

    def forward(self, idx):
        T = idx.shape[1]
        mask = torch.triu(torch.full((T, T), float("-inf")), diagonal=1)
        h = self.wte(idx) + self.wpe(torch.arange(T))
        return self.lm_head(self.ln_f(self.blocks(h, mask=mask)))

model = TinyGPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=peak_lr, betas=(0.9, 0.95), weight_decay=0.1)

# %%
# linear warm-up, then linear decay
def lr_at(it):
    if it < warmup_iters:
        return peak_lr * (it + 1) / warmup_iters
    return peak_lr * max(0.05, 1 - (it - warmup_iters) / (max_iters - warmup_iters))

scheduler = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)

# %%
steps_per_epoch = len(train_ids) // (batch_size * block_size)
for it in range(max_iters):
    xb, yb = get_batch(train_ids)
    logits = model(xb)
    loss = F.cross_entropy(logits.view(-1, len(CHARS)), yb.view(-1))
    optimizer.zero_grad()
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if (it + 1) % 5 == 0:
        print({"loss": round(loss.item(), 4), "grad_norm": norm.item(), "learning_rate": scheduler.get_last_lr()[0], "epoch": round((it + 1) / steps_per_epoch, 2)})

# %%
with torch.no_grad():
    losses = []
    for _ in range(20):
        xb, yb = get_batch(eval_ids)
        losses.append(F.cross_entropy(model(xb).view(-1, len(CHARS)), yb.view(-1)).item())
eval_loss = sum(losses) / len(losses)
print({"eval_loss": round(eval_loss, 4), "epoch": round(max_iters / steps_per_epoch, 2)})
print("RESULT " + json.dumps({"metric": "eval_loss", "value": round(eval_loss, 4)}))
