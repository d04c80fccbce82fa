import torch
import torch.nn as nn
import torch.nn.functional as F

N_PER, COMMUNITIES, FEATS = 40, 4, 16


class GraphConv(nn.Module):
    """Z = A_hat X W + b with a dense, symmetrically normalised adjacency matrix."""

    def __init__(self, in_features, out_features, spread=0.02):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_features, out_features))
        self.bias = nn.Parameter(torch.empty(out_features))
        self.spread = spread
        self.reset_parameters()

    def reset_parameters(self):
        self.weight.data.uniform_(-self.spread, self.spread)
        self.bias.data.zero_()

    def forward(self, x, adj):
        return adj @ (x @ self.weight) + self.bias


class GCN(nn.Module):
    def __init__(self, feats, hidden, classes, n_conv=6):
        super().__init__()
        widths = [feats] + [hidden] * (n_conv - 1) + [classes]
        self.convs = nn.ModuleList([GraphConv(widths[i], widths[i + 1]) for i in range(n_conv)])

    def forward(self, x, adj):
        for conv in self.convs[:-1]:
            h = F.relu(conv(x, adj))
            x = x + h if h.shape == x.shape else h
        return self.convs[-1](x, adj)


def block_graph(p_in=0.30, p_out=0.02):
    labels = torch.arange(COMMUNITIES).repeat_interleave(N_PER)
    same = labels[:, None] == labels[None, :]
    prob = torch.where(same, torch.tensor(p_in), torch.tensor(p_out))
    upper = torch.triu((torch.rand_like(prob) < prob).float(), diagonal=1)
    a = upper + upper.t() + torch.eye(len(labels))
    d = a.sum(1).rsqrt()
    centres = torch.randn(COMMUNITIES, FEATS)
    x = centres[labels] + 1.5 * torch.randn(len(labels), FEATS)
    return x, d[:, None] * a * d[None, :], labels


torch.manual_seed(19)
x, adj, labels = block_graph()
order = torch.randperm(len(labels))
train_idx, test_idx = order[:60], order[60:]

net = GCN(FEATS, 32, COMMUNITIES)
optimizer = torch.optim.Adam(net.parameters(), lr=0.005, weight_decay=5e-4)

for epoch in range(400):
    optimizer.zero_grad()
    out = net(x, adj)
    loss = F.cross_entropy(out[train_idx], labels[train_idx])
    loss.backward()
    optimizer.step()
    if epoch % 20 == 0:
        hits = (out[test_idx].argmax(1) == labels[test_idx]).float().mean()
        print(f"epoch {epoch:03d} | loss {loss.item():.5f} | test acc {hits.item():.3f}")
        for name, p in net.named_parameters():
            print(f"  {name:<16} grad norm: {p.grad.norm().item():.4e}")

net.eval()
with torch.no_grad():
    acc = (net(x, adj).argmax(1) == labels)[test_idx].float().mean().item()
print('RESULT {"metric": "test_accuracy", "value": %.4f}' % acc)
