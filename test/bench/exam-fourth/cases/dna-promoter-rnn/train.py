# Promoter strand classification: the motif sits at the start of the read, the rest is background.
import csv
import json
import torch
import torch.nn as nn

torch.manual_seed(5)
READ_LEN = 120
MOTIFS = ["TATAAT", "GGCCGG", "CAATCA"]
ALPHABET = {c: i for i, c in enumerate("ACGT")}


def sample_reads(n):
    reads = torch.randint(0, 4, (n, READ_LEN))
    label = torch.randint(0, len(MOTIFS), (n,))
    for k, motif in enumerate(MOTIFS):
        code = torch.tensor([ALPHABET[c] for c in motif])
        reads[label == k, 2:2 + len(motif)] = code
    return reads, label


class ReadClassifier(nn.Module):
    def __init__(self, emb=16, hidden=48, classes=3):
        super().__init__()
        self.embed = nn.Embedding(4, emb)
        self.rnn = nn.RNN(emb, hidden, batch_first=True)
        self.out = nn.Linear(hidden, classes)

    def forward(self, reads):
        states, _ = self.rnn(self.embed(reads))
        last = states[:, -1]
        return self.out(last)


model = ReadClassifier()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss()

with open("metrics.csv", "w", newline="") as fh:
    names = [n for n, _ in model.named_parameters()]
    writer = csv.writer(fh)
    writer.writerow(["step", "loss", "accuracy"] + ["grad_norm/" + n for n in names])
    for step in range(350):
        reads, label = sample_reads(64)
        logits = model(reads)
        loss = loss_fn(logits, label)
        optimizer.zero_grad()
        loss.backward()
        if step % 5 == 0:
            acc = (logits.argmax(1) == label).float().mean().item()
            writer.writerow([step, f"{loss.item():.5f}", f"{acc:.3f}"] + [f"{p.grad.norm().item():.4e}" for _, p in model.named_parameters()])
        optimizer.step()

model.eval()
with torch.no_grad():
    reads, label = sample_reads(600)
    acc = (model(reads).argmax(1) == label).float().mean().item()
print("finished, accuracy", acc)
print('RESULT {"metric": "accuracy", "value": %.4f}' % acc)
