# bench: class=SequenceClassifier make=build input=tokens:8,24:200 loss=ce
import dataclasses
import math
from typing import Optional

import torch
from torch import Tensor, nn


@dataclasses.dataclass(frozen=True)
class EncoderConfig:
    vocab_size: int = 200
    hidden_size: int = 64
    num_hidden_layers: int = 5
    num_attention_heads: int = 4
    intermediate_size: int = 256
    max_position_embeddings: int = 64
    type_vocab_size: int = 2
    initializer_range: float = 0.02
    dropout: float = 0.1
    num_labels: int = 3

    @property
    def head_size(self) -> int:
        return self.hidden_size // self.num_attention_heads


class Embeddings(nn.Module):
    def __init__(self, cfg: EncoderConfig) -> None:
        super().__init__()
        self.word = nn.Embedding(cfg.vocab_size, cfg.hidden_size, padding_idx=0)
        self.position = nn.Embedding(cfg.max_position_embeddings, cfg.hidden_size)
        self.token_type = nn.Embedding(cfg.type_vocab_size, cfg.hidden_size)
        self.norm = nn.LayerNorm(cfg.hidden_size, eps=1e-12)
        self.dropout = nn.Dropout(cfg.dropout)
        self.register_buffer("position_ids", torch.arange(cfg.max_position_embeddings).expand((1, -1)))

    def forward(self, input_ids: Tensor, token_type_ids: Optional[Tensor] = None) -> Tensor:
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        n = input_ids.size(1)
        e = self.word(input_ids) + self.position(self.position_ids[:, :n]) + self.token_type(token_type_ids)
        return self.dropout(self.norm(e))


class SelfAttention(nn.Module):
    def __init__(self, cfg: EncoderConfig) -> None:
        super().__init__()
        self.cfg = cfg
        self.query = nn.Linear(cfg.hidden_size, cfg.hidden_size)
        self.key = nn.Linear(cfg.hidden_size, cfg.hidden_size)
        self.value = nn.Linear(cfg.hidden_size, cfg.hidden_size)
        self.dropout = nn.Dropout(cfg.dropout)

    def split(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:-1], self.cfg.num_attention_heads, self.cfg.head_size).permute(0, 2, 1, 3)

    def forward(self, h: Tensor) -> Tensor:
        q, k, v = map(self.split, (self.query(h), self.key(h), self.value(h)))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(self.cfg.head_size)
        probs = self.dropout(scores.softmax(dim=-1))
        ctx = torch.matmul(probs, v).permute(0, 2, 1, 3).contiguous()
        return ctx.view(*ctx.shape[:-2], self.cfg.hidden_size)


class AddNorm(nn.Module):
    def __init__(self, n_in: int, cfg: EncoderConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(n_in, cfg.hidden_size)
        self.norm = nn.LayerNorm(cfg.hidden_size, eps=1e-12)
        self.dropout = nn.Dropout(cfg.dropout)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        return self.norm(self.dropout(self.dense(x)) + residual)


class Layer(nn.Module):
    def __init__(self, cfg: EncoderConfig) -> None:
        super().__init__()
        self.attention = SelfAttention(cfg)
        self.attention_out = AddNorm(cfg.hidden_size, cfg)
        self.up = nn.Linear(cfg.hidden_size, cfg.intermediate_size)
        self.down = AddNorm(cfg.intermediate_size, cfg)

    def forward(self, h: Tensor) -> Tensor:
        a = self.attention_out(self.attention(h), h)
        return self.down(nn.functional.gelu(self.up(a)), a)


class SequenceClassifier(nn.Module):
    def __init__(self, cfg: EncoderConfig) -> None:
        super().__init__()
        self.cfg = cfg
        self.embeddings = Embeddings(cfg)
        self.layers = nn.ModuleList(Layer(cfg) for _ in range(cfg.num_hidden_layers))
        self.pooler = nn.Sequential(nn.Linear(cfg.hidden_size, cfg.hidden_size), nn.Tanh())
        self.classifier = nn.Linear(cfg.hidden_size, cfg.num_labels)
        self.apply(self._init)

    def _init(self, module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            module.weight.data.normal_(mean=0.0, std=self.cfg.initializer_range)
        elif isinstance(module, nn.LayerNorm):
            module.bias.data.zero_()
            module.weight.data.fill_(1.0)
        if isinstance(module, nn.Linear) and module.bias is not None:
            module.bias.data.zero_()

    def forward(self, input_ids: Tensor) -> Tensor:
        h = self.embeddings(input_ids)
        for layer in self.layers:
            h = layer(h)
        return self.classifier(self.pooler(h[:, 0]))


def build() -> SequenceClassifier:
    return SequenceClassifier(EncoderConfig())
