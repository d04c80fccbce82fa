import json

import torch
import torch.nn as nn

from config import Config
from data import make_signs


class SignNet(nn.Module):
    def __init__(self, n_classes=5):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(),
        )
        self.head = nn.Linear(16 * 3 * 3, n_classes)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


class Trainer:
    def __init__(self, cfg):
        torch.manual_seed(cfg.seed)
        self.cfg = cfg
        self.model = SignNet()
        self.loss_fn = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=cfg.lr, momentum=cfg.momentum)
        self.train_data = make_signs(cfg.n_train, cfg.noise, cfg.seed)
        self.val_data = make_signs(cfg.n_val, cfg.noise, cfg.seed + 1)
        self.global_step = 0

    def train_step(self, x, y):
        self.model.train()
        loss = self.loss_fn(self.model(x), y)
        loss.backward()
        grad_norm = nn.utils.clip_grad_norm_(self.model.parameters(), float("inf"))
        self.optimizer.step()
        self.global_step += 1
        return loss.item(), grad_norm.item()

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        x, y = self.val_data
        logits = self.model(x)
        return self.loss_fn(logits, y).item(), (logits.argmax(1) == y).float().mean().item()

    def fit(self):
        x, y = self.train_data
        for epoch in range(self.cfg.epochs):
            for idx in torch.randperm(len(x)).split(self.cfg.batch_size):
                loss, grad_norm = self.train_step(x[idx], y[idx])
                if self.global_step % 3 == 0:
                    print(f"Epoch: {epoch + 1:2d} | Step: {self.global_step:4d} | Loss: {loss:9.4f} | Grad Norm: {grad_norm:10.4f}")
            val_loss, val_acc = self.validate()
            print(f"=== Epoch {epoch + 1} done | Val Loss: {val_loss:.4f} | Val Acc: {val_acc:.3f} ===")
        return val_acc


if __name__ == "__main__":
    val_acc = Trainer(Config()).fit()
    print("RESULT " + json.dumps({"metric": "val_acc", "value": round(val_acc, 4)}))
