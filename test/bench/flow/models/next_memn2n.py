# bench: class=MemN2N input=tokens:16,8,6:40+tokens:16,6:40 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class MemN2N(nn.Module):
    """End-to-end memory network with adjacent weight tying."""

    def __init__(self, vocab=40, d=24, hops=3):
        super(MemN2N, self).__init__()
        self.hops = hops
        for h in range(hops + 1):
            c = nn.Embedding(vocab, d, padding_idx=0)
            c.weight.data.normal_(0, 0.1)
            self.add_module("C_{}".format(h), c)

    def forward(self, story, query):
        u = getattr(self, "C_0")(query).sum(1)
        for h in range(self.hops):
            m = getattr(self, "C_{}".format(h))(story).sum(2)
            c = getattr(self, "C_{}".format(h + 1))(story).sum(2)
            p = F.softmax((m * u.unsqueeze(1)).sum(2), dim=1)
            o = (c * p.unsqueeze(2)).sum(1)
            u = u + o
        return u @ getattr(self, "C_{}".format(self.hops)).weight.transpose(0, 1)
