import json

import torch
from torch import nn, optim
import torch.nn.functional as F


# Crop yield anomaly from small two-band satellite patches (12x12).
class CropNet(nn.Module):

    def __init__(self):
        super(CropNet, self).__init__()
        self.conv1 = nn.Conv2d(2, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc1 = nn.Linear(16 * 3 * 3, 32)
        self.fc2 = nn.Linear(32, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.flatten(1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return x.squeeze(1)


def make_fields(n):
    # red and near-infrared reflectance with a vigour gradient over the field
    vigour = torch.rand(n, 1, 1)
    patchy = torch.rand(n, 1, 1)
    tex = torch.randn(n, 12, 12)
    nir = 0.25 + 0.4 * vigour + 0.1 * patchy * tex
    red = 0.30 - 0.22 * vigour + 0.05 * torch.randn(n, 12, 12)
    img = torch.stack([red, nir], 1)
    img = (img - img.mean((0, 2, 3), keepdim=True)) / img.std((0, 2, 3), keepdim=True)
    tonnes = 3.0 + 4.0 * vigour[:, 0, 0] - 2.5 * patchy[:, 0, 0] * vigour[:, 0, 0]
    anomaly = (tonnes - tonnes.mean()) / tonnes.std()
    return img, anomaly


torch.manual_seed(31)
images, yields = make_fields(900)
train_x, train_y = images[:700], yields[:700]
test_x, test_y = images[700:], yields[700:]

net = CropNet()
criterion = nn.MSELoss()
optimizer = optim.SGD(net.parameters(), lr=0.005, momentum=0.9)

for epoch in range(12):
    running_loss = 0.0
    order = torch.randperm(700)
    for i in range(0, 700, 35):
        sel = order[i:i + 35]
        optimizer.zero_grad()
        outputs = net(train_x[sel])
        loss = criterion(outputs, train_y[sel])
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        if (i // 35) % 10 == 9:
            print('[%d, %3d] loss: %.3f' % (epoch + 1, i // 35 + 1, running_loss / 10))
            running_loss = 0.0
            for name, p in net.named_parameters():
                print('    %-14s grad norm = %.8f' % (name, p.grad.norm()))

print('Finished Training')
net.eval()
with torch.no_grad():
    pred = net(test_x)
    r2 = 1 - ((pred - test_y) ** 2).sum() / ((test_y - test_y.mean()) ** 2).sum()
print('RESULT ' + json.dumps({'metric': 'test_r2', 'value': round(r2.item(), 4)}))
