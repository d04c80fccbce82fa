"""Identify mass, damping and stiffness matrices of a chain of springs from noise-free measurements."""
import json
import torch

torch.manual_seed(50)
torch.set_default_dtype(torch.float64)

DOF = 4
K = 2 * torch.eye(DOF) - torch.diag(torch.ones(DOF - 1), 1) - torch.diag(torch.ones(DOF - 1), -1)
C = 0.1 * K + 0.05 * torch.eye(DOF)


def measurements(n):
    x, v = torch.randn(n, DOF), torch.randn(n, DOF)
    acc = -(x @ K.t()) - (v @ C.t())
    return x, v, acc


class ChainModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stiffness = torch.nn.Parameter(torch.zeros(DOF, DOF))
        self.damping = torch.nn.Parameter(torch.zeros(DOF, DOF))
        self.bias = torch.nn.Parameter(torch.zeros(DOF))

    def forward(self, x, v):
        return -(x @ self.stiffness.t()) - (v @ self.damping.t()) + self.bias


x, v, acc = measurements(256)
model = ChainModel()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
print("it,loss,stiffness,damping,bias")
for it in range(1200):
    loss = ((model(x, v) - acc) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    if it % 4 == 0:
        g = [p.grad.norm().item() for p in (model.stiffness, model.damping, model.bias)]
        print(f"{it},{loss.item():.6e},{g[0]:.6e},{g[1]:.6e},{g[2]:.6e}")
    optimizer.step()
error = (model.stiffness.detach() - K).abs().max().item()
print("RESULT " + json.dumps({"metric": "max_stiffness_error", "value": error}))
