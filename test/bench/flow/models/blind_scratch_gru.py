# bench: class=ScratchGRU input=randn:32,16,6 loss=mse
import torch


class ScratchGRU(torch.nn.Module):
    def __init__(self, num_inputs=6, num_hiddens=24, sigma=0.01):
        super().__init__()
        init_weight = lambda *shape: torch.nn.Parameter(torch.randn(*shape) * sigma)
        triple = lambda: (init_weight(num_inputs, num_hiddens),
                          init_weight(num_hiddens, num_hiddens),
                          torch.nn.Parameter(torch.zeros(num_hiddens)))
        self.W_xz, self.W_hz, self.b_z = triple()
        self.W_xr, self.W_hr, self.b_r = triple()
        self.W_xh, self.W_hh, self.b_h = triple()
        self.W_hq = init_weight(num_hiddens, 1)
        self.b_q = torch.nn.Parameter(torch.zeros(1))
        self.num_hiddens = num_hiddens

    def forward(self, inputs):
        H = torch.zeros((inputs.shape[0], self.num_hiddens), device=inputs.device)
        for X in inputs.transpose(0, 1):
            Z = torch.sigmoid(torch.matmul(X, self.W_xz) + torch.matmul(H, self.W_hz) + self.b_z)
            R = torch.sigmoid(torch.matmul(X, self.W_xr) + torch.matmul(H, self.W_hr) + self.b_r)
            H_tilde = torch.tanh(torch.matmul(X, self.W_xh) + torch.matmul(R * H, self.W_hh) + self.b_h)
            H = Z * H + (1 - Z) * H_tilde
        return H @ self.W_hq + self.b_q
