"""Reverse a short sequence of digits with a transformer encoder."""
import argparse
import json
import math

import torch
import torch.nn as nn


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--d-model", type=int, default=32)
    parser.add_argument("--heads", type=int, default=2)
    parser.add_argument("--lr", type=float, default=2e-2)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--length", type=int, default=6)
    parser.add_argument("--vocab", type=int, default=6)
    return parser.parse_args()


class Reverser(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.embed = nn.Embedding(args.vocab, args.d_model)
        self.pos = nn.Parameter(torch.randn(args.length, args.d_model) * 0.3)
        layer = nn.TransformerEncoderLayer(args.d_model, args.heads, dim_feedforward=64, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, args.layers)
        self.lm_head = nn.Linear(args.d_model, args.vocab)

    def forward(self, tokens):
        return self.lm_head(self.encoder(self.embed(tokens) + self.pos))


def main():
    args = parse_args()
    torch.manual_seed(22)
    model = Reverser(args)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    loss_fn = nn.CrossEntropyLoss()
    for step in range(1, args.steps + 1):
        tokens = torch.randint(0, args.vocab, (args.batch_size, args.length))
        logits = model(tokens)
        loss = loss_fn(logits.flatten(0, 1), tokens.flip(1).flatten())
        optimizer.zero_grad()
        loss.backward()
        grad_norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 4 == 0:
            print(f"step: {step}, train_loss: {loss.item():.4f}, ppl: {math.exp(loss.item()):.3f}, grad_norm: {grad_norm.item():.4f}, lr: {optimizer.param_groups[0]['lr']:.2e}")

    tokens = torch.randint(0, args.vocab, (300, args.length))
    with torch.no_grad():
        acc = (model(tokens).argmax(-1) == tokens.flip(1)).float().mean().item()
    print("RESULT " + json.dumps({"metric": "token_accuracy", "value": round(acc, 4)}))


if __name__ == "__main__":
    main()
