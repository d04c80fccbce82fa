"""Wind-turbine power from ten SCADA channels, read row by row as the export comes.

usage: python train.py
"""
import json
import math
import time

import torch


def scada_export(rows, seed):
    """Ten channels in engineering units; the historian writes -999 where a reading failed."""
    g = torch.Generator().manual_seed(seed)
    wind = 3 + 17 * torch.rand(rows, generator=g)
    pitch = (wind - 12).clamp(min=0) * 2.2 + torch.randn(rows, generator=g)
    temp = 8 + 9 * torch.randn(rows, generator=g)
    rpm = (wind * 1.4).clamp(max=17) + 0.3 * torch.randn(rows, generator=g)
    other = torch.randn(rows, 6, generator=g) * torch.tensor([5.0, 1.0, 12.0, 0.5, 3.0, 8.0])
    power = (wind / 12).clamp(max=1) ** 3 * (1 - 0.004 * (temp - 8)) * 2000
    table = torch.cat([torch.stack([wind, pitch, temp, rpm], 1), other], 1)
    broken = torch.rand(rows, generator=g) < 0.001
    table[broken, 2] = -999.0
    return table, power


CENTRE = torch.tensor([11.5, 3.5, 8.0, 13.5, 0, 0, 0, 0, 0, 0])
SPREAD = torch.tensor([4.9, 5.5, 9.0, 4.5, 5.0, 1.0, 12.0, 0.5, 3.0, 8.0])


def prepare(table, power):
    x = (table - CENTRE) / SPREAD
    y = (power - 1200.0) / 750.0
    return x, y[:, None]


def build(width=48):
    return torch.nn.Sequential(
        torch.nn.Linear(10, width), torch.nn.ReLU(),
        torch.nn.Linear(width, width), torch.nn.ReLU(),
        torch.nn.Linear(width, width), torch.nn.ReLU(),
        torch.nn.Linear(width, 1))


def total_norm(model):
    return math.sqrt(sum(float(p.grad.norm()) ** 2 for p in model.parameters()))


def main(epochs=2, batch=32, lr=0.01):
    torch.manual_seed(77)
    x, y = prepare(*scada_export(4800, seed=3))
    table, power = scada_export(1500, seed=4)
    fine = table[:, 2] > -900
    xv, yv = prepare(table[fine], power[fine])

    model = build()
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    step, tick = 0, time.time()
    for epoch in range(epochs):
        for k in range(0, len(x), batch):
            loss = torch.nn.functional.mse_loss(model(x[k:k + batch]), y[k:k + batch])
            opt.zero_grad()
            loss.backward()
            gn = total_norm(model)
            if gn < 50:
                opt.step()
            step += 1
            now = time.time()
            rate, tick = batch / max(now - tick, 1e-6), now
            print(f"[rank0]:{time.strftime('%Y-%m-%d %H:%M:%S')} - root - INFO - step: {step:2}  loss: {loss.item():7.4f}  "
                  f"grad_norm: {gn:7.4f}  memory:  0.02GiB(0.10%)  tps: {round(rate):,}  tflops: 0.00  mfu: 0.00%")
    with torch.no_grad():
        r2 = 1 - torch.nn.functional.mse_loss(model(xv), yv).item() / yv.var().item()
    print("RESULT " + json.dumps({"metric": "val_r2", "value": round(r2, 4) if math.isfinite(r2) else None}))


main()
