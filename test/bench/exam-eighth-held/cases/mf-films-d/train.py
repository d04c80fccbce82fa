import json
import logging
import sys

import torch


def experiment(users=300, films=200, rank=6, observed=12000, lr=2e-4, epochs=110, batch=1500, seed=90):
    torch.manual_seed(seed)
    log = logging.getLogger("mf")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(asctime)s] %(levelname)-7s %(name)s | %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)

    def ratings():
        taste = torch.randn(users, rank)
        style = torch.randn(films, rank)
        u = torch.randint(0, users, (observed,))
        f = torch.randint(0, films, (observed,))
        stars = 55 + 8 * (taste[u] * style[f]).sum(1) + 6 * torch.randn(films)[f] + 3 * torch.randn(observed)
        return u, f, stars

    def model():
        p = {
            "user_factors": 1.0 * torch.randn(users, 10),
            "film_factors": 1.0 * torch.randn(films, 10),
            "user_bias": torch.zeros(users),
            "film_bias": torch.zeros(films),
        }
        for v in p.values():
            v.requires_grad_()

        def predict(u, f):
            return 55 + (p["user_factors"][u] * p["film_factors"][f]).sum(1) + p["user_bias"][u] + p["film_bias"][f]

        return p, predict

    u, f, stars = ratings()
    cut = int(0.9 * observed)
    p, predict = model()
    opt = torch.optim.SGD(p.values(), lr=lr)
    sse = torch.nn.MSELoss(reduction="sum")
    weight_decay = 2.0

    def update(rows):
        loss = sse(predict(u[rows], f[rows]), stars[rows])
        loss = loss + weight_decay * sum((v ** 2).sum() for v in p.values()) * len(rows) / cut
        opt.zero_grad()
        loss.backward()
        norms = {k: v.grad.norm().item() for k, v in p.items()}
        opt.step()
        return loss.item(), norms

    step = 0
    for epoch in range(epochs):
        for rows in torch.randperm(cut).split(batch):
            loss, norms = update(rows)
            step += 1
            if step % 8 == 0:
                log.info("step=%d loss=%.1f", step, loss)
                for k, v in norms.items():
                    log.debug("step=%d grad_norm[%s]=%.2f", step, k, v)

    with torch.no_grad():
        rmse = (predict(u[cut:], f[cut:]) - stars[cut:]).pow(2).mean().sqrt().item()
        spread = stars[cut:].std().item()
    return round(rmse / spread, 4)


if __name__ == "__main__":
    print("RESULT " + json.dumps({"metric": "test_rmse_over_std", "value": experiment()}))
