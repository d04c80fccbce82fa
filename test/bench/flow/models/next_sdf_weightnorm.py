# bench: class=SDFNet input=randn:128,3 loss=mse
import torch
import torch.nn as nn
import torch.nn.functional as F


class SDFNet(nn.Module):
    """DeepSDF style decoder with a latent code that is learned and a skip in the middle."""

    def __init__(self, latent=16, dims=(64, 64, 64, 64, 64), skip=3):
        super().__init__()
        self.code = nn.Parameter(torch.randn(1, latent) * 0.1)
        sizes = [latent + 3] + list(dims) + [1]
        self.num_layers = len(sizes)
        self.skip = skip
        for layer in range(self.num_layers - 1):
            out_dim = sizes[layer + 1]
            if layer + 1 == skip:
                out_dim = out_dim - sizes[0]
            setattr(self, "lin" + str(layer), nn.utils.weight_norm(nn.Linear(sizes[layer], out_dim)))
        self.th = nn.Tanh()

    def forward(self, xyz):
        inp = torch.cat([self.code.expand(xyz.shape[0], -1), xyz], 1)
        x = inp
        for layer in range(self.num_layers - 1):
            lin = getattr(self, "lin" + str(layer))
            if layer == self.skip:
                x = torch.cat([x, inp], 1)
            x = lin(x)
            if layer < self.num_layers - 2:
                x = F.relu(x)
        return self.th(x)
