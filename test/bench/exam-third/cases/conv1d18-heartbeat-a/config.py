from dataclasses import dataclass


@dataclass
class Config:
    channels: int = 16
    depth: int = 18
    kernel: int = 3
    n_classes: int = 3
    lr: float = 1e-2
    momentum: float = 0.9
    weight_decay: float = 1e-4
    iterations: int = 180
    batch_size: int = 32
    log_every: int = 3
    seed: int = 1234
    log_file: str = "gradients.csv"
