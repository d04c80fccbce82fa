import { describePrinted, type Printed } from './shared';

/** Styles of printing gradients that nobody had shown the reader before, and lines that only look like them. */
const CASES: Record<string, Printed> = {
  'a word that means gradients governs the names behind it': {
    text: 'it 0 loss 0.75 grads stem:1.5e-06 block0.conv1:1.25e-06 acc 0.5\nit 12 loss 0.5 grads stem:2.5e-06 block0.conv1:2.25e-06 acc 0.6\n',
    series: [
      'train loss loss @ 0 12 = 0.75 0.5',
      'train grad-norm stem: grad norm (stem) @ 0 12 = 0.0000015 0.0000025',
      'train grad-norm block0.conv1: grad norm (block0.conv1) @ 0 12 = 0.00000125 0.00000225',
    ],
  },
  'derivatives between bars': {
    text: 'epoch 0 batch 0 loss 2.5 |dconv1.weight|=8.5 |dfc2.bias|=0.25\nepoch 0 batch 8 loss 2.25 |dconv1.weight|=7.5 |dfc2.bias|=0.125\n',
    series: [
      'train loss loss @ 0 8 = 2.5 2.25',
      'train grad-norm |dconv1.weight| (conv1.weight) @ 0 8 = 8.5 7.5',
      'train grad-norm |dfc2.bias| (fc2.bias) @ 0 8 = 0.25 0.125',
    ],
  },
  'nabla and a matrix': {
    text: 'step 1: loss=0.5, ‖∇W1‖ = 3e-5, ‖∇W2‖ = 0.25, ‖∇L‖ = 0.5\nstep 2: loss=0.4, ‖∇W1‖ = 2e-5, ‖∇W2‖ = 0.125, ‖∇L‖ = 0.25\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm ‖∇W1‖ (W1) @ 1 2 = 0.00003 0.00002',
      'train grad-norm ‖∇W2‖ (W2) @ 1 2 = 0.25 0.125',
      'train grad-norm ‖∇L‖ @ 1 2 = 0.5 0.25',
    ],
  },
  'parts of a module beside a parameter': {
    text: 'iter=0 loss=1.5\n   patch.weight 0.5\n   blocks.0 token 1.5e-05 scale 0.25\niter=4 loss=1.25\n   patch.weight 0.75\n   blocks.0 token 2.5e-05 scale 0.125\n',
    series: [
      'train loss loss @ 0 4 = 1.5 1.25',
      'train grad-norm patch.weight (patch.weight) @ 0 4 = 0.5 0.75',
      'train grad-norm blocks.0.token: grad norm (blocks.0.token) @ 0 4 = 0.000015 0.000025',
      'train grad-norm blocks.0.scale: grad norm (blocks.0.scale) @ 0 4 = 0.25 0.125',
    ],
  },
  'train and val beside an epoch, falling': {
    text: 'epoch 0  train 3.5  val 3.25\n    in.weight: grad_norm=0.75\n    mid.weight: grad_norm=1.75\n    out.weight: grad_norm=0.5\nepoch 1  train 3.25  val 3.0\n    in.weight: grad_norm=0.5\n    mid.weight: grad_norm=1.5\n    out.weight: grad_norm=0.25\nepoch 2  train 2.5  val 2.75\n    in.weight: grad_norm=0.25\n    mid.weight: grad_norm=1.25\n    out.weight: grad_norm=0.125\n',
    series: [
      'train loss train @ 0 1 2 = 3.5 3.25 2.5',
      'eval loss val @ 0 1 2 = 3.25 3 2.75',
      'train grad-norm in.weight: grad_norm (in.weight) @ 0 1 2 = 0.75 0.5 0.25',
      'train grad-norm mid.weight: grad_norm (mid.weight) @ 0 1 2 = 1.75 1.5 1.25',
      'train grad-norm out.weight: grad_norm (out.weight) @ 0 1 2 = 0.5 0.25 0.125',
    ],
  },
  'train and val that rise are no losses': {
    text: 'epoch 0  train 0.25  val 0.125\n    out.weight: grad_norm=0.5\nepoch 1  train 0.5  val 0.25\n    out.weight: grad_norm=0.25\nepoch 2  train 0.75  val 0.5\n    out.weight: grad_norm=0.125\n',
    series: ['train grad-norm out.weight: grad_norm (out.weight) @ 0 1 2 = 0.5 0.25 0.125'],
  },
  'groups without separators': {
    text: 'step 1 loss 0.5 grad norm enc 0.25 dec 0.75\nstep 2 loss 0.4 grad norm enc 0.125 dec 0.5\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm enc: grad norm (enc) @ 1 2 = 0.25 0.125',
      'train grad-norm dec: grad norm (dec) @ 1 2 = 0.75 0.5',
    ],
  },
  'groups behind the norm of the whole': {
    text: 'step 1/25, loss=0.5, grad_norm=0.25, emb=0.125, gru=0.0625, acc=0.75\nstep 2/25, loss=0.4, grad_norm=0.5, emb=0.25, gru=0.125, acc=0.875\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm grad_norm @ 1 2 = 0.25 0.5',
      'train grad-norm emb: grad norm (emb) @ 1 2 = 0.125 0.25',
      'train grad-norm gru: grad norm (gru) @ 1 2 = 0.0625 0.125',
    ],
  },
  'a tag in brackets': {
    text: 'step 1 loss 0.5\n[grad] enc.0 1e-3 (max 2e-2)\n[grad] head 2e-3 (max 3e-2)\nstep 2 loss 0.4\n[grad] enc.0 3e-3 (max 4e-2)\n[grad] head 4e-3 (max 5e-2)\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm enc.0: grad norm (enc.0) @ 1 2 = 0.001 0.003',
      'train grad-max enc.0: grad max (enc.0) @ 1 2 = 0.02 0.04',
      'train grad-norm head: grad norm (head) @ 1 2 = 0.002 0.004',
      'train grad-max head: grad max (head) @ 1 2 = 0.03 0.05',
    ],
  },
  'an index in brackets, and a count that grows': {
    text: '[0] loss=0.5 grad[conv1]=0.25 grad[head]=0.75\n[100] loss=0.4 grad[conv1]=0.125 grad[head]=0.5\n[200] loss=0.3 grad[conv1]=0.0625 grad[head]=0.25\n[300] loss=0.2 grad[conv1]=0.5 grad[head]=0.125\n',
    series: [
      'train loss loss @ 0 100 200 300 = 0.5 0.4 0.3 0.2',
      'train grad-norm conv1: grad (conv1) @ 0 100 200 300 = 0.25 0.125 0.0625 0.5',
      'train grad-norm head: grad (head) @ 0 100 200 300 = 0.75 0.5 0.25 0.125',
    ],
  },
  'a process number in brackets is no step': {
    text: '[4711] loss=0.5 grad_norm=0.25\n[4711] loss=0.4 grad_norm=0.125\n[4711] loss=0.3 grad_norm=0.0625\n[4711] loss=0.2 grad_norm=0.5\n',
    series: [
      'train loss loss @ 0 1 2 3 = 0.5 0.4 0.3 0.2',
      'train grad-norm grad_norm @ 0 1 2 3 = 0.25 0.125 0.0625 0.5',
    ],
  },
  'epoch and batch in one word': {
    text: 'E01B0100 loss=0.5 gnorm=1.5\nE01B0200 loss=0.4 gnorm=1.25\nE02B0100 loss=0.3 gnorm=1.0\n',
    series: [
      'train loss loss @ 100 200 300 = 0.5 0.4 0.3',
      'train grad-norm gnorm @ 100 200 300 = 1.5 1.25 1',
    ],
  },
  'epoch and batch in one bracket': {
    text: '[1, 100] loss: 0.5\nfc.weight gradient: 0.25\n[1, 200] loss: 0.4\nfc.weight gradient: 0.125\n[2, 100] loss: 0.3\nfc.weight gradient: 0.5\n',
    series: [
      'train loss loss @ 100 200 300 = 0.5 0.4 0.3',
      'train grad-norm fc.weight: gradient (fc.weight) @ 100 200 300 = 0.25 0.125 0.5',
    ],
  },
  'weight and gradient of each layer by letters': {
    text: 'step 1 loss 0.5 fc1: w=4.5 g=0.25 fc2: w=3.5 g=0.75\nstep 2 loss 0.4 fc1: w=4.25 g=0.125 fc2: w=3.25 g=0.5\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm fc1: grad norm (fc1) @ 1 2 = 0.25 0.125',
      'train grad-norm fc2: grad norm (fc2) @ 1 2 = 0.75 0.5',
    ],
  },
  'a dict over several lines': {
    text: "{'step': 1,\n 'loss': 0.5,\n 'grads': {'conv1': 0.25,\n           'out': 0.75}}\n{'step': 2,\n 'loss': 0.4,\n 'grads': {'conv1': 0.125,\n           'out': 0.5}}\n",
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm conv1: grad norm (conv1) @ 1 2 = 0.25 0.125',
      'train grad-norm out: grad norm (out) @ 1 2 = 0.75 0.5',
    ],
  },
  'a row of norms, first layer to last': {
    text: 'epoch 1 loss 0.5 grads: 0.25 0.5 0.75\nepoch 2 loss 0.4 grads: 0.125 0.25 0.5\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm grads.0 (0) @ 1 2 = 0.25 0.125',
      'train grad-norm grads.1 (1) @ 1 2 = 0.5 0.25',
      'train grad-norm grads.2 (2) @ 1 2 = 0.75 0.5',
    ],
  },
  'words of other languages': {
    text: 'Schritt 1: Verlust 0.5, Gradientennorm 1.5\nSchritt 2: Verlust 0.4, Gradientennorm 1.25\n',
    series: ['train loss Verlust @ 1 2 = 0.5 0.4', 'train grad-norm Gradientennorm @ 1 2 = 1.5 1.25'],
  },
  'columns of norms': {
    text: 'step 1 loss 0.5\nparam        |w|     |g|\nfc1.weight   4.5     0.25\nfc2.weight   3.5     0.75\n\nstep 2 loss 0.4\nparam        |w|     |g|\nfc1.weight   4.25    0.125\nfc2.weight   3.25    0.5\n\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm fc1.weight: grad norm (fc1.weight) @ 1 2 = 0.25 0.125',
      'train grad-norm fc2.weight: grad norm (fc2.weight) @ 1 2 = 0.75 0.5',
    ],
  },
  'norms of something else': {
    text: 'step 1 loss 0.5 update norm 0.25 momentum norm 0.75 grad_penalty 0.5 log10|g| -1.5 grad/weight 0.125\nstep 2 loss 0.4 update norm 0.125 momentum norm 0.5 grad_penalty 0.25 log10|g| -1.75 grad/weight 0.25\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4'],
  },
  'parts under another word': {
    text: 'step 1 loss 0.5 grad_norm 0.25 | lr: backbone 0.5 head 0.75 | act: enc 0.125\nattention entropy:\n  head0 0.5\nstep 2 loss 0.4 grad_norm 0.125 | lr: backbone 0.5 head 0.75 | act: enc 0.25\nattention entropy:\n  head0 0.25\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4', 'train grad-norm grad_norm @ 1 2 = 0.25 0.125'],
  },
  'gradients in space': {
    text: 'step 1 loss 0.5 image gradient 0.25 temperature gradient: 0.75\nstep 2 loss 0.4 image gradient 0.125 temperature gradient: 0.5\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4'],
  },
  'a loss by the name of its formula, beside a rate': {
    text: 'iter    0 | mse 9.5 | lr 0.5\niter   50 | mse 9.75 | lr 0.25\niter  100 | mse nan | lr 0.25\n',
    series: ['train loss mse @ 0 50 100 = 9.5 9.75 NaN', 'train learning-rate lr @ 0 50 100 = 0.5 0.25 0.25'],
  },
  'a formula that falls from epoch to epoch': {
    text: 'Epoch 1: huber 1.5, val huber 2.5\nEpoch 2: huber 1.25, val huber 2.25\nEpoch 3: huber 1.0, val huber 2.0\n',
    series: ['train loss huber @ 1 2 3 = 1.5 1.25 1', 'eval loss val huber @ 1 2 3 = 2.5 2.25 2'],
  },
  'what falls and is the only loss is the loss': {
    text: '[0010] contrastive=0.75 d+=0.3 total grad norm: 1.5\n[0020] contrastive=0.5 d+=0.4 total grad norm: 1.25\n[0030] contrastive=0.25 d+=0.5 total grad norm: 1.0\n',
    series: [
      'train loss contrastive @ 10 20 30 = 0.75 0.5 0.25',
      'train grad-norm total grad norm @ 10 20 30 = 1.5 1.25 1',
    ],
  },
  'an error that falls beside a loss stays a figure of merit': {
    text: 'step 1 loss 0.5 mae 0.5 grad_norm 1.5\nstep 2 loss 0.4 mae 0.4 grad_norm 1.25\nstep 3 loss 0.3 mae 0.3 grad_norm 1.0\n',
    series: ['train loss loss @ 1 2 3 = 0.5 0.4 0.3', 'train grad-norm grad_norm @ 1 2 3 = 1.5 1.25 1'],
  },
  'a part of a loss that rises is none': {
    text: 'step 1 recon 9.5 kl 0.25 grad_norm 1.5\nstep 2 recon 9.25 kl 0.5 grad_norm 1.25\nstep 3 recon 9.0 kl 0.75 grad_norm 1.0\n',
    series: ['train loss recon @ 1 2 3 = 9.5 9.25 9', 'train grad-norm grad_norm @ 1 2 3 = 1.5 1.25 1'],
  },
  'losses of policy and value': {
    text: 'update 1 ret 5.5 pi loss 0.5 V loss 9.5 gn 1.5\nupdate 2 ret 6.5 pi loss 0.25 V loss 9.25 gn 1.25\n',
    series: [
      'train loss pi loss @ 1 2 = 0.5 0.25',
      'train loss V loss @ 1 2 = 9.5 9.25',
      'train grad-norm gn @ 1 2 = 1.5 1.25',
    ],
  },
  'two loops, one in the other': {
    text: 'meta-iter 0 outer 2.5 inner 2.25 meta-grads W1=0.5 b1=0.25\nmeta-iter 5 outer 2.25 inner 2.0 meta-grads W1=0.25 b1=0.125\nmeta-iter 10 outer 2.0 inner 1.75 meta-grads W1=0.125 b1=0.5\n',
    series: [
      'train loss outer @ 0 5 10 = 2.5 2.25 2',
      'train loss inner @ 0 5 10 = 2.25 2 1.75',
      'train grad-norm W1: grad norm (W1) @ 0 5 10 = 0.5 0.25 0.125',
      'train grad-norm b1: grad norm (b1) @ 0 5 10 = 0.25 0.125 0.5',
    ],
  },
  'folds, with splits in three letters': {
    text: [0, 1]
      .map(
        (fold) =>
          `----- fold ${fold} -----\nep 00 trn 0.75 val 0.5 acc 0.5\n    grads  fcs.0=2.5e-06  out=0.25\nep 01 trn 0.5 val 0.25 acc 0.75\n    grads  fcs.0=1.5e-06  out=0.5\nep 02 trn 0.25 val 0.125 acc 0.8\n    grads  fcs.0=0.5e-06  out=0.75\n`,
      )
      .join(''),
    series: [
      'train loss trn @ 0 1 2 0 1 2 = 0.75 0.5 0.25 0.75 0.5 0.25',
      'eval loss val @ 0 1 2 0 1 2 = 0.5 0.25 0.125 0.5 0.25 0.125',
      'train grad-norm fcs.0: grad norm (fcs.0) @ 0 1 2 0 1 2 = 0.0000025 0.0000015 5e-7 0.0000025 0.0000015 5e-7',
      'train grad-norm out: grad norm (out) @ 0 1 2 0 1 2 = 0.25 0.5 0.75 0.25 0.5 0.75',
    ],
  },
  'columns in groups': {
    text: 'iter   L_heat  L_mass |  on:fc1  on:fc2 |   g:fc1   g:heat\n0   2340  0.75 | 0.5 0.4 | 3.5e+00 6.5e+01\n50   1340  0.5 | 0.5 0.4 | 2.5e+00 5.5e+01\n100   340  0.25 | 0.5 0.4 | 1.5e+00 4.5e+01\n',
    series: [
      'train loss L_heat @ 0 50 100 = 2340 1340 340',
      'train loss L_mass @ 0 50 100 = 0.75 0.5 0.25',
      'train grad-norm g:fc1 (fc1) @ 0 50 100 = 3.5 2.5 1.5',
      'train grad-norm g:heat (heat) @ 0 50 100 = 65 55 45',
    ],
  },
  'a discriminator and a generator by their letters': {
    text: 'step 1 lossD=0.5 lossG=1.5 gD=0.25 gG=0.75 |gD|: 0.25 ||g_G||: 0.75\nstep 2 lossD=0.4 lossG=1.25 gD=0.125 gG=0.5 |gD|: 0.125 ||g_G||: 0.5\n',
    series: [
      'train loss lossD @ 1 2 = 0.5 0.4',
      'train loss lossG @ 1 2 = 1.5 1.25',
      'train grad-norm gD (D) @ 1 2 = 0.25 0.125',
      'train grad-norm gG (G) @ 1 2 = 0.75 0.5',
      'train grad-norm |gD| (D) @ 1 2 = 0.25 0.125',
      'train grad-norm ||g_G|| (G) @ 1 2 = 0.75 0.5',
    ],
  },
  'means and largest of absolute values': {
    text: 'step 1 loss 0.5\n   item_emb mean|g|=2.5e-05 max|g|=0.25 rows=24/300\nstep 2 loss 0.4\n   item_emb mean|g|=1.5e-05 max|g|=0.5 rows=24/300\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm item_emb: mean|g| (item_emb) @ 1 2 = 0.000025 0.000015',
      'train grad-max item_emb: max|g| (item_emb) @ 1 2 = 0.25 0.5',
    ],
  },
  'a gradient at points in time': {
    text: 'epoch 0 loss 1.5\n    dL/dh: t0=2.5e-14 t15=1.5e-08 t59=0.25\nepoch 1 loss 1.25\n    dL/dh: t0=1.5e-14 t15=2.5e-08 t59=0.5\n',
    series: [
      'train loss loss @ 0 1 = 1.5 1.25',
      'train grad-norm t0: grad norm (t0) @ 0 1 = 2.5e-14 1.5e-14',
      'train grad-norm t15: grad norm (t15) @ 0 1 = 1.5e-8 2.5e-8',
      'train grad-norm t59: grad norm (t59) @ 0 1 = 0.25 0.5',
    ],
  },
  'accuracies named by their split beside a loss': {
    text: 'Epoch: 001, Loss: 1.5, Train: 0.25, Val: 0.125\nEpoch: 002, Loss: 1.25, Train: 0.5, Val: 0.25\nEpoch: 003, Loss: 1.0, Train: 0.75, Val: 0.5\n',
    series: ['train loss Loss @ 1 2 3 = 1.5 1.25 1'],
  },
  'losses of both splits in one word': {
    text: 'Epoche 1/2 | Verlust: 2.5 | Validierungsverlust: 2.75\nEpoche 2/2 | Verlust: 2.25 | Validierungsverlust: 2.5\n第3轮 训练损失：2.0 验证损失：2.25\n',
    series: [
      'train loss Verlust @ 1 2 = 2.5 2.25',
      'eval loss Validierungsverlust @ 1 2 = 2.75 2.5',
      'train loss 训练损失 @ 3 = 2',
      'eval loss 验证损失 @ 3 = 2.25',
    ],
  },
  'an epoch in one word': {
    text: 'E01 | ctc=2.5 | cer=0.5 | gradient norm=1.5\nE02 | ctc=2.25 | cer=0.25 | gradient norm=1.25\n',
    series: ['train loss ctc @ 1 2 = 2.5 2.25', 'train grad-norm gradient norm @ 1 2 = 1.5 1.25'],
  },
  'a layer in brackets': {
    text: 'step 1, loss: 0.5\n  [layer1] ∇ = 0.25\n  [layer2] ∇ = 0.75\nstep 2, loss: 0.4\n  [layer1] ∇ = 0.125\n  [layer2] ∇ = 0.5\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm layer1: ∇ (layer1) @ 1 2 = 0.25 0.125',
      'train grad-norm layer2: ∇ (layer2) @ 1 2 = 0.75 0.5',
    ],
  },
  'letters between bars, and no separator': {
    text: 'step 1 loss 0.5 | fc1 mean|g| 0.25 max|g| 0.5 | fc2 |g| 0.75\nstep 2 loss 0.4 | fc1 mean|g| 0.125 max|g| 0.25 | fc2 |g| 0.5\n',
    series: [
      'train loss loss @ 1 2 = 0.5 0.4',
      'train grad-norm fc1: mean|g| (fc1) @ 1 2 = 0.25 0.125',
      'train grad-max fc1: max|g| (fc1) @ 1 2 = 0.5 0.25',
      'train grad-norm fc2: |g| (fc2) @ 1 2 = 0.75 0.5',
    ],
  },
  'episodes, and a formula in brackets': {
    text: 'Episode 1\tTraining error (mse): 0.5\tGradient norm: 1.5\nEpisode 2\tTraining error (mse): 0.4\tGradient norm: 1.25\n',
    series: [
      'train loss Training error (mse) @ 1 2 = 0.5 0.4',
      'train grad-norm Gradient norm @ 1 2 = 1.5 1.25',
    ],
  },
  'a remark about clipping before the number': {
    text: 'step 1 | loss 0.5 | grad_norm (before clip)    1.5\nstep 2 | loss 0.4 | grad_norm (before clip)    1.25\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4', 'train grad-norm grad_norm (before clip) @ 1 2 = 1.5 1.25'],
  },
  'a test accuracy behind the loss': {
    text: 'Epoch 1 | loss 0.5 | test acc 0.25 | grad norm 1.5\nEpoch 2 | loss 0.4 | test acc 0.5 | grad norm 1.25\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4', 'train grad-norm grad norm @ 1 2 = 1.5 1.25'],
  },
  'names of tables before their measures': {
    text: 'batch 10 loss 0.5 user_emb mean|g|=0.25 item_emb mean|g|=0.75\nbatch 20 loss 0.4 user_emb mean|g|=0.125 item_emb mean|g|=0.5\n',
    series: [
      'train loss loss @ 10 20 = 0.5 0.4',
      'train grad-norm user_emb: mean|g| (user_emb) @ 10 20 = 0.25 0.125',
      'train grad-norm item_emb: mean|g| (item_emb) @ 10 20 = 0.75 0.5',
    ],
  },
};

describePrinted('styles of printed gradients', CASES);
