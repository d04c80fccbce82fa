import { describePrinted, type Printed } from './shared';

/** Ways of printing with something around names and numbers: Markdown, shapes, counted titles. */
const CASES: Record<string, Printed> = {
  'a parameter, its shape and a number': {
    text: 'iter 100 loss 1.5\nfc1.weight torch.Size([128, 784]) 0.5\nfc1.bias torch.Size([128]) 0.25\niter 200 loss 1.25\nfc1.weight torch.Size([128, 784]) 0.75\nfc1.bias torch.Size([128]) 0.125\n',
    series: [
      'train loss loss @ 100 200 = 1.5 1.25',
      'train grad-norm fc1.weight (fc1.weight) @ 100 200 = 0.5 0.75',
      'train grad-norm fc1.bias (fc1.bias) @ 100 200 = 0.25 0.125',
    ],
  },
  'numbers and titles in bold': {
    text: '**Epoch 1** — loss: **0.750**, grad norm: **1.500**\n**Epoch 2** — loss: **0.500**, grad norm: **1.250**\n**Epoch 3** — loss: **0.375**, grad norm: **1.125**\n',
    series: [
      'train loss loss @ 1 2 3 = 0.75 0.5 0.375',
      'train grad-norm grad norm @ 1 2 3 = 1.5 1.25 1.125',
    ],
  },
  'a table of names in back ticks, below a counted title': {
    text: '### Step 100 (loss 2.5)\n| layer | grad norm |\n|---|---|\n| `fc1.weight` | 0.5 |\n| `fc2.weight` | 0.25 |\n\n### Step 200 (loss 2.25)\n| layer | grad norm |\n|---|---|\n| `fc1.weight` | 0.75 |\n| `fc2.weight` | 0.125 |\n',
    series: [
      'train loss loss @ 100 200 = 2.5 2.25',
      'train grad-norm fc1.weight: grad norm (fc1.weight) @ 100 200 = 0.5 0.75',
      'train grad-norm fc2.weight: grad norm (fc2.weight) @ 100 200 = 0.25 0.125',
    ],
  },
  'a list of bold names below a counted title': {
    text: '## Epoch 1\n- loss: 0.75\n- **fc1.weight** gradient: Mean=0.000125, Std=0.002500, Norm=0.125000\n- **fc2.weight** gradient: Mean=0.000250, Std=0.001250, Norm=0.250000\n## Epoch 2\n- loss: 0.5\n- **fc1.weight** gradient: Mean=0.000125, Std=0.002500, Norm=0.500000\n- **fc2.weight** gradient: Mean=0.000250, Std=0.001250, Norm=0.750000\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train other fc1.weight: grad Mean (fc1.weight) @ 1 2 = 0.000125 0.000125',
      'train grad-norm fc1.weight: grad Norm (fc1.weight) @ 1 2 = 0.125 0.5',
      'train other fc2.weight: grad Mean (fc2.weight) @ 1 2 = 0.00025 0.00025',
      'train grad-norm fc2.weight: grad Norm (fc2.weight) @ 1 2 = 0.25 0.75',
    ],
  },
  'rounds and gradient means in Chinese': {
    text: '第 1 轮 损失: 0.75\nconv1.weight梯度均值: 0.000125\nconv2.weight梯度均值: 0.000250\n第 2 轮 损失: 0.5\nconv1.weight梯度均值: 0.000500\nconv2.weight梯度均值: 0.000750\n',
    series: [
      'train loss 损失 @ 1 2 = 0.75 0.5',
      'train other conv1.weight梯度均值 (conv1.weight) @ 1 2 = 0.000125 0.0005',
      'train other conv2.weight梯度均值 (conv2.weight) @ 1 2 = 0.00025 0.00075',
    ],
  },
  'variables of TensorFlow with their output': {
    text: 'Step 1 loss 0.75\ndense/kernel:0 grad norm 0.125\ndense/bias:0 grad norm 0.0625\ndense_1/kernel:0 grad norm 0.25\nStep 2 loss 0.5\ndense/kernel:0 grad norm 0.375\ndense/bias:0 grad norm 0.03125\ndense_1/kernel:0 grad norm 0.5\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm dense/kernel: grad norm (dense/kernel) @ 1 2 = 0.125 0.375',
      'train grad-norm dense/bias: grad norm (dense/bias) @ 1 2 = 0.0625 0.03125',
      'train grad-norm dense_1/kernel: grad norm (dense_1/kernel) @ 1 2 = 0.25 0.5',
    ],
  },
  'a loss without a name beside a gradient': {
    text: 'Epoch 1/3: 0.750 (grad 1.50)\nEpoch 2/3: 0.500 (grad 1.25)\nEpoch 3/3: 0.375 (grad 1.125)\n',
    series: [
      'train loss unnamed value @ 1 2 3 = 0.75 0.5 0.375',
      'train grad-norm grad @ 1 2 3 = 1.5 1.25 1.125',
    ],
  },
  'a data frame with its index': {
    text: '   epoch  train_loss  grad_norm\n0      1       0.750      1.500\n1      2       0.500      1.250\n2      3       0.375      1.125\n',
    series: [
      'train loss train_loss @ 1 2 3 = 0.75 0.5 0.375',
      'train grad-norm grad_norm @ 1 2 3 = 1.5 1.25 1.125',
    ],
  },
  'a gradient mean in words': {
    text: 'Epoch 1 loss 2.5\nlayers.0.0.weight has gradient mean of 0.00020173587836325169\nlayers.1.0.weight has gradient mean of 0.0001201116101583466\nEpoch 2 loss 2.25\nlayers.0.0.weight has gradient mean of 0.0005\nlayers.1.0.weight has gradient mean of 0.00025\n',
    series: [
      'train loss loss @ 1 2 = 2.5 2.25',
      'train grad-norm layers.0.0.weight: has gradient mean of (layers.0.0.weight) @ 1 2 = 0.00020173587836325169 0.0005',
      'train grad-norm layers.1.0.weight: has gradient mean of (layers.1.0.weight) @ 1 2 = 0.0001201116101583466 0.00025',
    ],
  },
  'a list of names padded to a bar': {
    text: 'epoch 1, loss = 0.75\n🔍 Layer-wise Gradient Norms:\n  - layers.0.linear.weight                   | grad norm: 0.125000\n  - layers.0.linear.bias                     | grad norm: 0.015625\n  - emb.weight                               | grad: None\nepoch 2, loss = 0.5\n🔍 Layer-wise Gradient Norms:\n  - layers.0.linear.weight                   | grad norm: 0.250000\n  - layers.0.linear.bias                     | grad norm: 0.031250\n  - emb.weight                               | grad: None\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm layers.0.linear.weight: grad norm (layers.0.linear.weight) @ 1 2 = 0.125 0.25',
      'train grad-norm layers.0.linear.bias: grad norm (layers.0.linear.bias) @ 1 2 = 0.015625 0.03125',
    ],
  },
  'a gradient for a name behind a logger': {
    text: '2024-03-01 10:00:00.123 | INFO     | __main__:train:40 - step 10 loss 0.5\n2024-03-01 10:00:00.124 | INFO     | __main__:check_gradients:14 - Gradient for conv1.weight: 0.125\n2024-03-01 10:00:00.124 | INFO     | __main__:check_gradients:14 - Gradient for conv2.weight: 0.25\n2024-03-01 10:00:01.123 | INFO     | __main__:train:40 - step 20 loss 0.25\n2024-03-01 10:00:01.124 | INFO     | __main__:check_gradients:14 - Gradient for conv1.weight: 0.0625\n2024-03-01 10:00:01.124 | INFO     | __main__:check_gradients:14 - Gradient for conv2.weight: 0.375\n',
    series: [
      'train loss loss @ 10 20 = 0.5 0.25',
      'train grad-norm Gradient for conv1.weight (conv1.weight) @ 10 20 = 0.125 0.0625',
      'train grad-norm Gradient for conv2.weight (conv2.weight) @ 10 20 = 0.25 0.375',
    ],
  },
  'a name and the word gradient before its statistics': {
    text: 'step 1 loss 0.75\nfc1.weight gradient: mean=0.125, max=0.5, norm=1.5\nstep 2 loss 0.5\nfc1.weight gradient: mean=0.25, max=0.75, norm=1.25\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train other fc1.weight: grad mean (fc1.weight) @ 1 2 = 0.125 0.25',
      'train grad-max fc1.weight: grad max (fc1.weight) @ 1 2 = 0.5 0.75',
      'train grad-norm fc1.weight: grad norm (fc1.weight) @ 1 2 = 1.5 1.25',
    ],
  },
  'names in italics': {
    text: 'step 1 loss 0.75\n* _fc1.weight_: grad norm 0.5\n* _fc2.weight_: grad norm 0.25\nstep 2 loss 0.5\n* _fc1.weight_: grad norm 0.375\n* _fc2.weight_: grad norm 0.125\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm fc1.weight: grad norm (fc1.weight) @ 1 2 = 0.5 0.375',
      'train grad-norm fc2.weight: grad norm (fc2.weight) @ 1 2 = 0.25 0.125',
    ],
  },
  'a name that begins with an underscore': {
    text: 'step 1 loss 0.75\n_orig_mod.fc1.weight grad norm 0.5\nstep 2 loss 0.5\n_orig_mod.fc1.weight grad norm 0.375\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm _orig_mod.fc1.weight: grad norm (_orig_mod.fc1.weight) @ 1 2 = 0.5 0.375',
    ],
  },
};

describePrinted('lines with marks around what they say', CASES);
