import csv, json
import torch as th
import torch.nn.functional as F


def camera(n, gen):
    """8-bit images of a dark belt with one bright spot; returns images and the spot position in 0..1"""
    pos = th.rand(n, 2, generator=gen)
    yy, xx = th.meshgrid(th.arange(14.), th.arange(14.), indexing="ij")
    cy, cx = 1.5 + 10 * pos[:, 0], 1.5 + 10 * pos[:, 1]
    spot = th.exp(-((yy[None] - cy[:, None, None]) ** 2 + (xx[None] - cx[:, None, None]) ** 2) / 3.0)
    img = 40 + 170 * spot + 12 * th.randn(n, 14, 14, generator=gen)
    return img.clamp(0, 255).round().unsqueeze(1), pos


def new_weights():
    def w(*shape):
        fan_in = shape[1] if len(shape) == 2 else shape[1] * shape[2] * shape[3]
        return (th.randn(*shape) * (2.0 / fan_in) ** 0.5).requires_grad_()
    def b(n):
        return th.zeros(n, requires_grad=True)
    return {"conv1.w": w(8, 1, 3, 3), "conv1.b": b(8), "conv2.w": w(12, 8, 3, 3), "conv2.b": b(12),
            "dense.w": w(32, 108), "dense.b": b(32), "out.w": w(2, 32), "out.b": b(2)}


def net(p, x):
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv1.w"], p["conv1.b"])), 2)      # 6x6
    x = F.relu(F.conv2d(x, p["conv2.w"], p["conv2.b"], padding=1))
    x = F.max_pool2d(x, 2).flatten(1)                                          # 3x3
    x = F.relu(F.linear(x, p["dense.w"], p["dense.b"]))
    return F.linear(x, p["out.w"], p["out.b"])      # a position is never negative


def run(steps=400, batch=32, lr=0.003):
    th.manual_seed(21)
    gen = th.Generator().manual_seed(21)
    p = new_weights()
    adam = th.optim.Adam(p.values(), lr)
    with open("spot.csv", "w", newline="") as fh:
        out = csv.writer(fh)
        out.writerow(["it", "mse"] + ["grad_" + k for k in p])
        for it in range(steps):
            x, y = camera(batch, gen)
            loss = F.mse_loss(net(p, x), y)
            adam.zero_grad()
            loss.backward()
            if it < 20 or it % 10 == 0:
                out.writerow([it, "%.6g" % loss.item()] + ["%.6g" % t.grad.norm().item() for t in p.values()])
            adam.step()
    x, y = camera(500, gen)
    with th.no_grad():
        err = (net(p, x) - y).abs().mean().item()
    print("RESULT " + json.dumps({"metric": "mean_abs_error", "value": round(err, 4)}))


run()
