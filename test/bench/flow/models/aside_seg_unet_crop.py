# bench: class=UNet input=randn:2,1,64,64 loss=ce
import torch
import torch.nn as nn
import torchvision.transforms.functional as TF


def double_conv(in_c, out_c):
    return nn.Sequential(
        nn.Conv2d(in_c, out_c, kernel_size=3), nn.ReLU(inplace=True),
        nn.Conv2d(out_c, out_c, kernel_size=3), nn.ReLU(inplace=True))


def crop_img(tensor, target_tensor):
    target_size = target_tensor.size()[2]
    tensor_size = tensor.size()[2]
    delta = tensor_size - target_size
    delta = delta // 2
    return tensor[:, :, delta:tensor_size - delta, delta:tensor_size - delta]


class UNet(nn.Module):
    def __init__(self):
        super(UNet, self).__init__()
        self.max_pool_2x2 = nn.MaxPool2d(kernel_size=2, stride=2)
        self.down_conv_1 = double_conv(1, 12)
        self.down_conv_2 = double_conv(12, 24)
        self.down_conv_3 = double_conv(24, 48)
        self.up_trans_1 = nn.ConvTranspose2d(48, 24, kernel_size=2, stride=2)
        self.up_conv_1 = double_conv(48, 24)
        self.up_trans_2 = nn.ConvTranspose2d(24, 12, kernel_size=2, stride=2)
        self.up_conv_2 = double_conv(24, 12)
        self.out = nn.Conv2d(12, 2, kernel_size=1)

    def forward(self, image):
        x1 = self.down_conv_1(image)
        x2 = self.max_pool_2x2(x1)
        x3 = self.down_conv_2(x2)
        x4 = self.max_pool_2x2(x3)
        x5 = self.down_conv_3(x4)
        x = self.up_trans_1(x5)
        y = crop_img(x3, x)
        if y.shape[2] != x.shape[2]:
            y = TF.resize(y, size=x.shape[2:])
        x = self.up_conv_1(torch.cat([x, y], 1))
        x = self.up_trans_2(x)
        y = crop_img(x1, x)
        x = self.up_conv_2(torch.cat([x, y], 1))
        return self.out(x)
