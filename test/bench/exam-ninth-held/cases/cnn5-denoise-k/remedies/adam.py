import sys, json, math
import torch, torch.nn as nn

# minimal progress bar, tqdm is not installed on the lab machines
class bar:
    def __init__(self, total, desc): self.total, self.desc, self.n = total, desc, 0
    def update(self, **post):
        self.n += 1
        full = int(10 * self.n / self.total)
        sys.stdout.write("\r{}: {:3d}%|{}{}| {}/{} [{}]".format(self.desc, 100 * self.n // self.total, "█" * full, " " * (10 - full),
                         self.n, self.total, ", ".join("%s=%s" % kv for kv in post.items())))
    def close(self): sys.stdout.write("\n"); sys.stdout.flush()

def scenes(n, g, s=20):
    yy, xx = torch.meshgrid(torch.arange(s).float(), torch.arange(s).float(), indexing="ij")
    c = torch.rand(n, 3, 2, 1, 1, generator=g) * s
    r = 2 + 4 * torch.rand(n, 3, 1, 1, generator=g)
    v = 0.3 + 0.7 * torch.rand(n, 3, 1, 1, generator=g)
    d = ((yy - c[:, :, 0]) ** 2 + (xx - c[:, :, 1]) ** 2).sqrt()
    return (torch.sigmoid(3 * (r - d)) * v).amax(1, keepdim=True)

class DnCNN(nn.Module):
    def __init__(self, ch=12, depth=5):
        super().__init__()
        L = [nn.Conv2d(1, ch, 3, padding=1), nn.ReLU(inplace=True)]
        for _ in range(depth - 2):
            L += [nn.Conv2d(ch, ch, 3, padding=1), nn.ReLU(inplace=True)]
        L += [nn.Conv2d(ch, 1, 3, padding=1)]
        self.dncnn = nn.Sequential(*L)
    def forward(self, x): return x - self.dncnn(x)

def main():
    torch.manual_seed(8); g = torch.Generator().manual_seed(8)
    clean = scenes(320, g); noisy = clean + 0.25 * torch.randn(clean.shape, generator=g)
    tc, tn, vc, vn = clean[:256], noisy[:256], clean[256:], noisy[256:]
    net = DnCNN()
    criterion = nn.MSELoss(reduction="sum")
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for ep in range(1, 13):
        b = bar(16, "Epoch %d" % ep)
        for idx in torch.randperm(256).split(16):
            opt.zero_grad()
            loss = criterion(net(tn[idx]), tc[idx])
            loss.backward()
            gn = math.sqrt(sum((p.grad ** 2).sum().item() for p in net.parameters()))
            opt.step()
            b.update(loss="%.4g" % loss.item(), gnorm="%.3g" % gn)
        b.close()
    with torch.no_grad():
        mse = ((net(vn) - vc) ** 2).mean().item()
    psnr = -10 * math.log10(mse) if math.isfinite(mse) else float("nan")
    print("RESULT " + json.dumps({"metric": "val_psnr", "value": round(psnr, 3)}))

main()
