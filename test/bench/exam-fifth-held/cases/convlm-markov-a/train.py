"""Causal conv language model on a synthetic Markov source, with a small task/criterion/trainer stack."""
import json
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class BaseTask:
    def build_model(self):
        raise NotImplementedError

    def build_criterion(self):
        return CrossEntropyCriterion(self)

    def batches(self, epoch):
        raise NotImplementedError


class MarkovTask(BaseTask):
    def __init__(self, vocab=24, length=32, seed=1):
        self.vocab, self.length = vocab, length
        self.gen = torch.Generator().manual_seed(seed)
        self.trans = torch.softmax(3.0 * torch.randn(vocab, vocab, generator=self.gen), -1)

    def draw(self, n):
        s = [torch.randint(0, self.vocab, (n, 1), generator=self.gen)]
        for _ in range(self.length):
            s.append(torch.multinomial(self.trans[s[-1].squeeze(1)], 1, generator=self.gen))
        return torch.cat(s, 1)

    def batches(self, epoch):
        for _ in range(30):
            s = self.draw(16)
            yield {"net_input": s[:, :-1], "target": s[:, 1:], "ntokens": s[:, 1:].numel()}

    def build_model(self):
        return ConvLM(self.vocab, 32, 2)


class BaseModel(nn.Module):
    def get_normalized_probs(self, net_output):
        return F.log_softmax(net_output, -1)


class ConvLM(BaseModel):
    def __init__(self, vocab, dim, layers):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.convs = nn.ModuleList(nn.Conv1d(dim, 2 * dim, 3) for _ in range(layers))
        self.out = nn.Linear(dim, vocab)

    def forward(self, tokens):
        x = self.embed(tokens).transpose(1, 2)
        for c in self.convs:
            x = x + F.glu(c(F.pad(x, (2, 0))), 1)
        return self.out(x.transpose(1, 2))


class CrossEntropyCriterion(nn.Module):
    def __init__(self, task):
        super().__init__()
        self.task = task

    def forward(self, model, sample):
        lprobs = model.get_normalized_probs(model(sample["net_input"]))
        loss = F.nll_loss(lprobs.flatten(0, 1), sample["target"].flatten())
        return loss, {"loss": loss.item() / math.log(2), "ntokens": sample["ntokens"]}


class Trainer:
    def __init__(self, task, model, criterion, lr):
        self.task, self.model, self.criterion = task, model, criterion
        self.optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True)
        self.num_updates = 0

    def begin_epoch(self, epoch):
        self.model.train()
        self.optimizer.zero_grad()

    def grad_norm(self):
        return math.sqrt(sum(p.grad.pow(2).sum().item() for p in self.model.parameters()))

    def train_step(self, sample):
        loss, out = self.criterion(self.model, sample)
        loss.backward()
        out["gnorm"] = self.grad_norm()
        self.optimizer.step()
        self.num_updates += 1
        return out

    def valid(self):
        self.model.eval()
        with torch.no_grad():
            return sum(self.criterion(self.model, s)[1]["loss"] for s in self.task.batches(0)) / 30


def main():
    torch.manual_seed(1)
    task = MarkovTask()
    trainer = Trainer(task, task.build_model(), task.build_criterion(), lr=0.2)
    for epoch in range(1, 13):
        trainer.begin_epoch(epoch)
        for i, sample in enumerate(task.batches(epoch)):
            o = trainer.train_step(sample)
            if i % 6 == 5:
                print(f"| epoch {epoch:03d}:  {i + 1:5d} / 30 loss={o['loss']:.3f}, ppl={2 ** min(o['loss'], 100):.2f}, "
                      f"ntokens={o['ntokens']}, gnorm={o['gnorm']:.3f}, num_updates={trainer.num_updates}, "
                      f"lr={trainer.optimizer.param_groups[0]['lr']:g}")
    v = trainer.valid()
    print(f"| valid on 'valid' subset | loss {v:.3f}")
    print("RESULT " + json.dumps({"metric": "valid_bits", "value": round(v, 4)}))


if __name__ == "__main__":
    main()
