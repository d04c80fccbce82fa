"""Frame-level phoneme classification with a small time-delay network."""
import json
import torch
import torch.nn as nn


class FrameDataset(torch.utils.data.Dataset):
    def __init__(self, n, n_mels=20, context=15, phones=10, seed=0):
        g = torch.Generator().manual_seed(seed)
        proto_g = torch.Generator().manual_seed(777)
        self.proto = torch.randn(phones, n_mels, 3, generator=proto_g)
        self.y = torch.randint(0, phones, (n,), generator=g)
        base = torch.nn.functional.interpolate(self.proto[self.y], size=context, mode="linear", align_corners=True)
        self.x = base + 1.8 * torch.randn(n, n_mels, context, generator=g)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class TDNN(nn.Module):
    def __init__(self, n_mels=20, width=48, phones=10):
        super().__init__()
        self.tdnn1 = nn.Conv1d(n_mels, width, 3)
        self.tdnn2 = nn.Conv1d(width, width, 3)
        self.tdnn3 = nn.Conv1d(width, width, 3)
        self.tdnn4 = nn.Conv1d(width, width, 3)
        self.tdnn5 = nn.Conv1d(width, width, 3)
        self.tdnn6 = nn.Conv1d(width, width, 3)
        self.proj = nn.Linear(width * 3, 64)
        self.out = nn.Linear(64, phones)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p)

    def forward(self, x):
        for layer in (self.tdnn1, self.tdnn2, self.tdnn3, self.tdnn4, self.tdnn5, self.tdnn6):
            x = torch.relu(layer(x))
        return self.out(torch.relu(self.proj(x.flatten(1))))


class Trainer:
    def __init__(self, model, lr=1e-3, out="train_log.jsonl"):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        self.criterion = nn.CrossEntropyLoss()
        self.fh = open(out, "w")
        self.step = 0

    def layer_norms(self):
        return {name: float("%.6g" % m.weight.grad.norm()) for name, m in self.model.named_children()}

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            for x, y in loader:
                self.optimizer.zero_grad()
                loss = self.criterion(self.model(x), y)
                loss.backward()
                self.step += 1
                self.fh.write(json.dumps({"step": self.step, "epoch": epoch, "loss": loss.item(), "grad_norm": self.layer_norms(), "lr": self.optimizer.param_groups[0]["lr"]}) + "\n")
                self.optimizer.step()
        self.fh.close()


@torch.no_grad()
def accuracy(model, ds):
    return (model(ds.x).argmax(1) == ds.y).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(0)
    train, test = FrameDataset(4000, seed=1), FrameDataset(1000, seed=2)
    trainer = Trainer(TDNN())
    trainer.fit(torch.utils.data.DataLoader(train, batch_size=40, shuffle=True), epochs=5)
    acc = accuracy(trainer.model, test)
    print(f"test accuracy: {acc:.3f}")
    print("RESULT " + json.dumps({"metric": "test_accuracy", "value": round(acc, 4)}))
