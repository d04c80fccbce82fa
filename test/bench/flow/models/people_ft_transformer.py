# bench: class=FTTransformer input=randn:16,7+tokens:16,2:5 loss=mse
import math
import typing as ty

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.nn.init as nn_init
from torch import Tensor


class Tokenizer(nn.Module):
    def __init__(self, d_numerical: int, categories: ty.Optional[ty.List[int]], d_token: int, bias: bool) -> None:
        super().__init__()
        d_bias = d_numerical + len(categories)
        category_offsets = torch.tensor([0] + categories[:-1]).cumsum(0)
        self.register_buffer('category_offsets', category_offsets)
        self.category_embeddings = nn.Embedding(sum(categories), d_token)
        nn_init.kaiming_uniform_(self.category_embeddings.weight, a=math.sqrt(5))
        # take [CLS] token into account
        self.weight = nn.Parameter(Tensor(d_numerical + 1, d_token))
        self.bias = nn.Parameter(Tensor(d_bias, d_token)) if bias else None
        nn_init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn_init.kaiming_uniform_(self.bias, a=math.sqrt(5))

    def forward(self, x_num: Tensor, x_cat: Tensor) -> Tensor:
        x_some = x_num if x_cat is None else x_cat
        x_num = torch.cat(
            [torch.ones(len(x_some), 1, device=x_some.device)]  # [CLS]
            + ([] if x_num is None else [x_num]),
            dim=1,
        )
        x = self.weight[None] * x_num[:, :, None]
        if x_cat is not None:
            x = torch.cat([x, self.category_embeddings(x_cat + self.category_offsets[None])], dim=1)
        if self.bias is not None:
            bias = torch.cat([torch.zeros(1, self.bias.shape[1], device=x.device), self.bias])
            x = x + bias[None]
        return x


class MultiheadAttention(nn.Module):
    def __init__(self, d: int, n_heads: int, dropout: float) -> None:
        super().__init__()
        self.W_q = nn.Linear(d, d)
        self.W_k = nn.Linear(d, d)
        self.W_v = nn.Linear(d, d)
        self.W_out = nn.Linear(d, d) if n_heads > 1 else None
        self.n_heads = n_heads
        self.dropout = nn.Dropout(dropout) if dropout else None
        for m in [self.W_q, self.W_k, self.W_v]:
            nn_init.xavier_uniform_(m.weight, gain=1 / math.sqrt(2))
            nn_init.zeros_(m.bias)

    def _reshape(self, x: Tensor) -> Tensor:
        batch_size, n_tokens, d = x.shape
        d_head = d // self.n_heads
        return (
            x.reshape(batch_size, n_tokens, self.n_heads, d_head)
            .transpose(1, 2)
            .reshape(batch_size * self.n_heads, n_tokens, d_head)
        )

    def forward(self, x_q: Tensor, x_kv: Tensor) -> Tensor:
        q, k, v = self.W_q(x_q), self.W_k(x_kv), self.W_v(x_kv)
        batch_size = len(q)
        d_head_key = k.shape[-1] // self.n_heads
        d_head_value = v.shape[-1] // self.n_heads
        n_q_tokens = q.shape[1]
        q = self._reshape(q)
        k = self._reshape(k)
        attention = F.softmax(q @ k.transpose(1, 2) / math.sqrt(d_head_key), dim=-1)
        if self.dropout is not None:
            attention = self.dropout(attention)
        x = attention @ self._reshape(v)
        x = (
            x.reshape(batch_size, self.n_heads, n_q_tokens, d_head_value)
            .transpose(1, 2)
            .reshape(batch_size, n_q_tokens, self.n_heads * d_head_value)
        )
        if self.W_out is not None:
            x = self.W_out(x)
        return x


class FTTransformer(nn.Module):
    def __init__(self, d_numerical: int = 7, categories=[3, 5], d_token: int = 32, n_layers: int = 3,
                 n_heads: int = 4, d_ffn_factor: float = 4 / 3, d_out: int = 1) -> None:
        super().__init__()
        self.tokenizer = Tokenizer(d_numerical, categories, d_token, True)
        d_hidden = int(d_token * d_ffn_factor)
        self.layers = nn.ModuleList([])
        for layer_idx in range(n_layers):
            layer = nn.ModuleDict({
                'attention': MultiheadAttention(d_token, n_heads, 0.2),
                'linear0': nn.Linear(d_token, d_hidden * 2),
                'linear1': nn.Linear(d_hidden, d_token),
                'norm1': nn.LayerNorm(d_token),
            })
            if layer_idx:
                layer['norm0'] = nn.LayerNorm(d_token)
            self.layers.append(layer)
        self.last_normalization = nn.LayerNorm(d_token)
        self.head = nn.Linear(d_token, d_out)

    def _start_residual(self, x, layer, norm_idx):
        x_residual = x
        norm_key = f'norm{norm_idx}'
        if norm_key in layer:
            x_residual = layer[norm_key](x_residual)
        return x_residual

    def forward(self, x_num: Tensor, x_cat: Tensor) -> Tensor:
        x = self.tokenizer(x_num, x_cat)
        for layer_idx, layer in enumerate(self.layers):
            is_last_layer = layer_idx + 1 == len(self.layers)
            x_residual = self._start_residual(x, layer, 0)
            x_residual = layer['attention'](
                # for the last attention, it is enough to process only [CLS]
                (x_residual[:, :1] if is_last_layer else x_residual),
                x_residual,
            )
            if is_last_layer:
                x = x[:, : x_residual.shape[1]]
            x = x + x_residual
            x_residual = self._start_residual(x, layer, 1)
            a, b = layer['linear0'](x_residual).chunk(2, dim=-1)
            x_residual = layer['linear1'](a * F.relu(b))
            x = x + x_residual
        x = x[:, 0]
        x = self.last_normalization(x)
        x = F.relu(x)
        x = self.head(x)
        x = x.squeeze(-1)
        return x
