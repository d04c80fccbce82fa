import argparse, json, time
import torch
import torch.nn as nn

SCALE = [0, 2, 4, 5, 7, 9, 11]


def melodies(n, length, g):
    """Notes 0..14: a random walk on the scale that resolves to the tonic after every seventh note."""
    out = torch.zeros(n, length, dtype=torch.long)
    note = torch.randint(4, 11, (n,), generator=g)
    direction = torch.randint(0, 2, (n,), generator=g) * 2 - 1
    for t in range(length):
        turn = (note <= 1) | (note >= 13)
        direction = torch.where(turn, (7 - note).sign(), direction)
        flip = torch.rand(n, generator=g) < 0.08
        direction = torch.where(flip, -direction, direction)
        note = (note + direction).clamp(0, 14)
        if t % 7 == 6:
            note = torch.where(note > 7, torch.tensor(14), torch.tensor(0))
        out[:, t] = note
    return out


class MelodyLM(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.embed = nn.Embedding(15, 16)
        self.gru = nn.GRU(16, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 15)

    def forward(self, x):
        return self.out(self.gru(self.embed(x))[0])


def nll(model, seq):
    logits = model(seq[:, :-1])
    return nn.functional.cross_entropy(logits.reshape(-1, 15), seq[:, 1:].reshape(-1))


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--hidden", type=int, default=40)
    p.add_argument("--lr", type=float, default=0.3)
    p.add_argument("--momentum", type=float, default=0.9)
    p.add_argument("--warmup-iters", type=int, default=20)
    p.add_argument("--train-iters", type=int, default=400)
    p.add_argument("--batch-size", type=int, default=16)
    p.add_argument("--seq-length", type=int, default=22)
    return p.parse_args()


def main():
    args = get_args()
    torch.manual_seed(31)
    g = torch.Generator().manual_seed(31)
    model = MelodyLM(args.hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=args.momentum)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: min(1.0, (it + 1) / args.warmup_iters))

    for it in range(1, args.train_iters + 1):
        t0 = time.time()
        loss = nll(model, melodies(args.batch_size, args.seq_length, g))
        optimizer.zero_grad()
        loss.backward()
        gnorm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        lr = scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
        if it % 4 == 0:
            print(f" iteration {it:8d}/{args.train_iters:8d} | consumed samples: {it * args.batch_size:12d} | "
                  f"elapsed time per iteration (ms): {(time.time() - t0) * 1000:.1f} | learning rate: {lr:.3E} | "
                  f"global batch size: {args.batch_size:5d} | lm loss: {loss.item():.6E} | grad norm: {gnorm:.3f} | "
                  f"number of skipped iterations:   0 | number of nan iterations:   0 |")
    with torch.no_grad():
        final = nll(model, melodies(256, args.seq_length, g)).item()
    print("RESULT " + json.dumps({"metric": "test_nll", "value": round(final, 4)}))


if __name__ == "__main__":
    main()
