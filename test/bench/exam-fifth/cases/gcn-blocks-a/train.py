"""Semi-supervised node classification on a stochastic block graph (dense adjacency)."""
import argparse
import json

import torch
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument('--hidden', type=int, default=32)
parser.add_argument('--lr', type=float, default=0.01)
parser.add_argument('--weight_decay', type=float, default=5e-4)
parser.add_argument('--epochs', type=int, default=160)
parser.add_argument('--decay_epochs', type=int, default=12)
args = parser.parse_args()


class GCNConv(torch.nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.lin = torch.nn.Linear(in_channels, out_channels, bias=False)
        self.bias = torch.nn.Parameter(torch.zeros(out_channels))

    def forward(self, x, adj):
        return adj @ self.lin(x) + self.bias


class GCN(torch.nn.Module):
    def __init__(self, in_channels, hidden, out_channels):
        super().__init__()
        self.conv1 = GCNConv(in_channels, hidden)
        self.conv2 = GCNConv(hidden, out_channels)

    def forward(self, x, adj):
        x = F.dropout(x, p=0.3, training=self.training)
        x = self.conv1(x, adj).relu()
        return self.conv2(x, adj)


def block_graph(n=360, k=6, p_in=0.06, p_out=0.012):
    y = torch.arange(n) % k
    prob = torch.where(y.unsqueeze(0) == y.unsqueeze(1), torch.tensor(p_in), torch.tensor(p_out))
    a = (torch.rand(n, n) < prob).float().triu(1)
    a = a + a.t() + torch.eye(n)
    d = a.sum(1).rsqrt()
    x = 0.35 * F.one_hot(y, 24).float() + 0.35 * torch.randn(n, 24)
    return x, d.unsqueeze(1) * a * d.unsqueeze(0), y


torch.manual_seed(1234)
x, adj, y = block_graph()
perm = torch.randperm(len(y))
train_idx, val_idx, test_idx = perm[:120], perm[120:200], perm[200:]
model = GCN(24, args.hidden, 6)
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr, weight_decay=args.weight_decay)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: max(0.0, 1.0 - e / args.decay_epochs))


@torch.no_grad()
def test():
    model.eval()
    pred = model(x, adj).argmax(-1)
    return [(pred[i] == y[i]).float().mean().item() for i in (train_idx, val_idx, test_idx)]


for epoch in range(1, args.epochs + 1):
    model.train()
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x, adj)[train_idx], y[train_idx])
    loss.backward()
    used = optimizer.param_groups[0]['lr']
    optimizer.step()
    scheduler.step()
    if epoch % 4 == 0 or epoch == 1:
        train_acc, val_acc, _ = test()
        print(f'Epoch: {epoch:03d}, Loss: {loss:.4f}, Train: {train_acc:.4f}, Val: {val_acc:.4f}, LR: {used:.6f}')

test_acc = test()[2]
print('RESULT ' + json.dumps({'metric': 'test_accuracy', 'value': round(test_acc, 4)}))
