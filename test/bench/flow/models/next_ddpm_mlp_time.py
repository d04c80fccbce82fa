# bench: class=Denoiser input=randn:64,2+randn:64,1 loss=mse
import math
from typing import Optional

import torch
from torch import nn, Tensor


class SinusoidalEmbedding(nn.Module):
    def __init__(self, size: int, scale: float = 1.0):
        super().__init__()
        self.size = size
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        x = x * self.scale
        half = self.size // 2
        emb = math.log(10000.0) / (half - 1)
        emb = torch.exp(-emb * torch.arange(half))
        emb = x.unsqueeze(-1) * emb.unsqueeze(0)
        return torch.cat((torch.sin(emb), torch.cos(emb)), dim=-1)


class Block(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.ff = nn.Linear(size, size)
        self.act = nn.GELU()

    def forward(self, x: Tensor) -> Tensor:
        return x + self.act(self.ff(x))


class Denoiser(nn.Module):
    def __init__(self, hidden_size: int = 64, hidden_layers: int = 4, emb_size: int = 32):
        super().__init__()
        self.time_mlp = SinusoidalEmbedding(emb_size)
        self.input_mlp1 = SinusoidalEmbedding(emb_size, scale=25.0)
        self.input_mlp2 = SinusoidalEmbedding(emb_size, scale=25.0)
        concat = emb_size * 3
        layers = [nn.Linear(concat, hidden_size), nn.GELU()]
        for _ in range(hidden_layers):
            layers.append(Block(hidden_size))
        layers.append(nn.Linear(hidden_size, 2))
        self.joint_mlp = nn.Sequential(*layers)

    def forward(self, x: Tensor, t: Optional[Tensor]) -> Tensor:
        x1 = self.input_mlp1(x[:, 0])
        x2 = self.input_mlp2(x[:, 1])
        t = self.time_mlp(t[:, 0])
        return self.joint_mlp(torch.cat((x1, x2, t), dim=-1))
