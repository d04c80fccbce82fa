import { describePrinted, type Printed } from './shared';

/** Ways of printing that were met in public scripts, written down anew. */
const CASES: Record<string, Printed> = {
  'keys in capitals': {
    text: 'STEP: 10 | LOSS: 2.5 | GRAD_NORM: 1.25 | LR: 1e-4\nSTEP: 20 | LOSS: 2.25 | GRAD_NORM: 1.5 | LR: 1e-4\nSTEP: 30 | LOSS: 2.0 | GRAD_NORM: 1.75 | LR: 1e-4\n',
    series: [
      'train loss LOSS @ 10 20 30 = 2.5 2.25 2',
      'train grad-norm GRAD_NORM @ 10 20 30 = 1.25 1.5 1.75',
      'train learning-rate LR @ 10 20 30 = 0.0001 0.0001 0.0001',
    ],
  },
  'a count of steps that opens the line': {
    text: '    0/400  loss 0.25  norm 0.5\n   20/400  loss 0.125  norm 0.25\n  400/400  loss 0.0625  norm 0.75\n',
    series: [
      'train loss loss @ 0 20 400 = 0.25 0.125 0.0625',
      'train grad-norm norm @ 0 20 400 = 0.5 0.25 0.75',
    ],
  },
  'a date that opens the line': {
    text: '02/05 23:12:10 loss 0.25 grad_norm 0.5\n02/05 23:12:11 loss 0.125 grad_norm 0.25\n',
    series: ['train loss loss @ 0 1 = 0.25 0.125', 'train grad-norm grad_norm @ 0 1 = 0.5 0.25'],
  },
  'arrows between name and number': {
    text: 'step 1: loss → 0.5, grad_norm → 1.5\nstep 2: loss → 0.4, grad_norm → 1.25\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4', 'train grad-norm grad_norm @ 1 2 = 1.5 1.25'],
  },
  'thousands separators, with a fraction': {
    text: 'step 1,000 | loss 3.5 | grad norm 1,234.5 | tokens 1,048,576\nstep 2,000 | loss 3.25 | grad norm 2,234.5 | tokens 2,097,152\n',
    series: [
      'train loss loss @ 1000 2000 = 3.5 3.25',
      'train grad-norm grad norm @ 1000 2000 = 1234.5 2234.5',
    ],
  },
  'a rank before each line': {
    text: '[GPU0] Epoch 0 | Batch 10 | Loss 2.5 | Grad norm 1.5\n[GPU1] Epoch 0 | Batch 10 | Loss 2.6 | Grad norm 1.5\n[GPU0] Epoch 0 | Batch 20 | Loss 2.4 | Grad norm 1.4\n[GPU1] Epoch 0 | Batch 20 | Loss 2.3 | Grad norm 1.4\n',
    series: [
      'train loss Loss @ 10 10 20 20 = 2.5 2.6 2.4 2.3',
      'train grad-norm Grad norm @ 10 10 20 20 = 1.5 1.5 1.4 1.4',
    ],
  },
  'a dict of parameters on the line of a step': {
    text: "step 1 grad norms: {'fc1.weight': 0.5, 'fc1.bias': 0.25, 'fc2.weight': 1.5}\nstep 2 grad norms: {'fc1.weight': 0.4, 'fc1.bias': 0.15, 'fc2.weight': 1.4}\n",
    series: [
      'train grad-norm fc1.weight (fc1.weight) @ 1 2 = 0.5 0.4',
      'train grad-norm fc1.bias (fc1.bias) @ 1 2 = 0.25 0.15',
      'train grad-norm fc2.weight (fc2.weight) @ 1 2 = 1.5 1.4',
    ],
  },
  'a dict of layers with short names': {
    text: "Epoch 1, loss: 0.5, grad_norms: {'conv1': 0.5, 'conv2': 0.25, 'head': 1.5}\nEpoch 2, loss: 0.4, grad_norms: {'conv1': 0.4, 'conv2': 0.15, 'head': 1.4}\n",
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm conv1: grad norm (conv1) @ 1 2 = 0.5 0.4',
      'train grad-norm conv2: grad norm (conv2) @ 1 2 = 0.25 0.15',
      'train grad-norm head: grad norm (head) @ 1 2 = 1.5 1.4',
    ],
  },
  'a count in brackets opens the line': {
    text: '[123/1000] loss 2.5 grad 1.5\n[124/1000] loss 2.4 grad 1.4\n',
    series: ['train loss loss @ 123 124 = 2.5 2.4', 'train grad-norm grad @ 123 124 = 1.5 1.4'],
  },
  'lists of NumPy scalars': {
    text: 'step 1 grads: [np.float64(0.5), np.float64(0.25)] loss np.float32(1.5)\nstep 2 grads: [np.float64(0.4), np.float64(0.15)] loss np.float32(1.4)\n',
    series: [
      'train grad-norm grads.0 (0) @ 1 2 = 0.5 0.4',
      'train grad-norm grads.1 (1) @ 1 2 = 0.25 0.15',
      'train loss loss @ 1 2 = 1.5 1.4',
    ],
  },
  'a dict of NumPy scalars': {
    text: "{'loss': np.float32(1.5), 'grad_norm': np.float64(0.5), 'step': 1}\n{'loss': np.float32(1.4), 'grad_norm': np.float64(0.4), 'step': 2}\n",
    series: ['train loss loss @ 1 2 = 1.5 1.4', 'train grad-norm grad_norm @ 1 2 = 0.5 0.4'],
  },
  'a dict of tensors': {
    text: "{'loss': tensor(1.5), 'grad_norm': tensor(0.5, device='cuda:0'), 'step': 1}\n{'loss': tensor(1.4), 'grad_norm': tensor(0.4, device='cuda:0'), 'step': 2}\n",
    series: ['train loss loss @ 1 2 = 1.5 1.4', 'train grad-norm grad_norm @ 1 2 = 0.5 0.4'],
  },
  'documents of YAML': {
    text: '---\nstep: 10\nloss: 2.5\ngrad_norm: 1.5\n---\nstep: 20\nloss: 2.4\ngrad_norm: 1.4\n',
    series: ['train loss loss @ 10 20 = 2.5 2.4', 'train grad-norm grad_norm @ 10 20 = 1.5 1.4'],
  },
  'a list of YAML': {
    text: '- step: 10\n  loss: 2.5\n  grad_norm: 1.5\n- step: 20\n  loss: 2.4\n  grad_norm: 1.4\n',
    series: ['train loss loss @ 10 20 = 2.5 2.4', 'train grad-norm grad_norm @ 10 20 = 1.5 1.4'],
  },
  'a progress bar with a description': {
    text: 'loss 2.5000 | norm 1.5000:   1%|          | 10/1000 [00:01<02:00,  8.2it/s]\rloss 2.4000 | norm 1.4000:   2%|▏         | 20/1000 [00:02<02:00,  8.2it/s]\n',
    series: ['train loss loss @ 10 20 = 2.5 2.4', 'train grad-norm norm @ 10 20 = 1.5 1.4'],
  },
  'a progress bar with keys in its description': {
    text: 'loss: 2.500, grad_norm: 1.500:   1%|          | 10/1000 [00:01<02:00,  8.2it/s]\rloss: 2.400, grad_norm: 1.400:   2%|▏         | 20/1000 [00:02<02:00,  8.2it/s]\n',
    series: ['train loss loss @ 10 20 = 2.5 2.4', 'train grad-norm grad_norm @ 10 20 = 1.5 1.4'],
  },
  'a progress bar with a dict behind it': {
    text: "Training:   1%|          | 10/1000 [00:01<02:00,  8.2it/s, {'loss': 2.5, 'grad_norm': 1.5}]\nTraining:   2%|          | 20/1000 [00:02<02:00,  8.2it/s, {'loss': 2.4, 'grad_norm': 1.4}]\n",
    series: ['train loss loss @ 10 20 = 2.5 2.4', 'train grad-norm grad_norm @ 10 20 = 1.5 1.4'],
  },
  'remarks in brackets: before and after clipping': {
    text: 'step 1 | loss 0.5 | grad norm (before clipping): 3.5 | grad norm (after clipping): 1.0\nstep 2 | loss 0.4 | grad norm (before clipping): 2.5 | grad norm (after clipping): 1.0\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm grad norm (before clipping) @ 1 2 = 3.5 2.5',
      'train grad-norm grad norm (after clipping) @ 1 2 = 1 1',
    ],
  },
  'a norm before and after an arrow': {
    text: 'step 1 | loss 0.5 | grad_norm 3.5 -> 1.0\nstep 2 | loss 0.4 | grad_norm 2.5 -> 1.0\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4', 'train grad-norm grad_norm @ 1 2 = 3.5 2.5'],
  },
  'a labelled layer before a bar': {
    text: 'Layer fc1.weight | grad mean: 1.0e-05 | grad std: 2.0e-04 | grad norm: 0.5\nLayer fc2.weight | grad mean: 1.0e-05 | grad std: 2.0e-04 | grad norm: 0.25\nLayer fc1.weight | grad mean: 1.0e-05 | grad std: 2.0e-04 | grad norm: 0.4\nLayer fc2.weight | grad mean: 1.0e-05 | grad std: 2.0e-04 | grad norm: 0.15\n',
    series: [
      'train other fc1.weight: grad mean (fc1.weight) @ 0 1 = 0.00001 0.00001',
      'train grad-norm fc1.weight: grad norm (fc1.weight) @ 0 1 = 0.5 0.4',
      'train other fc2.weight: grad mean (fc2.weight) @ 0 1 = 0.00001 0.00001',
      'train grad-norm fc2.weight: grad norm (fc2.weight) @ 0 1 = 0.25 0.15',
    ],
  },
  'decimal commas': {
    text: 'Epoch 1; Loss: 0,81; Grad: 1,25\nEpoch 2; Loss: 0,71; Grad: 1,15\n',
    series: ['train loss Loss @ 1 2 = 0.81 0.71', 'train grad-norm Grad @ 1 2 = 1.25 1.15'],
  },
  'every spelling of not a number': {
    text: 'step 1 loss nan grad_norm inf\nstep 2 loss NaN grad_norm -inf\nstep 3 loss NAN grad_norm Infinity\nstep 4 loss -nan grad_norm +inf\nstep 5 loss -nan(ind) grad_norm 1.#INF\nstep 6 loss 0.5 grad_norm 1.5\n',
    series: [
      'train loss loss @ 1 2 3 4 5 6 = NaN NaN NaN NaN NaN 0.5',
      'train grad-norm grad_norm @ 1 2 3 4 5 6 = Infinity -Infinity Infinity Infinity 1 1.5',
    ],
  },
  'JAX arrays': {
    text: 'step 1 loss=Array(2.5, dtype=float32) grad_norm=Array(1.5, dtype=float32)\nstep 2 loss=Array(2.4, dtype=float32) grad_norm=Array(1.4, dtype=float32)\n',
    series: ['train loss loss @ 1 2 = 2.5 2.4', 'train grad-norm grad_norm @ 1 2 = 1.5 1.4'],
  },
  'training and validation on one line': {
    text: 'Epoch 01 | Train Loss: 0.5 | Val Loss: 0.6 | Grad Norm: 1.5\nEpoch 02 | Train Loss: 0.4 | Val Loss: 0.5 | Grad Norm: 1.4\n',
    series: [
      'train loss Train Loss @ 1 2 = 0.5 0.4',
      'eval loss Val Loss @ 1 2 = 0.6 0.5',
      'train grad-norm Grad Norm @ 1 2 = 1.5 1.4',
    ],
  },
  'a sum of absolute values': {
    text: 'step=0 loss=0.5000 grad_L1sum=1.500e+00\nstep=1 loss=0.4000 grad_L1sum=1.400e+00\n',
    series: ['train loss loss @ 0 1 = 0.5 0.4', 'train grad-norm grad_L1sum @ 0 1 = 1.5 1.4'],
  },
  'parameters without a gradient': {
    text: 'gnn.weight: grad_norm=0.100000\ngnn.bias: grad=None\nlstm.weight_ih_l0: grad_norm=0.200000\ngnn.weight: grad_norm=0.110000\ngnn.bias: grad=None\nlstm.weight_ih_l0: grad_norm=0.210000\n',
    series: [
      'train grad-norm gnn.weight: grad_norm (gnn.weight) @ 0 1 = 0.1 0.11',
      'train grad-norm lstm.weight_ih_l0: grad_norm (lstm.weight_ih_l0) @ 0 1 = 0.2 0.21',
    ],
  },
  'flags behind the norm': {
    text: 'enc.weight: grad_norm=0.5000, has_nan=False, has_inf=False\ndec.weight: grad_norm=0.2500, has_nan=False, has_inf=False\nenc.weight: grad_norm=0.4000, has_nan=False, has_inf=False\ndec.weight: grad_norm=0.1500, has_nan=True, has_inf=False\n',
    series: [
      'train grad-norm enc.weight: grad_norm (enc.weight) @ 0 1 = 0.5 0.4',
      'train grad-norm dec.weight: grad_norm (dec.weight) @ 0 1 = 0.25 0.15',
    ],
  },
  'has gradient mean of': {
    text: 'layers.0.0.weight has gradient mean of 0.00020173587836325169\nlayers.1.0.weight has gradient mean of 0.0001201116101583466\nlayers.2.0.weight has gradient mean of 0.0007152041653171182\n',
    series: [
      'train grad-norm layers.0.0.weight: has gradient mean of (layers.0.0.weight) @ 0 = 0.00020173587836325169',
      'train grad-norm layers.1.0.weight: has gradient mean of (layers.1.0.weight) @ 0 = 0.0001201116101583466',
      'train grad-norm layers.2.0.weight: has gradient mean of (layers.2.0.weight) @ 0 = 0.0007152041653171182',
    ],
  },
  'only signed means, which are no size': {
    text: 'enc.weight: grad_mean=1.20e-04\ndec.weight: grad_mean=1.30e-03\n',
    series: [
      'train other enc.weight: grad_mean (enc.weight) @ 0 = 0.00012',
      'train other dec.weight: grad_mean (dec.weight) @ 0 = 0.0013',
    ],
  },
  'parameters by number': {
    text: '      Param 0: grad mean=0.000100, grad norm=0.500000\n      Param 1: grad mean=0.000200, grad norm=0.400000\n      Param 0: grad mean=0.000100, grad norm=0.300000\n      Param 1: grad mean=0.000200, grad norm=0.200000\n',
    series: [
      'train other Param 0: grad mean (Param 0) @ 0 1 = 0.0001 0.0001',
      'train grad-norm Param 0: grad norm (Param 0) @ 0 1 = 0.5 0.3',
      'train other Param 1: grad mean (Param 1) @ 0 1 = 0.0002 0.0002',
      'train grad-norm Param 1: grad norm (Param 1) @ 0 1 = 0.4 0.2',
    ],
  },
  'a level of logging before one key a line': {
    text: 'INFO train-count: 100\nINFO p_loss: 0.5000\nINFO v_loss: 0.2500\nINFO grad_norm: 1.5000\nINFO train-count: 200\nINFO p_loss: 0.4000\nINFO v_loss: 0.1500\nINFO grad_norm: 1.4000\n',
    series: [
      'train loss p_loss @ 0 1 = 0.5 0.4',
      'train loss v_loss @ 0 1 = 0.25 0.15',
      'train grad-norm grad_norm @ 0 1 = 1.5 1.4',
    ],
  },
  'an average over the epoch': {
    text: 'Epoch 0 | Loss: 0.500000 | Avg grad: 1.5000\nEpoch 1 | Loss: 0.400000 | Avg grad: 1.4000\n',
    series: ['train loss Loss @ 0 1 = 0.5 0.4', 'train grad-norm Avg grad @ 0 1 = 1.5 1.4'],
  },
  'a norm of something else is no gradient': {
    text: '🧠 Epoch 1/5 — 12.3s\n   Train Loss: 0.5000 | Test Loss: 0.6000 | Test Acc: 75.00%\n   Φₑ: 0.1000 | FastWeights Norm: 3.5000 | Avg Grad: 0.150000\n🧠 Epoch 2/5 — 12.3s\n   Train Loss: 0.4000 | Test Loss: 0.5000 | Test Acc: 76.00%\n   Φₑ: 0.1000 | FastWeights Norm: 3.4000 | Avg Grad: 0.140000\n',
    series: [
      'train loss Train Loss @ 1 2 = 0.5 0.4',
      'eval loss Test Loss @ 1 2 = 0.6 0.5',
      'train grad-norm Avg Grad @ 1 2 = 0.15 0.14',
    ],
  },
  'values in brackets': {
    text: 'Epoch[1/10] Iter[10/100] Loss[0.5000/0.5500] Grad Norm[1.5000] Accuracy[0.800/0.790] ETA[0:12:00]\nEpoch[1/10] Iter[20/100] Loss[0.4000/0.4500] Grad Norm[1.4000] Accuracy[0.810/0.800] ETA[0:12:00]\n',
    series: ['train loss Loss @ 10 20 = 0.5 0.4', 'train grad-norm Grad Norm @ 10 20 = 1.5 1.4'],
  },
  "the layer's number as a field": {
    text: 'grad_norm_per_block_layer\n  block=0 grad_norm=1.5000e-01\n  block=1 grad_norm=2.5000e-01\ngrad_norm_per_block_layer\n  block=0 grad_norm=1.4000e-01\n  block=1 grad_norm=2.4000e-01\n',
    series: [
      'train grad-norm block 0: grad_norm (block 0) @ 0 1 = 0.15 0.14',
      'train grad-norm block 1: grad_norm (block 1) @ 0 1 = 0.25 0.24',
    ],
  },
  'an identifier with val does not make the line one of validation': {
    text: 'epoch 1\ttrain_corr 0.500\tval_corr 0.400\ttotal_loss 0.250\tgrad_norm 1.500\telapsed_time 12.3\nepoch 2\ttrain_corr 0.510\tval_corr 0.410\ttotal_loss 0.240\tgrad_norm 1.400\telapsed_time 12.3\n',
    series: ['train loss total_loss @ 1 2 = 0.25 0.24', 'train grad-norm grad_norm @ 1 2 = 1.5 1.4'],
  },
  'letters for loss and accuracy are no loss': {
    text: 'Epoch   1/10 | Train: L=0.5000 A=80.00% F1=0.700 Grad=1.500| Val: L=0.6000 A=75.00% F1=0.650\nEpoch   2/10 | Train: L=0.4000 A=81.00% F1=0.710 Grad=1.400| Val: L=0.5000 A=76.00% F1=0.660\n',
    series: ['train grad-norm Grad @ 1 2 = 1.5 1.4'],
  },
  'a count in brackets, and a norm in bars': {
    text: '  [ 10/500]  J_net=+0.123  J_mc=+0.120  sigma=0.500  |g|=1.50\n  [ 20/500]  J_net=+0.133  J_mc=+0.130  sigma=0.490  |g|=1.40\n',
    series: ['train grad-norm |g| @ 10 20 = 1.5 1.4'],
  },
  "a parameter's measures on the lines below it": {
    text: '⚠️  enc.weight:\n    Shape: torch.Size([64, 32])\n    Grad norm: 0.500000\n    Grad max: 0.100000\n    Grad mean: 0.000100\n⚠️  dec.weight:\n    Shape: torch.Size([64, 32])\n    Grad norm: 0.400000\n    Grad max: 0.090000\n    Grad mean: 0.000200\n',
    series: [
      'train grad-norm enc.weight: Grad norm (enc.weight) @ 0 = 0.5',
      'train grad-max enc.weight: Grad max (enc.weight) @ 0 = 0.1',
      'train other enc.weight: Grad mean (enc.weight) @ 0 = 0.0001',
      'train grad-norm dec.weight: Grad norm (dec.weight) @ 0 = 0.4',
      'train grad-max dec.weight: Grad max (dec.weight) @ 0 = 0.09',
      'train other dec.weight: Grad mean (dec.weight) @ 0 = 0.0002',
    ],
  },
  'layers behind a heading on the line of a step': {
    text: 'Epoch 1 Step 10 | loss 0.5 | grad_norms: encoder=0.5000, decoder=0.2500, head=1.5000\nEpoch 1 Step 20 | loss 0.4 | grad_norms: encoder=0.4000, decoder=0.1500, head=1.4000\n',
    series: [
      'train loss loss @ 10 20 = 0.5 0.4',
      'train grad-norm encoder: grad norm (encoder) @ 10 20 = 0.5 0.4',
      'train grad-norm decoder: grad norm (decoder) @ 10 20 = 0.25 0.15',
      'train grad-norm head: grad norm (head) @ 10 20 = 1.5 1.4',
    ],
  },
  'fairseq, plain progress and validation': {
    text: "epoch 001: 100% 1822/1823 [10:27<00:00,  2.97it/s, loss=7.527, nll_loss=6.232, ppl=75.16, wps=19156.5, ups=2.92, wpb=6565.9, bsz=219.4, num_updates=1800, lr=0.0009, gnorm=0.873, clip=22, loss_scale=8, train_wall=34, wall=622]\nepoch 001 | valid on 'valid' subset:   0% 0/7 [00:00<?, ?it/s]\nepoch 001 | valid on 'valid' subset:  14% 1/7 [00:00<00:00,  6.44it/s]\nepoch 001 | valid on 'valid' subset | loss 5.5 | nll_loss 4.1 | ppl 17.2 | num_updates 1822\nepoch 002: 100% 1822/1823 [10:27<00:00,  2.97it/s, loss=6.527, nll_loss=5.232, ppl=55.16, wps=19156.5, ups=2.92, wpb=6565.9, bsz=219.4, num_updates=3600, lr=0.0008, gnorm=0.773, clip=22, loss_scale=8, train_wall=34, wall=622]\n",
    series: [
      'train loss loss @ 1800 3600 = 7.527 6.527',
      'train loss nll_loss @ 1800 3600 = 6.232 5.232',
      'train learning-rate lr @ 1800 3600 = 0.0009 0.0008',
      'train grad-norm gnorm @ 1800 3600 = 0.873 0.773',
      'train loss-scale loss_scale @ 1800 3600 = 8 8',
      'eval loss loss @ 1822 = 5.5',
      'eval loss nll_loss @ 1822 = 4.1',
    ],
  },
  'MMDetection 1, validation in between': {
    text: '2020-02-14 03:22:53,663 - INFO - Epoch [1][50/7330]\tlr: 0.00399, eta: 2 days, 21:25:59, time: 0.947, data_time: 0.116, memory: 7966, loss_cls: 0.9290, loss_mask: 1.7424, loss: 2.6714\n2020-02-14 03:23:35,193 - INFO - Epoch [1][100/7330]\tlr: 0.00465, eta: 2 days, 17:08:22, time: 0.831, data_time: 0.047, memory: 7966, loss_cls: 0.8130, loss_mask: 1.6424, loss: 2.4554\n2020-02-14 03:33:35,193 - INFO - Epoch(val) [1][5000]\tbbox_mAP: 0.1, loss: 2.2\n2020-02-14 03:43:35,193 - INFO - Epoch [2][50/7330]\tlr: 0.00465, eta: 2 days, 17:08:22, time: 0.831, loss: 2.3\n',
    series: [
      'train learning-rate lr @ 50 100 7380 = 0.00399 0.00465 0.00465',
      'train loss loss_cls @ 50 100 = 0.929 0.813',
      'train loss loss_mask @ 50 100 = 1.7424 1.6424',
      'train loss loss @ 50 100 7380 = 2.6714 2.4554 2.3',
      'eval loss loss @ 100 = 2.2',
    ],
  },
  'the PyTorch examples': {
    text: 'Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.300000\tGrad: 1.500000\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 2.200000\tGrad: 1.400000\n\nTest set: Average loss: 0.0500, Accuracy: 9800/10000 (98%)\n\nTrain Epoch: 2 [0/60000 (0%)]\tLoss: 0.300000\tGrad: 0.500000\n',
    series: [
      'train loss Loss @ 0 640 60000 = 2.3 2.2 0.3',
      'train grad-norm Grad @ 0 640 60000 = 1.5 1.4 0.5',
      'eval loss Average loss @ 640 = 0.05',
    ],
  },
  "a weight's norm behind the gradient's": {
    text: 'conv1.weight (torch.Size([64, 3, 7, 7])): grad norm 0.5, weight norm 3.5\nfc.weight (torch.Size([10, 64])): grad norm 0.25, weight norm 2.5\n',
    series: [
      'train grad-norm conv1.weight: grad norm (conv1.weight) @ 0 = 0.5',
      'train weight-norm conv1.weight: weight norm (conv1.weight) @ 0 = 3.5',
      'train grad-norm fc.weight: grad norm (fc.weight) @ 0 = 0.25',
      'train weight-norm fc.weight: weight norm (fc.weight) @ 0 = 2.5',
    ],
  },
  'pictures between the fields': {
    text: '🔥 Step 100 | 📉 Loss: 2.5 | 📊 Grad: 1.5 | ⏱️ 12.3ms\n🔥 Step 200 | 📉 Loss: 2.4 | 📊 Grad: 1.4 | ⏱️ 12.3ms\n',
    series: ['train loss Loss @ 100 200 = 2.5 2.4', 'train grad-norm Grad @ 100 200 = 1.5 1.4'],
  },
  'steps in thousands': {
    text: 'step 1k loss 2.5 gnorm 1.5\nstep 2k loss 2.4 gnorm 1.4\n',
    series: ['train loss loss @ 1000 2000 = 2.5 2.4', 'train grad-norm gnorm @ 1000 2000 = 1.5 1.4'],
  },
  'a remark about clipping behind the norm': {
    text: 'step 1 loss 2.5 | grad norm 3.5 (clipped to 1.0)\nstep 2 loss 2.4 | grad norm 2.5 (clipped to 1.0)\n',
    series: ['train loss loss @ 1 2 = 2.5 2.4', 'train grad-norm grad norm @ 1 2 = 3.5 2.5'],
  },
  'stages in brackets': {
    text: ' ** On entry to training: step 1\n[Train] step: 1 | loss: 2.5 | grad: 1.5 | clip: 0.5\n[Valid] step: 1 | loss: 2.7\n[Train] step: 2 | loss: 2.4 | grad: 1.4 | clip: 0.5\n[Valid] step: 2 | loss: 2.6\n',
    series: [
      'train loss loss @ 1 2 = 2.5 2.4',
      'train grad-norm grad @ 1 2 = 1.5 1.4',
      'eval loss loss @ 1 2 = 2.7 2.6',
    ],
  },
};

describePrinted('lines as scripts print them', CASES);
