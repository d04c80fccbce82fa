"""Which of three switches was pressed at the very start of a long sensor recording?"""
import json
import logging
import sys

import torch
import torch.nn as nn

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s | %(message)s", datefmt="%H:%M:%S")

SEQ_LEN = 80
N_SWITCHES = 3
MAX_STEPS = 300


class SwitchLSTM(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs):
        super().__init__()
        self.rnn = nn.LSTM(n_inputs, n_hidden, batch_first=True)
        self.readout = nn.Linear(n_hidden, n_outputs)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.readout(states[:, -1])


def recordings(batch):
    pressed = torch.randint(0, N_SWITCHES, (batch,))
    x = torch.zeros(batch, SEQ_LEN, N_SWITCHES + 1)
    x[torch.arange(batch), 0, pressed] = 1.0
    x[:, :, -1] = 0.5 * torch.randn(batch, SEQ_LEN)
    return x, pressed


torch.manual_seed(26)
model = SwitchLSTM(N_SWITCHES + 1, 32, N_SWITCHES)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss()
for step in range(1, MAX_STEPS + 1):
    x, pressed = recordings(48)
    loss = loss_fn(model(x), pressed)
    optimizer.zero_grad()
    loss.backward()
    total_norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
    optimizer.step()
    if step % 5 == 0:
        logging.info("step %4d/%d | loss %.4f | grad_norm %.4f", step, MAX_STEPS, loss.item(), total_norm.item())

with torch.no_grad():
    x, pressed = recordings(600)
    accuracy = (model(x).argmax(1) == pressed).float().mean().item()
print("RESULT " + json.dumps({"metric": "accuracy", "value": round(accuracy, 4)}))
