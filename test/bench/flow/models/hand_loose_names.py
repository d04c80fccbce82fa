# bench: class=forward loose=forward params=C,W1,b1,W2,b2,W3,b3 input=tokens:32,5:27 loss=ce
import torch
import torch.nn.functional as F

g = torch.Generator().manual_seed(torch.initial_seed())
vocab_size, block_size, n_embd, n_hidden = 27, 5, 12, 150

C = torch.randn((vocab_size, n_embd), generator=g)
W1 = torch.randn((n_embd * block_size, n_hidden), generator=g) * (5 / 3) / ((n_embd * block_size) ** 0.5)
b1 = torch.randn(n_hidden, generator=g) * 0.01
W2 = torch.randn((n_hidden, n_hidden), generator=g) * (5 / 3) / (n_hidden ** 0.5)
b2 = torch.zeros(n_hidden)
W3 = torch.randn((n_hidden, vocab_size), generator=g) * 0.01
b3 = torch.randn(vocab_size, generator=g) * 0
parameters = [C, W1, b1, W2, b2, W3, b3]
print(sum(p.nelement() for p in parameters))
for p in parameters:
    p.requires_grad = True


def forward(X):
    emb = C[X]
    h = torch.tanh(emb.view(emb.shape[0], -1) @ W1 + b1)
    h = torch.tanh(h @ W2 + b2)
    return h @ W3 + b3


def train(Xtr, Ytr, steps=200000):
    for i in range(steps):
        ix = torch.randint(0, Xtr.shape[0], (32,))
        loss = F.cross_entropy(forward(Xtr[ix]), Ytr[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        lr = 0.1 if i < 100000 else 0.01
        for p in parameters:
            p.data += -lr * p.grad
