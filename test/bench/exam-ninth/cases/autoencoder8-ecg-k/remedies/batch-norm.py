# autoencoder for fake ECG beats, trying to find the weird beats later
import torch
import torch.nn as nn
import torch.optim as optim
import json

torch.manual_seed(42)

N = 1200
T = 60

# every beat = 3 bumps, position/width/height a bit different
t = torch.linspace(0, 1, T)
def make_beats(n):
    b = torch.zeros(n, T)
    for (pos, w, h) in [(0.2, 0.06, 0.5), (0.45, 0.05, 1.0), (0.7, 0.09, 0.6)]:
        p = pos + 0.05 * torch.randn(n, 1)
        hh = h * (0.3 + 1.4 * torch.rand(n, 1))
        b = b + hh * torch.exp(-(t - p) ** 2 / (2 * w ** 2))
    return b

X = make_beats(N)
X = (X - X.mean()) / X.std()
X_train = X[:1000]
X_test = X[1000:]

class AE(nn.Module):
    def __init__(self):
        super(AE, self).__init__()
        self.encoder = nn.Sequential(
            nn.Linear(60, 48), nn.BatchNorm1d(48), nn.Sigmoid(),
            nn.Linear(48, 32), nn.BatchNorm1d(32), nn.Sigmoid(),
            nn.Linear(32, 24), nn.BatchNorm1d(24), nn.Sigmoid(),
            nn.Linear(24, 10), nn.BatchNorm1d(10), nn.Sigmoid(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(10, 24), nn.BatchNorm1d(24), nn.Sigmoid(),
            nn.Linear(24, 32), nn.BatchNorm1d(32), nn.Sigmoid(),
            nn.Linear(32, 48), nn.BatchNorm1d(48), nn.Sigmoid(),
            nn.Linear(48, 60),
        )

    def forward(self, x):
        z = self.encoder(x)
        return self.decoder(z)

model = AE()
criterion = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=1e-3)

EPOCHS = 24
BS = 50
for epoch in range(EPOCHS):
    perm = torch.randperm(len(X_train))
    running = 0.0
    for i in range(0, len(X_train), BS):
        xb = X_train[perm[i:i + BS]]
        optimizer.zero_grad()
        out = model(xb)
        loss = criterion(out, xb)
        loss.backward()
        optimizer.step()
        running += loss.item()
    if epoch % 2 == 0:
        print('======== epoch', epoch, 'loss', running / (len(X_train) / BS))
        # look at the gradients
        for name, p in model.named_parameters():
            if 'weight' in name:
                print(name, 'grad norm:', p.grad.norm().item())

model.eval()
with torch.no_grad():
    err = criterion(model(X_test), X_test).item() / X_test.var(0).mean().item()
print('reconstruction error relative to variance:', err)
print("RESULT " + json.dumps({"metric": "rel_recon_error", "value": round(err, 4)}))
