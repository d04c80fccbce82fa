"""Poor man's mixed precision: gradients travel between the workers as half precision."""
import torch


class HalfComm:
    def __init__(self, params, scale=2.0 ** 10, growth_interval=40):
        self.params = list(params)
        self.scale = scale
        self.growth_interval = growth_interval
        self.count = 0

    def scale_loss(self, loss):
        return loss * self.scale

    def exchange(self):
        # what the other side receives: fp16 payload, unscaled on arrival
        for p in self.params:
            payload = p.grad.half()
            p.grad.copy_(payload.float() / self.scale)
        # use the whole range of fp16: double the scale now and then
        self.count += 1
        if self.count % self.growth_interval == 0:
            self.scale *= 2

    def global_norm(self):
        return torch.norm(torch.stack([p.grad.norm() for p in self.params]))
