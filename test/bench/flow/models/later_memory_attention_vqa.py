# bench: class=VQANet input=randn:8,3,32,32+tokens:8,12:80 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.weight_norm import weight_norm


class FCNet(nn.Module):
    """Simple class for non-linear fully connected network"""
    def __init__(self, dims):
        super(FCNet, self).__init__()
        layers = []
        for i in range(len(dims) - 2):
            layers.append(weight_norm(nn.Linear(dims[i], dims[i + 1]), dim=None))
            layers.append(nn.ReLU())
        layers.append(weight_norm(nn.Linear(dims[-2], dims[-1]), dim=None))
        layers.append(nn.ReLU())
        self.main = nn.Sequential(*layers)

    def forward(self, x):
        return self.main(x)


class VQANet(nn.Module):
    def __init__(self, vocab=80, emb=32, hid=48, v_dim=48, answers=12):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(3, 24, 3, 2, 1), nn.ReLU(), nn.Conv2d(24, v_dim, 3, 2, 1), nn.ReLU())
        self.w_emb = nn.Embedding(vocab + 1, emb, padding_idx=vocab)
        self.q_emb = nn.GRU(emb, hid, 1, bidirectional=False, batch_first=True)
        self.v_att = nn.Sequential(nn.Linear(v_dim + hid, hid), nn.ReLU(), nn.Linear(hid, 1))
        self.q_net = FCNet([hid, hid])
        self.v_net = FCNet([v_dim, hid])
        self.classifier = nn.Sequential(weight_norm(nn.Linear(hid, hid * 2), dim=None), nn.ReLU(), nn.Dropout(0.5),
                                        weight_norm(nn.Linear(hid * 2, answers), dim=None))

    def forward(self, v, q):
        v = self.cnn(v).flatten(2).permute(0, 2, 1)
        w_emb = self.w_emb(q)
        _, h = self.q_emb(w_emb)
        q_emb = h[-1]
        num_objs = v.size(1)
        vq = torch.cat((v, q_emb.unsqueeze(1).repeat(1, num_objs, 1)), 2)
        att = F.softmax(self.v_att(vq), dim=1)
        v_emb = (att * v).sum(1)
        joint = self.q_net(q_emb) * self.v_net(v_emb)
        return self.classifier(joint)
