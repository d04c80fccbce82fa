import { describePrinted, type Printed } from './shared';

/** Forty ways of printing gradients, written down before anybody looked at what is read of them: 33 were read at first sight. */
const CASES: Record<string, Printed> = {
  'print(name, grad.norm()) of tensors': {
    text: 'epoch 0 loss 2.5\nconv1.weight tensor(0.5000)\nconv1.bias tensor(0.0625)\nfc.weight tensor(1.2500)\nepoch 1 loss 2.25\nconv1.weight tensor(0.2500)\nconv1.bias tensor(0.0313)\nfc.weight tensor(1.5000)\n',
    series: [
      'train loss loss @ 0 1 = 2.5 2.25',
      'train grad-norm conv1.weight (conv1.weight) @ 0 1 = 0.5 0.25',
      'train grad-norm conv1.bias (conv1.bias) @ 0 1 = 0.0625 0.0313',
      'train grad-norm fc.weight (fc.weight) @ 0 1 = 1.25 1.5',
    ],
  },
  'tqdm postfix with cuda tensors': {
    text: "Epoch 3:  10%|█         | 10/100 [00:01<00:09,  9.82it/s, loss=0.5, grad_norm=tensor(1.2500, device='cuda:0')]\rEpoch 3:  20%|██        | 20/100 [00:02<00:08,  9.81it/s, loss=0.25, grad_norm=tensor(1.5000, device='cuda:0')]\n",
    series: ['train loss loss @ 210 220 = 0.5 0.25', 'train grad-norm grad_norm @ 210 220 = 1.25 1.5'],
  },
  'loguru with module and line': {
    text: '2024-05-03 12:01:33.123 | INFO     | __main__:train:88 - step=100 loss=2.5 grad_norm=0.875 lr=3.00e-04\n2024-05-03 12:01:35.123 | INFO     | __main__:train:88 - step=200 loss=2.25 grad_norm=0.75 lr=3.00e-04\n',
    series: [
      'train loss loss @ 100 200 = 2.5 2.25',
      'train grad-norm grad_norm @ 100 200 = 0.875 0.75',
      'train learning-rate lr @ 100 200 = 0.0003 0.0003',
    ],
  },
  'rich handler, wrapped': {
    text: '[12:01:33] INFO     Step 100: loss 2.5, grad norm 0.875              train.py:88\n           INFO     Step 200: loss 2.25, grad norm 0.75              train.py:88\n[12:01:35] INFO     Step 300: loss 2.0, grad norm 0.5                train.py:88\n',
    series: [
      'train loss loss @ 100 200 300 = 2.5 2.25 2',
      'train grad-norm grad norm @ 100 200 300 = 0.875 0.75 0.5',
    ],
  },
  'dict of tensors per layer': {
    text: "Step 5\n{'fc1.weight': tensor(0.1250), 'fc2.weight': tensor(0.5000)}\nloss: 0.75\nStep 10\n{'fc1.weight': tensor(0.2500), 'fc2.weight': tensor(0.7500)}\nloss: 0.5\n",
    series: [
      'train grad-norm fc1.weight (fc1.weight) @ 5 10 = 0.125 0.25',
      'train grad-norm fc2.weight (fc2.weight) @ 5 10 = 0.5 0.75',
      'train loss loss @ 5 10 = 0.75 0.5',
    ],
  },
  'numpy array without commas': {
    text: 'epoch 1 loss 0.5 grad norms [0.125 0.5   1.25 ]\nepoch 2 loss 0.25 grad norms [0.25  0.75  1.5  ]\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.25',
      'train grad-norm grad norms.0 (0) @ 1 2 = 0.125 0.25',
      'train grad-norm grad norms.1 (1) @ 1 2 = 0.5 0.75',
      'train grad-norm grad norms.2 (2) @ 1 2 = 1.25 1.5',
    ],
  },
  'repr of a numpy array': {
    text: 'epoch 1: loss=0.5, layer_grad_norms=array([0.125, 0.5  , 1.25 ], dtype=float32)\nepoch 2: loss=0.25, layer_grad_norms=array([0.25 , 0.75 , 1.5  ], dtype=float32)\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.25',
      'train grad-norm layer_grad_norms.0 (0) @ 1 2 = 0.125 0.25',
      'train grad-norm layer_grad_norms.1 (1) @ 1 2 = 0.5 0.75',
      'train grad-norm layer_grad_norms.2 (2) @ 1 2 = 1.25 1.5',
    ],
  },
  'numpy 2 scalars': {
    text: 'iter 0 | loss np.float64(0.5) | gnorm np.float32(1.25)\niter 50 | loss np.float64(0.25) | gnorm np.float32(1.5)\n',
    series: ['train loss loss @ 0 50 = 0.5 0.25', 'train grad-norm gnorm @ 0 50 = 1.25 1.5'],
  },
  'German CSV: semicolons and decimal commas': {
    text: 'Epoche;Verlust;Gradientennorm\n1;0,75;1,25\n2;0,5;1,5\n3;0,25;1,75\n',
    series: [
      'train loss Verlust @ 1 2 3 = 0.75 0.5 0.25',
      'train grad-norm Gradientennorm @ 1 2 3 = 1.25 1.5 1.75',
    ],
  },
  'CSV with blanks and functions in its header': {
    text: 'step, loss, grad_norm(fc1), grad_norm(fc2)\n0, 0.75, 0.125, 0.5\n10, 0.5, 0.25, 0.75\n20, 0.25, 0.375, 1.0\n',
    series: [
      'train loss loss @ 0 10 20 = 0.75 0.5 0.25',
      'train grad-norm grad_norm(fc1) (fc1) @ 0 10 20 = 0.125 0.25 0.375',
      'train grad-norm grad_norm(fc2) (fc2) @ 0 10 20 = 0.5 0.75 1',
    ],
  },
  'a JSON array of records': {
    text: '[\n  {"iter": 1, "loss": 0.75, "grads": {"fc1": 0.125, "fc2": 0.5}},\n  {"iter": 2, "loss": 0.5, "grads": {"fc1": 0.25, "fc2": 0.75}}\n]\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm grads.fc1 (fc1) @ 1 2 = 0.125 0.25',
      'train grad-norm grads.fc2 (fc2) @ 1 2 = 0.5 0.75',
    ],
  },
  'YAML list': {
    text: '- step: 1\n  loss: 0.75\n  grad_norm:\n    fc1: 0.125\n    fc2: 0.5\n- step: 2\n  loss: 0.5\n  grad_norm:\n    fc1: 0.25\n    fc2: 0.75\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm fc1 (fc1) @ 1 2 = 0.125 0.25',
      'train grad-norm fc2 (fc2) @ 1 2 = 0.5 0.75',
    ],
  },
  'Markdown table': {
    text: '# Run 7\n\n| step | loss | grad norm | lr |\n|-----:|-----:|----------:|---:|\n| 100 | 0.75 | 1.25 | 1e-3 |\n| 200 | 0.5 | 1.5 | 1e-3 |\n| 300 | 0.25 | 1.75 | 1e-3 |\n',
    series: [
      'train loss loss @ 100 200 300 = 0.75 0.5 0.25',
      'train grad-norm grad norm @ 100 200 300 = 1.25 1.5 1.75',
      'train learning-rate lr @ 100 200 300 = 0.001 0.001 0.001',
    ],
  },
  'German sentence with decimal commas': {
    text: 'Epoche 1/10 – Verlust: 0,75 – Gradientennorm: 1,25\nEpoche 2/10 – Verlust: 0,5 – Gradientennorm: 1,5\n',
    series: ['train loss Verlust @ 1 2 = 0.75 0.5', 'train grad-norm Gradientennorm @ 1 2 = 1.25 1.5'],
  },
  'Chinese with dates': {
    text: '[2024-05-03 12:00:00] 第1轮 损失=0.75 梯度范数=1.25 学习率=0.001\n[2024-05-03 12:01:00] 第2轮 损失=0.5 梯度范数=1.5 学习率=0.001\n',
    series: [
      'train loss 损失 @ 1 2 = 0.75 0.5',
      'train grad-norm 梯度范数 @ 1 2 = 1.25 1.5',
      'train learning-rate 学习率 @ 1 2 = 0.001 0.001',
    ],
  },
  'colours around numbers': {
    text: '\x1b[36mstep\x1b[0m \x1b[1m10\x1b[0m \x1b[2mloss\x1b[0m \x1b[32m0.75\x1b[0m \x1b[2mgrad\x1b[0m \x1b[31m1.25\x1b[0m\n\x1b[36mstep\x1b[0m \x1b[1m20\x1b[0m \x1b[2mloss\x1b[0m \x1b[32m0.5\x1b[0m \x1b[2mgrad\x1b[0m \x1b[31m1.5\x1b[0m\n',
    series: ['train loss loss @ 10 20 = 0.75 0.5', 'train grad-norm grad @ 10 20 = 1.25 1.5'],
  },
  'Ray worker prefix': {
    text: '(RayTrainWorker pid=4242, ip=10.0.0.7) step 10 loss 0.75 grad_norm 1.25\n(RayTrainWorker pid=4242, ip=10.0.0.7) step 20 loss 0.5 grad_norm 1.5\n',
    series: ['train loss loss @ 10 20 = 0.75 0.5', 'train grad-norm grad_norm @ 10 20 = 1.25 1.5'],
  },
  'percent done and dead units in percent': {
    text: 'Step 10 (1.0%) loss 0.75 | gnorm 1.25 | dead relu 12.5%\nStep 20 (2.0%) loss 0.5 | gnorm 1.5 | dead relu 13.5%\n',
    series: ['train loss loss @ 10 20 = 0.75 0.5', 'train grad-norm gnorm @ 10 20 = 1.25 1.5'],
  },
  'underscores in counts': {
    text: 'update 10_000 | loss 0.75 | grad norm 1.25 | tok/s 125_000\nupdate 20_000 | loss 0.5 | grad norm 1.5 | tok/s 125_100\n',
    series: [
      'train loss loss @ 10000 20000 = 0.75 0.5',
      'train grad-norm grad norm @ 10000 20000 = 1.25 1.5',
    ],
  },
  'least, largest and mean gradient of each layer': {
    text: 'Epoch 1\nLayer: conv1.weight, Min Gradient: -0.5, Max Gradient: 0.75, Mean Gradient: 0.0625\nLayer: fc.weight, Min Gradient: -0.25, Max Gradient: 0.5, Mean Gradient: 0.125\nEpoch 2\nLayer: conv1.weight, Min Gradient: -0.5, Max Gradient: 0.875, Mean Gradient: 0.03125\nLayer: fc.weight, Min Gradient: -0.25, Max Gradient: 0.625, Mean Gradient: 0.25\n',
    series: [
      'train grad-max conv1.weight: Max Gradient (conv1.weight) @ 1 2 = 0.75 0.875',
      'train other conv1.weight: Mean Gradient (conv1.weight) @ 1 2 = 0.0625 0.03125',
      'train grad-max fc.weight: Max Gradient (fc.weight) @ 1 2 = 0.5 0.625',
      'train other fc.weight: Mean Gradient (fc.weight) @ 1 2 = 0.125 0.25',
    ],
  },
  'emoji heading, bullets and bars': {
    text: '🔁 Iteration 10, loss 0.75\n🔍 Layer-wise Gradient Norms:\n  - conv1.weight                             | grad norm: 0.125000\n  - fc.weight                                | grad norm: 0.500000\n  - fc.bias                                  | grad: None\n🔁 Iteration 20, loss 0.5\n🔍 Layer-wise Gradient Norms:\n  - conv1.weight                             | grad norm: 0.250000\n  - fc.weight                                | grad norm: 0.750000\n  - fc.bias                                  | grad: None\n',
    series: [
      'train loss loss @ 10 20 = 0.75 0.5',
      'train grad-norm conv1.weight: grad norm (conv1.weight) @ 10 20 = 0.125 0.25',
      'train grad-norm fc.weight: grad norm (fc.weight) @ 10 20 = 0.5 0.75',
    ],
  },
  'aligned block between dashes': {
    text: '--- Iteration 100 ---\n  loss      : 0.75\n  ||g||     : 1.25\n  lr        : 1e-3\n--- Iteration 200 ---\n  loss      : 0.5\n  ||g||     : 1.5\n  lr        : 1e-3\n',
    series: [
      'train loss loss @ 100 200 = 0.75 0.5',
      'train grad-norm ||g|| @ 100 200 = 1.25 1.5',
      'train learning-rate lr @ 100 200 = 0.001 0.001',
    ],
  },
  'tabulate below a heading': {
    text: 'Step 10: loss = 0.75\nGradients\nlayer           norm      max\n------------  ------  -------\nconv1.weight  0.1250  0.0625\nfc.weight     0.5000  0.2500\n\nStep 20: loss = 0.5\nGradients\nlayer           norm      max\n------------  ------  -------\nconv1.weight  0.2500  0.0313\nfc.weight     0.7500  0.1250\n\n',
    series: [
      'train loss loss @ 10 20 = 0.75 0.5',
      'train grad-norm conv1.weight: grad norm (conv1.weight) @ 10 20 = 0.125 0.25',
      'train grad-max conv1.weight: grad max (conv1.weight) @ 10 20 = 0.0625 0.0313',
      'train grad-norm fc.weight: grad norm (fc.weight) @ 10 20 = 0.5 0.75',
      'train grad-max fc.weight: grad max (fc.weight) @ 10 20 = 0.25 0.125',
    ],
  },
  'a data frame of norms': {
    text: 'Gradient stats after epoch 1:\n              norm     max\nconv1.weight  0.125  0.0625\nfc.weight     0.500  0.2500\nGradient stats after epoch 2:\n              norm     max\nconv1.weight  0.250  0.0313\nfc.weight     0.750  0.1250\n',
    series: [
      'train grad-norm conv1.weight: grad norm (conv1.weight) @ 1 2 = 0.125 0.25',
      'train grad-max conv1.weight: grad max (conv1.weight) @ 1 2 = 0.0625 0.0313',
      'train grad-norm fc.weight: grad norm (fc.weight) @ 1 2 = 0.5 0.75',
      'train grad-max fc.weight: grad max (fc.weight) @ 1 2 = 0.25 0.125',
    ],
  },
  PrettyTable: {
    text: 'epoch 1 loss 0.75\n+--------------+-----------+\n|  parameter   | grad norm |\n+--------------+-----------+\n| conv1.weight |   0.125   |\n|  fc.weight   |    0.5    |\n+--------------+-----------+\nepoch 2 loss 0.5\n+--------------+-----------+\n|  parameter   | grad norm |\n+--------------+-----------+\n| conv1.weight |   0.25    |\n|  fc.weight   |    0.75   |\n+--------------+-----------+\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm conv1.weight: grad norm (conv1.weight) @ 1 2 = 0.125 0.25',
      'train grad-norm fc.weight: grad norm (fc.weight) @ 1 2 = 0.5 0.75',
    ],
  },
  'paths with slashes, step last': {
    text: 'train/loss: 0.75 | train/grad_norm/encoder: 0.125 | train/grad_norm/decoder: 0.5 | step: 10\ntrain/loss: 0.5 | train/grad_norm/encoder: 0.25 | train/grad_norm/decoder: 0.75 | step: 20\n',
    series: [
      'train loss train/loss @ 10 20 = 0.75 0.5',
      'train grad-norm train/grad_norm/encoder (encoder) @ 10 20 = 0.125 0.25',
      'train grad-norm train/grad_norm/decoder (decoder) @ 10 20 = 0.5 0.75',
    ],
  },
  absl: {
    text: 'I0503 12:00:00.123456 140234 train.py:88] step 100, loss 0.75, gradient norm 1.25\nI0503 12:00:05.123456 140234 train.py:88] step 200, loss 0.5, gradient norm 1.5\n',
    series: ['train loss loss @ 100 200 = 0.75 0.5', 'train grad-norm gradient norm @ 100 200 = 1.25 1.5'],
  },
  basicConfig: {
    text: 'INFO:root:Epoch 1 Batch 10 Loss 0.7500 GradNorm 1.2500\nINFO:root:Epoch 1 Batch 20 Loss 0.5000 GradNorm 1.5000\n',
    series: ['train loss Loss @ 10 20 = 0.75 0.5', 'train grad-norm GradNorm @ 10 20 = 1.25 1.5'],
  },
  'index and step behind an at sign': {
    text: 'Grad[fc1]: 1.25e-01 Grad[fc2]: 5.00e-01 loss: 0.75 @ step 10\nGrad[fc1]: 2.50e-01 Grad[fc2]: 7.50e-01 loss: 0.5 @ step 20\n',
    series: [
      'train grad-norm fc1: Grad (fc1) @ 10 20 = 0.125 0.25',
      'train grad-norm fc2: Grad (fc2) @ 10 20 = 0.5 0.75',
      'train loss loss @ 10 20 = 0.75 0.5',
    ],
  },
  'norm with a subscript, zero-padded': {
    text: '>>> it=00010 | loss=0.7500 | ‖g‖₂=1.250e+00 | ‖w‖₂=12.5\n>>> it=00020 | loss=0.5000 | ‖g‖₂=1.500e+00 | ‖w‖₂=12.75\n',
    series: ['train loss loss @ 10 20 = 0.75 0.5', 'train grad-norm ‖g‖₂ @ 10 20 = 1.25 1.5'],
  },
  'a Keras callback': {
    text: 'Epoch 1/5\n - loss: 0.7500 - grad_norm_dense: 0.1250 - grad_norm_dense_1: 0.5000\nEpoch 2/5\n - loss: 0.5000 - grad_norm_dense: 0.2500 - grad_norm_dense_1: 0.7500\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm grad_norm_dense (dense) @ 1 2 = 0.125 0.25',
      'train grad-norm grad_norm_dense_1 (dense_1) @ 1 2 = 0.5 0.75',
    ],
  },
  'a Flax tree of norms': {
    text: "step 10 loss 0.75 grads {'Dense_0': {'kernel': 0.125, 'bias': 0.0625}, 'Dense_1': {'kernel': 0.5, 'bias': 0.25}}\nstep 20 loss 0.5 grads {'Dense_0': {'kernel': 0.25, 'bias': 0.03125}, 'Dense_1': {'kernel': 0.75, 'bias': 0.125}}\n",
    series: [
      'train loss loss @ 10 20 = 0.75 0.5',
      'train grad-norm Dense_0.kernel (Dense_0.kernel) @ 10 20 = 0.125 0.25',
      'train grad-norm Dense_0.bias (Dense_0.bias) @ 10 20 = 0.0625 0.03125',
      'train grad-norm Dense_1.kernel (Dense_1.kernel) @ 10 20 = 0.5 0.75',
      'train grad-norm Dense_1.bias (Dense_1.bias) @ 10 20 = 0.25 0.125',
    ],
  },
  'JAX arrays': {
    text: 'step 10: loss=Array(0.75, dtype=float32) grad_norm=Array(1.25, dtype=float32)\nstep 20: loss=Array(0.5, dtype=float32) grad_norm=Array(1.5, dtype=float32)\n',
    series: ['train loss loss @ 10 20 = 0.75 0.5', 'train grad-norm grad_norm @ 10 20 = 1.25 1.5'],
  },
  'tensor with its function': {
    text: 'iter 10 loss: tensor(0.7500, grad_fn=<MseLossBackward0>) grad: tensor(1.2500)\niter 20 loss: tensor(0.5000, grad_fn=<MseLossBackward0>) grad: tensor(1.5000)\n',
    series: ['train loss loss @ 10 20 = 0.75 0.5', 'train grad-norm grad @ 10 20 = 1.25 1.5'],
  },
  'a table of tensors, as csv.writer and as a print write them': {
    text: 'step,loss,grad_norm\n10,"tensor(0.7500, device=\'cuda:0\', grad_fn=<MseLossBackward0>)",tensor(1.2500)\n20,tensor(0.5000, grad_fn=<MseLossBackward0>),tensor(1.5000)\n',
    series: ['train loss loss @ 10 20 = 0.75 0.5', 'train grad-norm grad_norm @ 10 20 = 1.25 1.5'],
  },
  'a table with words between quotes, and a quote that is never closed': {
    text: 'step,note,loss,grad_norm\n10,"lr, 3",0.75,1.25\n20,"a ""b, 4"" c",0.5,1.5\n30,"cut,0.25,1.75\n',
    series: [
      'train loss loss @ 10 20 30 = 0.75 0.5 0.25',
      'train grad-norm grad_norm @ 10 20 30 = 1.25 1.5 1.75',
    ],
  },
  'norms of groups in brackets': {
    text: 'step 10: loss = 0.75, grad norm (backbone) = 0.125, grad norm (head) = 0.5\nstep 20: loss = 0.5, grad norm (backbone) = 0.25, grad norm (head) = 0.75\n',
    series: [
      'train loss loss @ 10 20 = 0.75 0.5',
      'train grad-norm backbone: grad norm (backbone) @ 10 20 = 0.125 0.25',
      'train grad-norm head: grad norm (head) @ 10 20 = 0.5 0.75',
    ],
  },
  'PyTorch example with the norm appended': {
    text: 'Train Epoch: 1 [0/60000 (0%)]\tLoss: 0.750000\tGradNorm: 1.250000\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 0.500000\tGradNorm: 1.500000\n',
    series: ['train loss Loss @ 0 640 = 0.75 0.5', 'train grad-norm GradNorm @ 0 640 = 1.25 1.5'],
  },
  "Julia's blocks": {
    text: '┌ Info: training\n│   epoch = 1\n│   loss = 0.75\n└   gnorm = 1.25\n┌ Info: training\n│   epoch = 2\n│   loss = 0.5\n└   gnorm = 1.5\n',
    series: ['train loss loss @ 1 2 = 0.75 0.5', 'train grad-norm gnorm @ 1 2 = 1.25 1.5'],
  },
  structlog: {
    text: '2024-05-03T12:00:00Z [info     ] train_step                     grad_norm=1.25 loss=0.75 step=10\n2024-05-03T12:00:01Z [info     ] train_step                     grad_norm=1.5 loss=0.5 step=20\n',
    series: ['train grad-norm grad_norm @ 10 20 = 1.25 1.5', 'train loss loss @ 10 20 = 0.75 0.5'],
  },
  'sentence about a quoted layer': {
    text: "Epoch 1, loss 0.75\nGradient norm of layer 'fc1' is 0.125\nGradient norm of layer 'fc2' is 0.5\nEpoch 2, loss 0.5\nGradient norm of layer 'fc1' is 0.25\nGradient norm of layer 'fc2' is 0.75\n",
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm fc1: grad norm (fc1) @ 1 2 = 0.125 0.25',
      'train grad-norm fc2: grad norm (fc2) @ 1 2 = 0.5 0.75',
    ],
  },
  'French with decimal commas': {
    text: 'Époque 1 : perte = 0,75, norme du gradient = 1,25\nÉpoque 2 : perte = 0,5, norme du gradient = 1,5\nÉpoque 3 : perte = 0,25, norme du gradient = 1,75\n',
    series: [
      'train loss perte @ 1 2 3 = 0.75 0.5 0.25',
      'train grad-norm norme du gradient @ 1 2 3 = 1.25 1.5 1.75',
    ],
  },
};

describePrinted('notations', CASES);
