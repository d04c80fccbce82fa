from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class DataConfig:
    n_train: int = 2000
    n_eval: int = 500
    seed: int = 17


@dataclass
class TrainConfig:
    lr: float = 0.003
    batch_size: int = 50
    epochs: int = 10
    log_path: Path = Path("train_metrics.jsonl")
    data: DataConfig = field(default_factory=DataConfig)


COLUMNS = ["inlet_pressure_pa", "flow_l_per_h", "ambient_k", "valve_pct", "compressor_rpm"]


def load_table(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Chiller test-bench log; target is the coefficient of performance minus 3."""
    p = rng.uniform(90_000, 160_000, n)
    flow = rng.uniform(300, 2_500, n)
    ambient = rng.uniform(275, 315, n)
    valve = rng.uniform(0, 100, n)
    rpm = rng.uniform(800, 5_500, n)
    cop = (1.2 * np.sin((p - 90_000) / 25_000) + 0.8 * np.cos(rpm / 1_200) * flow / 2_500
           - (ambient - 295) / 25 + 0.5 * (valve / 100 - 0.4) ** 2)
    return np.stack([p, flow, ambient, valve, rpm], axis=1), cop


class CopRegressor(nn.Module):
    def __init__(self, n_in: int, width: int = 48, depth: int = 4) -> None:
        super().__init__()
        dims = [n_in] + [width] * depth
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(dims, dims[1:]))
        self.out = nn.Linear(width, 1)
        self.input_norm = nn.BatchNorm1d(n_in)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.input_norm(x)
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.out(x)


class Callback:
    def on_backward_end(self, step: int, model: nn.Module, loss: torch.Tensor) -> None: ...
    def on_train_end(self) -> None: ...


class JsonlGradientLogger(Callback):
    def __init__(self, path: Path, every: int = 8) -> None:
        self.sink = path.open("w")
        self.every = every

    def on_backward_end(self, step, model, loss):
        if step % self.every:
            return
        record = {"global_step": step, "train.loss": loss.item()}
        record.update({f"gradients.{n}.norm": p.grad.norm().item() for n, p in model.named_parameters() if n.endswith("weight")})
        self.sink.write(json.dumps(record) + "\n")

    def on_train_end(self):
        self.sink.close()


def as_tensors(x: np.ndarray, y: np.ndarray) -> TensorDataset:
    return TensorDataset(torch.from_numpy(x).float(), torch.from_numpy(y).float().unsqueeze(1))


def fit(model: nn.Module, data: TensorDataset, cfg: TrainConfig, callbacks: list[Callback]) -> None:
    loader = DataLoader(data, batch_size=cfg.batch_size, shuffle=True)
    optimiser = torch.optim.Adam(model.parameters(), lr=cfg.lr)
    criterion = nn.MSELoss()
    step = 0
    for _ in range(cfg.epochs):
        for x, y in loader:
            optimiser.zero_grad(set_to_none=True)
            loss = criterion(model(x), y)
            loss.backward()
            for cb in callbacks:
                cb.on_backward_end(step, model, loss)
            optimiser.step()
            step += 1
    for cb in callbacks:
        cb.on_train_end()


@torch.no_grad()
def r2(model: nn.Module, data: TensorDataset) -> float:
    x, y = data.tensors
    model.eval()
    return 1.0 - ((model(x) - y).pow(2).sum() / (y - y.mean()).pow(2).sum()).item()


def main() -> None:
    cfg = TrainConfig()
    torch.manual_seed(cfg.data.seed)
    rng = np.random.default_rng(cfg.data.seed)
    train = as_tensors(*load_table(cfg.data.n_train, rng))
    evaluation = as_tensors(*load_table(cfg.data.n_eval, rng))
    model = CopRegressor(len(COLUMNS))
    fit(model, train, cfg, [JsonlGradientLogger(cfg.log_path)])
    print("RESULT " + json.dumps({"metric": "eval_r2", "value": round(r2(model, evaluation), 4)}))


if __name__ == "__main__":
    main()
