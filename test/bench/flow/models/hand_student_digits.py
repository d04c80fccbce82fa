# bench: class=NeuralNetwork input=randn:32,1,28,28 loss=ce
import torch
from torch import nn
from torch.utils.data import DataLoader

# hyperparameters
learning_rate = 1e-3
batch_size = 32
epochs = 5
input_size = 28 * 28
hidden = [512, 256, 128]


class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential()
        prev = input_size
        for k, h in enumerate(hidden):
            self.linear_relu_stack.add_module(f"fc{k}", nn.Linear(prev, h))
            self.linear_relu_stack.add_module(f"act{k}", nn.ReLU())
            self.linear_relu_stack.add_module(f"drop{k}", nn.Dropout(0.25))
            prev = h
        self.linear_relu_stack.add_module("out", nn.Linear(prev, 10))

    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits


def train_loop(dataloader, model, loss_fn, optimizer):
    size = len(dataloader.dataset)
    model.train()
    for batch, (X, y) in enumerate(dataloader):
        pred = model(X)
        loss = loss_fn(pred, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if batch % 100 == 0:
            print(f"loss: {loss.item():>7f}  [{(batch + 1) * len(X):>5d}/{size:>5d}]")


if __name__ == "__main__":
    from torchvision import datasets
    from torchvision.transforms import ToTensor
    data = datasets.MNIST("data", train=True, download=True, transform=ToTensor())
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for t in range(epochs):
        train_loop(DataLoader(data, batch_size=batch_size), model, loss_fn, optimizer)
