import json
import logging
import sys
import torch
import torch.nn as nn

# Denoising convolutional autoencoder with skip connections. The loss is the squared error of a whole batch.

handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-8s %(message)s", "%m/%d/%Y %H:%M:%S"))
logger = logging.getLogger("denoise")
logger.addHandler(handler)
logger.setLevel(logging.INFO)


def glyphs(count, side=20):
    canvas = torch.zeros(count, 1, side, side)
    for k in range(count):
        for _ in range(3):
            r, c = (int(v) for v in torch.randint(2, side - 2, (2,)))
            if torch.rand(()) < 0.5:
                canvas[k, 0, r, :c] = 1.0
            else:
                canvas[k, 0, :r, c] = 1.0
    return canvas


class Denoiser(nn.Module):
    def __init__(self, c=10):
        super().__init__()
        self.enc1 = nn.Conv2d(1, c, 3, padding=1)
        self.enc2 = nn.Conv2d(c, 2 * c, 4, stride=2, padding=1)
        self.mid = nn.Conv2d(2 * c, 2 * c, 3, padding=1)
        self.dec2 = nn.ConvTranspose2d(2 * c, c, 4, stride=2, padding=1)
        self.dec1 = nn.Conv2d(2 * c, 1, 3, padding=1)

    def forward(self, x):
        e1 = torch.relu(self.enc1(x))
        e2 = torch.relu(self.enc2(e1))
        m = torch.relu(self.mid(e2)) + e2
        d2 = torch.relu(self.dec2(m))
        return self.dec1(torch.cat([d2, e1], 1))


def train():
    torch.manual_seed(5)
    clean, held_out = glyphs(320), glyphs(64)
    net = Denoiser()
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
    criterion = nn.MSELoss(reduction="sum")
    global_step = 0
    for epoch in range(1, 9):
        for idx in torch.randperm(len(clean)).split(32):
            target = clean[idx]
            noisy = target + 0.5 * torch.randn_like(target)
            optimiser.zero_grad()
            loss = criterion(net(noisy), target)
            loss.backward()
            parts = ["%s=%.1f" % (n[:-7], p.grad.norm().item()) for n, p in net.named_parameters() if n.endswith(".weight")]
            total = torch.sqrt(sum(p.grad.pow(2).sum() for p in net.parameters())).item()
            optimiser.step()
            global_step += 1
            logger.info("epoch %d, global_step %d: loss = %.2f, grad_norm = %.1f (%s)", epoch, global_step, loss.item(), total, ", ".join(parts))
    with torch.no_grad():
        noisy = held_out + 0.5 * torch.randn_like(held_out)
        return nn.functional.mse_loss(net(noisy), held_out).item()


if __name__ == "__main__":
    print("RESULT " + json.dumps({"metric": "test_mse", "value": round(train(), 5)}))
