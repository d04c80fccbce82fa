# bench: class=model make=get_model input=randn:128,36 loss=mse
import numpy as np
import torch
import torch.nn as nn

FEATURES = ['f%d' % i for i in range(36)]
SEED = 42
BATCH_SIZE = 128


def swish():
    return nn.SiLU()


def dense_block(n_in, n_out, p=0.1):
    return [nn.Linear(n_in, n_out), nn.BatchNorm1d(n_out), swish(), nn.Dropout(p)]


def get_model(n_features=len(FEATURES), widths=(256, 128, 64, 32)):
    layers = []
    last = n_features
    for w in widths:
        layers += dense_block(last, w)
        last = w
    layers.append(nn.Linear(last, 1))
    model = nn.Sequential(*layers)
    for m in model:
        if type(m) == nn.Linear:
            torch.nn.init.kaiming_normal_(m.weight, nonlinearity='relu')
            m.bias.data.fill_(0.01)
    return model


def fit(X, y):
    model = get_model(X.shape[1])
    opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for epoch in range(50):
        for i in range(0, len(X), BATCH_SIZE):
            xb, yb = X[i:i + BATCH_SIZE], y[i:i + BATCH_SIZE]
            loss = nn.functional.mse_loss(model(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
    return model
