from dataclasses import dataclass


@dataclass
class Config:
    lr: float = 0.01
    momentum: float = 0.9
    batch_size: int = 32
    epochs: int = 10
    n_train: int = 960
    n_val: int = 320
    noise: float = 0.35
    seed: int = 23
