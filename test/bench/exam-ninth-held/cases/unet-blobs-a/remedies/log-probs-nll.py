import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

DEVICE = "cpu"
IMG = 20
NUM_CLASSES = 4
LEARNING_RATE = 1e-3
NUM_EPOCHS = 20
BATCH = 8

def make_batch(n):
    yy, xx = torch.meshgrid(torch.arange(IMG).float(), torch.arange(IMG).float(), indexing="ij")
    img = 0.15 * torch.randn(n, 1, IMG, IMG)
    mask = torch.zeros(n, IMG, IMG, dtype=torch.long)
    for k in range(n):
        for c, (r, val) in enumerate([(3.0, 1.0), (4.0, -1.0), (2.5, 2.0)], 1):
            cx, cy = torch.randint(4, IMG - 4, (2,)).tolist()
            m = (xx - cx) ** 2 + (yy - cy) ** 2 <= r * r
            img[k, 0][m] += val
            mask[k][m] = c
    return img, mask

class DoubleConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(i, o, 3, 1, 1), nn.ReLU(inplace=True),
            nn.Conv2d(o, o, 3, 1, 1), nn.ReLU(inplace=True),
        )
    def forward(self, x):
        return self.conv(x)

class UNET(nn.Module):
    def __init__(self, features=(6, 12)):
        super().__init__()
        self.down1 = DoubleConv(1, features[0])
        self.down2 = DoubleConv(features[0], features[1])
        self.up = nn.ConvTranspose2d(features[1], features[0], 2, 2)
        self.dec = DoubleConv(2 * features[0], features[0])
        self.final = nn.Conv2d(features[0], NUM_CLASSES, 1)

    def forward(self, x):
        s = self.down1(x)
        b = self.down2(F.max_pool2d(s, 2))
        x = self.dec(torch.cat([s, self.up(b)], dim=1))
        return torch.softmax(self.final(x), dim=1)

class tqdm:
    """the part of tqdm that I need (not installed on the cluster)"""
    def __init__(self, it, desc):
        self.it, self.desc, self.n, self.t0, self.post = list(it), desc, 0, time.time(), ""
    def __iter__(self):
        for x in self.it:
            yield x
            self.n += 1
            self.draw()
        print(flush=True)
    def set_postfix(self, **kw):
        self.post = ", " + ", ".join(f"{k}={v:.3g}" for k, v in kw.items())
    def draw(self):
        total, dt = len(self.it), time.time() - self.t0
        fill = int(10 * self.n / total)
        left = dt / self.n * (total - self.n)
        sys.stdout.write(f"\r{self.desc}: {100 * self.n // total:3d}%|{'█' * fill}{' ' * (10 - fill)}| {self.n}/{total} "
                         f"[{int(dt) // 60:02d}:{int(dt) % 60:02d}<{int(left) // 60:02d}:{int(left) % 60:02d}, {self.n / dt:5.2f}it/s{self.post}]")

def train_fn(data, masks, model, optimizer, loss_fn, epoch):
    batches = torch.randperm(len(data)).split(BATCH)
    loop = tqdm(batches, desc=f"epoch {epoch}")
    for idx in loop:
        preds = model(data[idx].to(DEVICE))
        loss = loss_fn((preds + 1e-8).log(), masks[idx].to(DEVICE))
        optimizer.zero_grad()
        loss.backward()
        g = sum(p.grad.norm() ** 2 for p in model.parameters()) ** 0.5
        optimizer.step()
        loop.set_postfix(loss=loss.item(), grad_norm=g.item())

def check_iou(data, masks, model):
    with torch.no_grad():
        pred = model(data).argmax(1)
    ious = []
    for c in range(1, NUM_CLASSES):
        inter = ((pred == c) & (masks == c)).sum().item()
        union = ((pred == c) | (masks == c)).sum().item()
        ious.append(inter / max(union, 1))
    return sum(ious) / len(ious)

def main():
    torch.manual_seed(12)
    data, masks = make_batch(96)
    vdata, vmasks = make_batch(24)
    model = UNET().to(DEVICE)
    loss_fn = nn.NLLLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for epoch in range(NUM_EPOCHS):
        train_fn(data, masks, model, optimizer, loss_fn, epoch)
    print('RESULT ' + json.dumps({"metric": "mean_iou", "value": round(check_iou(vdata, vmasks, model), 4)}))

if __name__ == "__main__":
    main()
