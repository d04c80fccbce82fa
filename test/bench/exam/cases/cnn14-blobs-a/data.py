import torch
from torch.utils.data import Dataset


class BlobImages(Dataset):
    """Images with 1 to 4 soft blobs; the label is the number of blobs minus one."""

    def __init__(self, n, size=12, seed=0):
        g = torch.Generator().manual_seed(seed)
        self.labels = torch.randint(0, 3, (n,), generator=g)
        r = torch.arange(size).float()
        self.images = torch.zeros(n, 1, size, size)
        for i in range(n):
            for _ in range(int(self.labels[i]) * 2 + 1):
                cx, cy = (torch.rand(2, generator=g) * (size - 3) + 1).tolist()
                self.images[i, 0] += torch.exp(-((r[None] - cx) ** 2 + (r[:, None] - cy) ** 2) / 1.5)
        self.images = (self.images - 0.2) / 0.35 + 0.05 * torch.randn(self.images.shape, generator=g)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.images[i], self.labels[i]
