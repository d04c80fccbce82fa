# bench: class=TabResNet input=randn:128,12+tokens:128,3:8 loss=mse
import typing as ty
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


def reglu(x: Tensor) -> Tensor:
    a, b = x.chunk(2, dim=-1)
    return a * F.relu(b)


def get_activation_fn(name: str) -> ty.Callable[[Tensor], Tensor]:
    return reglu if name == 'reglu' else torch.sigmoid if name == 'sigmoid' else getattr(F, name)


class TabResNet(nn.Module):
    def __init__(self, *, d_numerical: int = 12, categories: ty.Optional[ty.List[int]] = (8, 8, 8), d_embedding: int = 4,
                 d: int = 32, d_hidden_factor: float = 2.0, n_layers: int = 4, activation: str = 'reglu',
                 normalization: str = 'batchnorm', hidden_dropout: float = 0.1, d_out: int = 1) -> None:
        super().__init__()

        def make_normalization():
            return {'batchnorm': nn.BatchNorm1d, 'layernorm': nn.LayerNorm}[normalization](d)

        self.main_activation = get_activation_fn(activation)
        self.last_activation = get_activation_fn('relu')
        self.hidden_dropout = hidden_dropout
        d_in = d_numerical
        d_hidden = int(d * d_hidden_factor)
        if categories is not None:
            d_in += len(categories) * d_embedding
            category_offsets = torch.tensor([0] + list(categories[:-1])).cumsum(0)
            self.register_buffer('category_offsets', category_offsets)
            self.category_embeddings = nn.Embedding(sum(categories), d_embedding)
            nn.init.kaiming_uniform_(self.category_embeddings.weight, a=5 ** 0.5)
        self.first_layer = nn.Linear(d_in, d)
        self.layers = nn.ModuleList([
            nn.ModuleDict({
                'norm': make_normalization(),
                'linear0': nn.Linear(d, d_hidden * (2 if activation.endswith('glu') else 1)),
                'linear1': nn.Linear(d_hidden, d),
            }) for _ in range(n_layers)])
        self.last_normalization = make_normalization()
        self.head = nn.Linear(d, d_out)

    def forward(self, x_num: Tensor, x_cat: ty.Optional[Tensor]) -> Tensor:
        x = []
        if x_num is not None:
            x.append(x_num)
        if x_cat is not None:
            x.append(self.category_embeddings(x_cat + self.category_offsets[None]).view(x_cat.size(0), -1))
        x = torch.cat(x, dim=-1)
        x = self.first_layer(x)
        for layer in self.layers:
            layer = ty.cast(ty.Dict[str, nn.Module], layer)
            z = x
            z = layer['norm'](z)
            z = layer['linear0'](z)
            z = self.main_activation(z)
            if self.hidden_dropout:
                z = F.dropout(z, self.hidden_dropout, self.training)
            z = layer['linear1'](z)
            x = x + z
        x = self.last_normalization(x)
        x = self.last_activation(x)
        x = self.head(x)
        return x.squeeze(-1)
