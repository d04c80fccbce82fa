import { describePrinted, type Printed } from './shared';

/** Ways of printing that were not read at first sight, written down anew. */
const CASES: Record<string, Printed> = {
  'arrows of equals signs': {
    text: '==> Epoch 1 | Loss: 2.5 | Grad Norm: 1.5\n==> Epoch 2 | Loss: 1.5 | Grad Norm: 1.25\n',
    series: ['train loss Loss @ 1 2 = 2.5 1.5', 'train grad-norm Grad Norm @ 1 2 = 1.5 1.25'],
  },
  'metrics as a list of names and values': {
    text: '{"step":1,"metrics":[{"name":"loss","value":2.5},{"name":"grad_norm","value":1.5}]}\n{"step":2,"metrics":[{"name":"loss","value":1.5},{"name":"grad_norm","value":1.25}]}\n',
    series: ['train loss loss @ 1 2 = 2.5 1.5', 'train grad-norm grad_norm @ 1 2 = 1.5 1.25'],
  },
  'a box of names and values, drawn by Rich': {
    text: '╭───────────┬───────╮\n│ step      │ 1     │\n│ loss      │ 2.5   │\n│ grad_norm │ 1.5   │\n╰───────────┴───────╯\n╭───────────┬───────╮\n│ step      │ 2     │\n│ loss      │ 1.5   │\n│ grad_norm │ 1.25  │\n╰───────────┴───────╯\n',
    series: ['train loss loss @ 1 2 = 2.5 1.5', 'train grad-norm grad_norm @ 1 2 = 1.5 1.25'],
  },
  'a deviation before the norm is no second size': {
    text: 'Epoch 1 gradients:\nLayer: a.weight | Grad Std: 0.125 | Grad Norm: 1.5\nLayer: b.weight | Grad Std: 0.25 | Grad Norm: 2.5\nEpoch 2 gradients:\nLayer: a.weight | Grad Std: 0.125 | Grad Norm: 1.25\nLayer: b.weight | Grad Std: 0.25 | Grad Norm: 2.25\n',
    series: [
      'train grad-norm a.weight: Grad Norm (a.weight) @ 1 2 = 1.5 1.25',
      'train grad-norm b.weight: Grad Norm (b.weight) @ 1 2 = 2.5 2.25',
    ],
  },
  'measures of a gradient that begin with the least': {
    text: 'step 0\na.weight: grad min=-0.5 max=0.75 std=0.125 norm=1.5\nb.weight: grad min=-0.25 max=0.5 std=0.25 norm=2.5\nstep 1\na.weight: grad min=-0.5 max=0.75 std=0.125 norm=1.25\nb.weight: grad min=-0.25 max=0.5 std=0.25 norm=2.25\n',
    series: [
      'train grad-max a.weight: grad max (a.weight) @ 0 1 = 0.75 0.75',
      'train grad-norm a.weight: grad norm (a.weight) @ 0 1 = 1.5 1.25',
      'train grad-max b.weight: grad max (b.weight) @ 0 1 = 0.5 0.5',
      'train grad-norm b.weight: grad norm (b.weight) @ 0 1 = 2.5 2.25',
    ],
  },
  "Optax's global norm": {
    text: 'Step 0 loss 2.5 global_norm 1.5\nStep 1 loss 1.5 global_norm 1.25\n',
    series: ['train loss loss @ 0 1 = 2.5 1.5', 'train grad-norm global_norm @ 0 1 = 1.5 1.25'],
  },
  "SageMaker's metrics in angle brackets": {
    text: '#quality_metric: host=algo-1, epoch=0, train loss <loss>=2.5\n#quality_metric: host=algo-1, epoch=1, train loss <loss>=1.5\n#quality_metric: host=algo-1, epoch=2, train loss <loss>=1.25\n',
    series: ['train loss loss @ 0 1 2 = 2.5 1.5 1.25'],
  },
  'wide punctuation': {
    text: '轮次 1，损失：2.5，梯度范数：1.5\n轮次 2，损失：1.5，梯度范数：1.25\n轮次 3，损失：nan，梯度范数：nan\n',
    series: ['train loss 损失 @ 1 2 3 = 2.5 1.5 NaN', 'train grad-norm 梯度范数 @ 1 2 3 = 1.5 1.25 NaN'],
  },
  'no number where one might stand': {
    text: 'step 1 loss N/A grad_norm 1.5\nstep=2 loss=None grad_norm=1.25\nstep 3 loss 2.5 grad_norm 1.75\n',
    series: ['train grad-norm grad_norm @ 1 2 3 = 1.5 1.25 1.75', 'train loss loss @ 3 = 2.5'],
  },
  sentences: {
    text: 'After step 1, the loss is 2.5 and the gradient norm is 1.5.\nAfter step 2, the loss is 1.5 and the gradient norm is 1.25.\n',
    series: ['train loss loss @ 1 2 = 2.5 1.5', 'train grad-norm gradient norm @ 1 2 = 1.5 1.25'],
  },
  'dots between fields, deviations behind values': {
    text: 'step 1 · loss 2.5±0.01 · ∥g∥ 1.5 · lr 1e-4\nstep 2 · loss 1.5±0.01 · ∥g∥ 1.25 · lr 1e-4\n',
    series: [
      'train loss loss @ 1 2 = 2.5 1.5',
      'train grad-norm ∥g∥ @ 1 2 = 1.5 1.25',
      'train learning-rate lr @ 1 2 = 0.0001 0.0001',
    ],
  },
  'tensors of TensorFlow': {
    text: 'step: 1 loss: tf.Tensor(2.5, shape=(), dtype=float32) grad_norm: tf.Tensor(1.5, shape=(), dtype=float32)\nstep: 2 loss: tf.Tensor(1.5, shape=(), dtype=float32) grad_norm: tf.Tensor(1.25, shape=(), dtype=float32)\n',
    series: ['train loss loss @ 1 2 = 2.5 1.5', 'train grad-norm grad_norm @ 1 2 = 1.5 1.25'],
  },
  'numbered layers with a norm in signs': {
    text: 'iter 1\nlayer 0: |g|=1.5\nlayer 1: |g|=2.5\niter 2\nlayer 0: |g|=1.25\nlayer 1: |g|=2.25\n',
    series: [
      'train grad-norm layer 0: |g| (layer 0) @ 1 2 = 1.5 1.25',
      'train grad-norm layer 1: |g| (layer 1) @ 1 2 = 2.5 2.25',
    ],
  },
  'other languages': {
    text: 'Schritt 1: Verlust 2.5, Gradientennorm 1.5\nSchritt 2: Verlust 1.5, Gradientennorm 1.25\n',
    series: ['train loss Verlust @ 1 2 = 2.5 1.5', 'train grad-norm Gradientennorm @ 1 2 = 1.5 1.25'],
  },
  'a training loss in a dict, which is no summary': {
    text: "Step 1: {'train_loss': 2.5, 'grad_norm': 1.5}\nStep 2: {'train_loss': 1.5, 'grad_norm': 1.25}\n",
    series: ['train loss train_loss @ 1 2 = 2.5 1.5', 'train grad-norm grad_norm @ 1 2 = 1.5 1.25'],
  },
  'bare pairs that rise may be accuracies': {
    text: 'step 1 train 0.25 val 0.25\nstep 2 train 0.5 val 0.5\nstep 3 train 0.75 val 0.5\n',
    series: [],
  },
};

describePrinted('lines that were not read at first sight', CASES);
