# bench: class=T5Encoder make=small input=tokens:8,20:150 loss=ce
import math
from types import SimpleNamespace

import torch
import torch.nn as nn
import torch.nn.functional as F


class T5LayerNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.variance_epsilon = eps

    def forward(self, hidden_states):
        variance = hidden_states.to(torch.float32).pow(2).mean(-1, keepdim=True)
        hidden_states = hidden_states * torch.rsqrt(variance + self.variance_epsilon)
        return self.weight * hidden_states


class T5Attention(nn.Module):
    def __init__(self, config, has_relative_attention_bias=False):
        super().__init__()
        self.has_relative_attention_bias = has_relative_attention_bias
        self.num_buckets = config.num_buckets
        self.n_heads = config.num_heads
        self.d_kv = config.d_kv
        inner = self.n_heads * self.d_kv
        self.q = nn.Linear(config.d_model, inner, bias=False)
        self.k = nn.Linear(config.d_model, inner, bias=False)
        self.v = nn.Linear(config.d_model, inner, bias=False)
        self.o = nn.Linear(inner, config.d_model, bias=False)
        if has_relative_attention_bias:
            self.relative_attention_bias = nn.Embedding(self.num_buckets, self.n_heads)

    def compute_bias(self, q_len, k_len):
        context = torch.arange(q_len)[:, None]
        memory = torch.arange(k_len)[None, :]
        relative = (memory - context).clamp(-self.num_buckets // 2, self.num_buckets // 2 - 1) + self.num_buckets // 2
        values = self.relative_attention_bias(relative)
        return values.permute([2, 0, 1]).unsqueeze(0)

    def forward(self, hidden_states, position_bias=None):
        batch_size, seq_length = hidden_states.shape[:2]

        def shape(states):
            return states.view(batch_size, -1, self.n_heads, self.d_kv).transpose(1, 2)

        def unshape(states):
            return states.transpose(1, 2).contiguous().view(batch_size, -1, self.n_heads * self.d_kv)

        q, k, v = shape(self.q(hidden_states)), shape(self.k(hidden_states)), shape(self.v(hidden_states))
        scores = torch.matmul(q, k.transpose(3, 2))
        if position_bias is None:
            position_bias = self.compute_bias(seq_length, seq_length)
        scores += position_bias
        attn = F.softmax(scores.float(), dim=-1).type_as(scores)
        return self.o(unshape(torch.matmul(attn, v))), position_bias


class T5Block(nn.Module):
    def __init__(self, config, has_relative_attention_bias=False):
        super().__init__()
        self.attention = T5Attention(config, has_relative_attention_bias)
        self.norm1 = T5LayerNorm(config.d_model)
        self.wi_0 = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.wi_1 = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.wo = nn.Linear(config.d_ff, config.d_model, bias=False)
        self.norm2 = T5LayerNorm(config.d_model)

    def forward(self, x, bias):
        y, bias = self.attention(self.norm1(x), bias)
        x = x + y
        h = self.norm2(x)
        x = x + self.wo(F.gelu(self.wi_0(h)) * self.wi_1(h))
        return x, bias


class T5Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.shared = nn.Embedding(config.vocab_size, config.d_model)
        self.block = nn.ModuleList([T5Block(config, has_relative_attention_bias=bool(i == 0)) for i in range(config.num_layers)])
        self.final_layer_norm = T5LayerNorm(config.d_model)
        self.lm_head = nn.Linear(config.d_model, config.vocab_size, bias=False)
        for module in self.modules():
            self._init_weights(module)

    def _init_weights(self, module):
        factor = self.config.initializer_factor
        if isinstance(module, T5Attention):
            d_model, key_value_proj_dim, n_heads = self.config.d_model, self.config.d_kv, self.config.num_heads
            module.q.weight.data.normal_(mean=0.0, std=factor * ((d_model * key_value_proj_dim) ** -0.5))
            module.k.weight.data.normal_(mean=0.0, std=factor * (d_model ** -0.5))
            module.v.weight.data.normal_(mean=0.0, std=factor * (d_model ** -0.5))
            module.o.weight.data.normal_(mean=0.0, std=factor * ((n_heads * key_value_proj_dim) ** -0.5))
            if module.has_relative_attention_bias:
                module.relative_attention_bias.weight.data.normal_(mean=0.0, std=factor * ((d_model) ** -0.5))
        elif isinstance(module, T5Block):
            module.wi_0.weight.data.normal_(mean=0.0, std=factor * (self.config.d_model ** -0.5))
            module.wi_1.weight.data.normal_(mean=0.0, std=factor * (self.config.d_model ** -0.5))
            module.wo.weight.data.normal_(mean=0.0, std=factor * (self.config.d_ff ** -0.5))

    def forward(self, input_ids):
        hidden = self.shared(input_ids)
        bias = None
        for layer in self.block:
            hidden, bias = layer(hidden, bias)
        hidden = self.final_layer_norm(hidden)
        hidden = hidden * (self.config.d_model ** -0.5)
        return self.lm_head(hidden)


def small():
    config = SimpleNamespace(vocab_size=150, d_model=64, d_kv=16, d_ff=128, num_layers=4, num_heads=4, num_buckets=16, initializer_factor=1.0)
    return T5Encoder(config)
