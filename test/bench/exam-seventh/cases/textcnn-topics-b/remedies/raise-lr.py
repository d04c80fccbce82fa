"""Assign short notes to one of five topics with a convolutional text classifier."""
from dataclasses import dataclass

import torch
from torch import nn
import torch.nn.functional as F

TOPICS = {
    "garden": "soil seed rake tulip hedge compost bulb shovel".split(),
    "harbour": "anchor crane ferry pier cargo sailor tug buoy".split(),
    "kitchen": "oven dough spoon basil onion kettle pan recipe".split(),
    "school": "chalk pupil exam lesson desk ruler essay bell".split(),
    "railway": "signal platform wagon ticket track engine porter junction".split(),
}
FILLER = "the a of and with near after before some every small old new late early".split()


@dataclass
class TrainArgs:
    output_dir: str = "out"
    max_steps: int = 300
    batch_size: int = 32
    learning_rate: float = 3.0
    warmup_steps: int = 100_000
    weight_decay: float = 0.01
    logging_steps: int = 5
    seed: int = 11


class NoteSource:
    def __init__(self):
        self.words = sorted({w for ws in TOPICS.values() for w in ws} | set(FILLER))
        self.index = {w: i for i, w in enumerate(self.words)}
        self.topic_ids = [[self.index[w] for w in ws] for ws in TOPICS.values()]
        self.filler_ids = torch.tensor([self.index[w] for w in FILLER])

    def batch(self, n, length=14):
        y = torch.randint(0, len(self.topic_ids), (n,))
        x = self.filler_ids[torch.randint(0, len(self.filler_ids), (n, length))]
        for row, k in enumerate(y.tolist()):
            where = torch.randperm(length)[:3]
            x[row, where] = torch.tensor(self.topic_ids[k])[torch.randint(0, 8, (3,))]
        return x, y


class TextCNN(nn.Module):
    def __init__(self, vocab, n_classes=5, d=24, filters=16):
        super().__init__()
        self.embed = nn.Embedding(vocab, d)
        self.convs = nn.ModuleList([nn.Conv1d(d, filters, k, padding=k // 2) for k in (1, 3, 5)])
        self.classify = nn.Linear(3 * filters, n_classes)

    def forward(self, tokens):
        e = self.embed(tokens).transpose(1, 2)
        feats = [F.relu(conv(e)).amax(dim=2) for conv in self.convs]
        return self.classify(torch.cat(feats, dim=1))


class Trainer:
    def __init__(self, model, source, args):
        self.model, self.source, self.args = model, source, args
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate, weight_decay=args.weight_decay)
        self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self.lr_factor)

    def lr_factor(self, step):
        if step < self.args.warmup_steps:
            return (step + 1) / self.args.warmup_steps
        return 1.0

    def train(self):
        for step in range(1, self.args.max_steps + 1):
            x, y = self.source.batch(self.args.batch_size)
            loss = F.cross_entropy(self.model(x), y)
            self.optimizer.zero_grad()
            loss.backward()
            grad_norm = nn.utils.clip_grad_norm_(self.model.parameters(), 1.0).item()
            lr = self.lr_scheduler.get_last_lr()[0]
            self.optimizer.step()
            self.lr_scheduler.step()
            if step % self.args.logging_steps == 0:
                print({"loss": round(loss.item(), 4), "grad_norm": grad_norm, "learning_rate": lr,
                       "epoch": round(step / 100, 2)})

    @torch.no_grad()
    def evaluate(self):
        x, y = self.source.batch(1000)
        return (self.model(x).argmax(-1) == y).float().mean().item()


def main():
    args = TrainArgs()
    torch.manual_seed(args.seed)
    source = NoteSource()
    trainer = Trainer(TextCNN(len(source.words)), source, args)
    trainer.train()
    print('RESULT {"metric": "eval_accuracy", "value": %.4f}' % trainer.evaluate())


if __name__ == "__main__":
    main()
