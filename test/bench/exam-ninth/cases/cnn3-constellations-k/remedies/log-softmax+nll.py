import json
import logging
import sys

import torch
import torch.nn as nn

"""Star constellations: 10 patterns of bright dots in a noisy 20x20 sky."""

NUM_CLASSES = 10
IMG_SIZE = 20
BATCH_SIZE = 32
LEARNING_RATE = 0.005
MOMENTUM = 0.9
NUM_STEPS = 260

logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(filename)s:%(lineno)d %(levelname)s %(message)s", stream=sys.stdout)


def createConstellations(numClasses):
    gen = torch.Generator().manual_seed(99)
    return torch.randint(3, IMG_SIZE - 3, (numClasses, 6, 2), generator=gen)


def createBatch(constellations, batchSize, gen):
    labels = torch.randint(0, len(constellations), (batchSize,), generator=gen)
    shift = torch.randint(-1, 2, (batchSize, 1, 2), generator=gen)
    pos = constellations[labels] + shift
    images = 0.15 * torch.randn(batchSize, 1, IMG_SIZE, IMG_SIZE, generator=gen)
    idx = torch.arange(batchSize).unsqueeze(1).expand(-1, 6)
    images[idx, 0, pos[..., 0], pos[..., 1]] += 1.5
    return images, labels


class ConstellationNet(nn.Module):
    def __init__(self):
        super(ConstellationNet, self).__init__()
        self.conv_block_1 = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.conv_block_2 = nn.Sequential(nn.Conv2d(12, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.dense_1 = nn.Linear(16 * 5 * 5, 64)
        self.dense_2 = nn.Linear(64, NUM_CLASSES)
        self.relu = nn.ReLU()
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, x):
        x = self.conv_block_1(x)
        x = self.conv_block_2(x)
        x = torch.flatten(x, 1)
        x = self.relu(self.dense_1(x))
        x = self.dense_2(x)
        return self.softmax(x)


def gradientNorm(model):
    total = 0.0
    for p in model.parameters():
        total += p.grad.data.norm(2).item() ** 2
    return total ** 0.5


def evaluateModel(model, constellations, gen):
    model.eval()
    with torch.no_grad():
        images, labels = createBatch(constellations, 500, gen)
        correct = (model(images).argmax(dim=1) == labels).sum().item()
    return correct / 500


def trainModel():
    torch.manual_seed(2021)
    gen = torch.Generator().manual_seed(7)
    constellations = createConstellations(NUM_CLASSES)
    model = ConstellationNet()
    lossFunction = nn.NLLLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    for step in range(1, NUM_STEPS + 1):
        images, labels = createBatch(constellations, BATCH_SIZE, gen)
        outputs = model(images)
        loss = lossFunction(outputs, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 5 == 0:
            logging.info("Step: %d, Loss: %.4f, Gradient norm: %.5f", step, loss.item(), gradientNorm(model))
    return evaluateModel(model, constellations, gen)


if __name__ == "__main__":
    accuracy = trainModel()
    print("RESULT " + json.dumps({"metric": "accuracy", "value": round(accuracy, 4)}))
