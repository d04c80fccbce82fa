# bench: class=PerceiverClassifier input=randn:8,40,12 loss=ce
import torch
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, latent_dim, input_dim, heads=4):
        super().__init__()
        self.norm_latent = nn.LayerNorm(latent_dim)
        self.norm_input = nn.LayerNorm(input_dim)
        self.attn = nn.MultiheadAttention(latent_dim, heads, kdim=input_dim, vdim=input_dim, batch_first=True)

    def forward(self, latents, inputs):
        inputs = self.norm_input(inputs)
        out, _ = self.attn(query=self.norm_latent(latents), key=inputs, value=inputs)
        return out


class Latent(nn.Module):
    def __init__(self, dim, heads=4, widening=2):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(dim, widening * dim), nn.GELU(), nn.Linear(widening * dim, dim))

    def forward(self, z):
        y = self.n1(z)
        z = z + self.attn(y, y, y)[0]
        return z + self.mlp(self.n2(z))


class PerceiverClassifier(nn.Module):
    def __init__(self, input_dim=12, num_latents=16, latent_dim=48, depth=2, latent_blocks=2, classes=10):
        super().__init__()
        self.latents = nn.Parameter(torch.randn(num_latents, latent_dim) * 0.02)
        self.cross = nn.ModuleList(CrossAttention(latent_dim, input_dim) for _ in range(depth))
        self.blocks = nn.ModuleList(nn.Sequential(*(Latent(latent_dim) for _ in range(latent_blocks))) for _ in range(depth))
        self.to_logits = nn.Sequential(nn.LayerNorm(latent_dim), nn.Linear(latent_dim, classes))

    def forward(self, x):
        b = x.shape[0]
        z = self.latents.unsqueeze(0).repeat(b, 1, 1)
        for cross, block in zip(self.cross, self.blocks):
            z = z + cross(z, x)
            z = block(z)
        return self.to_logits(z.mean(dim=1))
