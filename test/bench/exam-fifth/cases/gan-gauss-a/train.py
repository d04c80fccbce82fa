import json
import torch
import torch.nn as nn

torch.manual_seed(2)
nz, ngf, ndf = 4, 32, 32
num_epochs, batch_size = 24, 64

def real_data(n):
    c = torch.tensor([[2., 0.], [-2., 0.], [0., 2.], [0., -2.]])
    return c[torch.randint(0, 4, (n,))] + 0.35 * torch.randn(n, 2)

netG = nn.Sequential(nn.Linear(nz, ngf), nn.ReLU(), nn.Linear(ngf, ngf), nn.ReLU(), nn.Linear(ngf, 2))
netD = nn.Sequential(nn.Linear(2, ndf), nn.LeakyReLU(0.2), nn.Linear(ndf, ndf), nn.LeakyReLU(0.2), nn.Linear(ndf, 1))
criterion = nn.BCEWithLogitsLoss()
optimizerD = torch.optim.Adam(netD.parameters(), lr=2e-3, betas=(0.5, 0.999))
optimizerG = torch.optim.Adam(netG.parameters(), lr=2e-3, betas=(0.5, 0.999))

def norm(net):
    return sum(p.grad.norm().item() ** 2 for p in net.parameters()) ** 0.5

dataset = real_data(64 * 40)
for epoch in range(num_epochs):
    for i, idx in enumerate(torch.randperm(len(dataset)).split(batch_size)):
        # (1) update D
        netD.zero_grad()
        real = dataset[idx]
        out = netD(real)
        errD_real = criterion(out, torch.ones_like(out))
        errD_real.backward()
        D_x = torch.sigmoid(out).mean().item()
        fake = netG(torch.randn(len(real), nz))
        out = netD(fake.detach())
        errD_fake = criterion(out, torch.zeros_like(out))
        errD_fake.backward()
        D_G_z1 = torch.sigmoid(out).mean().item()
        gd = norm(netD)
        optimizerD.step()
        # (2) update G
        netG.zero_grad()
        out = netD(fake)
        errG = criterion(out, torch.ones_like(out))
        errG.backward()
        D_G_z2 = torch.sigmoid(out).mean().item()
        gg = norm(netG)
        optimizerG.step()
        if i % 10 == 0:
            print('[%d/%d][%d/%d]\tLoss_D: %.4f\tLoss_G: %.4f\tD(x): %.4f\tD(G(z)): %.4f / %.4f\t|gD|: %.3f\t|gG|: %.3f'
                  % (epoch, num_epochs, i, 40, (errD_real + errD_fake).item(), errG.item(), D_x, D_G_z1, D_G_z2, gd, gg))

with torch.no_grad():
    f, r = netG(torch.randn(1500, nz)), real_data(1500)
    # energy distance
    e = (2 * torch.cdist(f, r).mean() - torch.cdist(f, f).mean() - torch.cdist(r, r).mean()).item()
print('RESULT ' + json.dumps({"metric": "energy_distance", "value": round(e, 4)}))
