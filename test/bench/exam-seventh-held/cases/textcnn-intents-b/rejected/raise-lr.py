import json
import random

import torch
import torch.nn as nn

random.seed(8)
torch.manual_seed(8)

TEMPLATES = {
    "alarm": ["wake me at {n}", "set an alarm for {n} please", "please ring at {n} tomorrow"],
    "timer": ["count down {n} minutes", "start a timer of {n} minutes", "tell me when {n} minutes are over"],
    "weather": ["will it rain in {p} today", "how warm is it in {p}", "do i need a coat in {p} tomorrow"],
    "travel": ["when does the train to {p} leave", "book a seat to {p} at {n}", "how far is it to {p}"],
    "music": ["play something calm", "play the song again {n} times", "stop the song please"],
    "lights": ["make it brighter in here", "turn the lamp off at {n}", "dim the lamp please"],
}
PLACES = ["bern", "oslo", "turin", "ghent", "leeds", "porto"]
NUMBERS = ["five", "six", "seven", "eight", "nine", "ten"]
LABELS = list(TEMPLATES)


def make_examples(n):
    rows = []
    for _ in range(n):
        k = random.randrange(len(LABELS))
        text = random.choice(TEMPLATES[LABELS[k]]).format(n=random.choice(NUMBERS), p=random.choice(PLACES))
        words = [w for w in text.split() if random.random() > 0.1]
        rows.append((words, k))
    return rows


train_rows, test_rows = make_examples(800), make_examples(300)
vocab = {"<pad>": 0}
for words, _ in train_rows + test_rows:
    for w in words:
        vocab.setdefault(w, len(vocab))


def collate(rows, length=9):
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    for i, (words, _) in enumerate(rows):
        ids[i, :len(words)] = torch.tensor([vocab[w] for w in words[:length]])
    return {"input_ids": ids, "labels": torch.tensor([k for _, k in rows])}


class TextCNN(nn.Module):
    def __init__(self, n_words, dim=24, maps=16, widths=(2, 3, 4)):
        super().__init__()
        self.embeddings = nn.Embedding(n_words, dim, padding_idx=0)
        self.convs = nn.ModuleList([nn.Conv1d(dim, maps, w) for w in widths])
        self.classifier = nn.Linear(maps * len(widths), len(LABELS))
        self.loss_fct = nn.CrossEntropyLoss()

    def forward(self, input_ids, labels=None):
        e = self.embeddings(input_ids).transpose(1, 2)
        pooled = torch.cat([torch.relu(conv(e)).amax(dim=2) for conv in self.convs], dim=1)
        logits = self.classifier(pooled)
        return logits if labels is None else (self.loss_fct(logits, labels), logits)


args = {"num_train_epochs": 12, "per_device_train_batch_size": 16, "learning_rate": 6e-3, "logging_steps": 10}
model = TextCNN(len(vocab))
optimizer = torch.optim.AdamW(model.parameters(), lr=args["learning_rate"])
lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
bs = args["per_device_train_batch_size"]
global_step, window = 0, []

for epoch in range(args["num_train_epochs"]):
    random.shuffle(train_rows)
    for i in range(0, len(train_rows), bs):
        loss, _ = model(**collate(train_rows[i:i + bs]))
        loss.backward()
        squares = [p.grad.pow(2).sum() for p in model.parameters()]
        optimizer.step()
        lr_scheduler.step()
        optimizer.zero_grad()
        global_step += 1
        window.append(loss.item())
        if global_step % args["logging_steps"] == 0:
            print({"loss": round(sum(window) / len(window), 4), "grad_norm": round(sum(squares).sqrt().item(), 4),
                   "learning_rate": lr_scheduler.get_last_lr()[0], "epoch": round(global_step * bs / len(train_rows), 2)})
            window.clear()

with torch.no_grad():
    batch = collate(test_rows)
    acc = (model(batch["input_ids"]).argmax(-1) == batch["labels"]).float().mean().item()
print("RESULT " + json.dumps({"metric": "eval_accuracy", "value": round(acc, 4)}))
