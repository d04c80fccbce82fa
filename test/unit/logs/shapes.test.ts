import assert from 'node:assert/strict';
import { runOfText } from './shared';

type Point = readonly [step: number, value: number];

/** What people print in their own way, and every gradient series (by parameter, '' for the whole model) that must come of it. */
const SHAPES: Record<string, readonly [text: string, gradients: Record<string, readonly Point[]>]> = {
  'rich, with the place in the code behind': [
    '[09:12:01] INFO     Epoch 1/3 step 10 loss=0.5 grad_norm=1.5       train.py:88\n[09:12:02] INFO     Epoch 1/3 step 20 loss=0.25 grad_norm=1.25       train.py:88\n',
    {
      '': [
        [10, 1.5],
        [20, 1.25],
      ],
    },
  ],
  'loguru, with the place in the code before': [
    '2026-05-01 12:00:01.123 | INFO     | __main__:train:42 - step: 10, loss: 0.5, grad_norm: 1.5\n2026-05-01 12:00:02.123 | INFO     | __main__:train:42 - step: 20, loss: 0.25, grad_norm: 1.25\n',
    {
      '': [
        [10, 1.5],
        [20, 1.25],
      ],
    },
  ],
  'emoji before every word': [
    '🚀 Epoch 1/10 | 📉 Loss: 0.5 | 📈 Grad Norm: 1.5 | ⏱️ 3.2s\n🚀 Epoch 2/10 | 📉 Loss: 0.25 | 📈 Grad Norm: 1.25 | ⏱️ 3.1s\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'bars of a norm': [
    'step 1: loss 2.5, ||grad||=0.5, lr 1e-3\nstep 2: loss 2.25, ||grad||=0.25, lr 1e-3\n',
    {
      '': [
        [1, 0.5],
        [2, 0.25],
      ],
    },
  ],
  'a nabla': [
    'step=1 loss=0.5 ‖∇L‖=1.5\nstep=2 loss=0.25 ‖∇L‖=1.25\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'tensors without a separator': [
    "step 1 loss tensor(0.5, device='cuda:0') grad norm tensor(1.5, device='cuda:0')\nstep 2 loss tensor(0.25) grad norm tensor(1.25, device='cuda:0')\n",
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'an OrderedDict': [
    "OrderedDict([('step', 1), ('loss', 0.5), ('grad_norm', 1.5)])\nOrderedDict([('step', 2), ('loss', 0.25), ('grad_norm', 1.25)])\n",
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'a list of gradients': [
    'step 5: loss=0.5, grads=[0.5, 0.25]\nstep 6: loss=0.4, grads=[0.75, nan]\n',
    {
      '0': [
        [5, 0.5],
        [6, 0.75],
      ],
      '1': [
        [5, 0.25],
        [6, Number.NaN],
      ],
    },
  ],
  'statistics behind the name of their owner': [
    '[epoch 1] conv.weight grad mean 1e-5 norm 0.5\n[epoch 1] fc.weight grad mean 1e-5 norm 0.25\n[epoch 2] conv.weight grad mean 1e-5 norm 0.75\n[epoch 2] fc.weight grad mean 1e-5 norm 1.25\n',
    {
      'conv.weight': [
        [1, 0.5],
        [2, 0.75],
      ],
      'fc.weight': [
        [1, 0.25],
        [2, 1.25],
      ],
    },
  ],
  'statistics with equals signs': [
    'Step 5\n  conv.weight: grad mean=1.0e-05, norm=0.5\nStep 6\n  conv.weight: grad mean=1.0e-05, norm=0.25\n',
    {
      'conv.weight': [
        [5, 0.5],
        [6, 0.25],
      ],
    },
  ],
  'a labelled layer': [
    'Layer: conv1, Gradient Norm: 0.5\nLayer: conv2, Gradient Norm: 0.25\nLayer: conv1, Gradient Norm: 0.75\nLayer: conv2, Gradient Norm: 1.25\n',
    {
      conv1: [
        [0, 0.5],
        [1, 0.75],
      ],
      conv2: [
        [0, 0.25],
        [1, 1.25],
      ],
    },
  ],
  'the owner in brackets before': [
    '[conv.weight] grad norm: 0.5\n[fc.weight] grad norm: 0.25\n',
    { 'conv.weight': [[0, 0.5]], 'fc.weight': [[0, 0.25]] },
  ],
  'the owner in brackets behind': [
    'grad norm (conv.weight): 0.5\ngrad_norm["fc.weight"]: 0.25\n',
    { 'conv.weight': [[0, 0.5]], 'fc.weight': [[0, 0.25]] },
  ],
  'an arrow and a shape between': [
    'conv.weight -> grad norm 0.5\nfc.weight torch.Size([10, 64]) grad norm: 0.25\n',
    { 'conv.weight': [[0, 0.5]], 'fc.weight': [[0, 0.25]] },
  ],
  'a numbered layer and its kind': [
    'Layer 0 - Linear: grad norm = 0.5\nLayer 1 - ReLU: grad norm = 0.25\n',
    { 'Layer 0': [[0, 0.5]], 'Layer 1': [[0, 0.25]] },
  ],
  'the epoch between the layer and its number': [
    'Gradient norm for layer dense_3 at epoch 4: 0.5\nGradient norm for layer dense_3 at epoch 5: 0.25\n',
    {
      dense_3: [
        [4, 0.5],
        [5, 0.25],
      ],
    },
  ],
  'names below a heading': [
    'Epoch 1, Loss: 0.5\nGradient norms:\n  stem: 0.5\n  stage1.block: 0.25\nEpoch 2, Loss: 0.4\nGradient norms:\n  stem: 0.75\n  stage1.block: 1.25\n',
    {
      stem: [
        [1, 0.5],
        [2, 0.75],
      ],
      'stage1.block': [
        [1, 0.25],
        [2, 1.25],
      ],
    },
  ],
  'a table of layers with rules': [
    'Gradient statistics at step 10:\n+-------+----------+\n| Layer | GradNorm |\n+-------+----------+\n| conv1 | 0.5      |\n| fc    | 0.25     |\n+-------+----------+\nGradient statistics at step 20:\n+-------+----------+\n| Layer | GradNorm |\n+-------+----------+\n| conv1 | 0.75     |\n| fc    | inf      |\n+-------+----------+\n',
    {
      conv1: [
        [10, 0.5],
        [20, 0.75],
      ],
      fc: [
        [10, 0.25],
        [20, Number.POSITIVE_INFINITY],
      ],
    },
  ],
  'a table of layers in aligned columns': [
    'Step 10, loss 0.5, gradients:\nlayer           mean        norm\nconv1.weight    1.0e-05     0.5\nStep 20, loss 0.4, gradients:\nlayer           grad mean   grad norm\nconv1.weight    1.0e-05     0.25\n',
    { 'conv1.weight': [[20, 0.25]] },
  ],
  'a table of epochs': [
    'epoch     train_loss  valid_loss  grad_norm  time    \n0         0.512345    0.412345    0.5   00:12     \n1         0.412345    0.312345    0.25   00:12     \n',
    {
      '': [
        [0, 0.5],
        [1, 0.25],
      ],
    },
  ],
  'the absl prefix and a step in brackets': [
    'I0512 12:00:00.000000 140 logging_writer.py:48] [100] grad_norm=1.5, loss=0.5\nI0512 12:00:01.000000 140 logging_writer.py:48] [200] grad_norm=1.25, loss=0.25\n',
    {
      '': [
        [100, 1.5],
        [200, 1.25],
      ],
    },
  ],
  'epoch and batch in brackets, no words': [
    '[0/25][0/100]\tLoss_D: 1.5\tgrad_norm: 1.5\n[1/25][50/100]\tLoss_D: 0.5\tgrad_norm: 1.25\n',
    {
      '': [
        [0, 1.5],
        [150, 1.25],
      ],
    },
  ],
  'samples of an epoch': [
    'Train Epoch: 1 [640/1000 (64%)]\tLoss: 0.5\tgrad_norm: 1.5\nTrain Epoch: 2 [640/1000 (64%)]\tLoss: 0.25\tgrad_norm: 1.25\n',
    {
      '': [
        [640, 1.5],
        [1640, 1.25],
      ],
    },
  ],
  'Chinese words': [
    '第1轮 损失: 0.5 梯度范数: 1.5\n第2轮 损失: 0.4 梯度范数: 1.25\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'RLlib result.json': [
    '{"info": {"learner": {"default_policy": {"learner_stats": {"total_loss": 8.5, "grad_gnorm": 1.5}}}}, "training_iteration": 1, "config": {"lr": 5e-05}}\n{"info": {"learner": {"default_policy": {"learner_stats": {"total_loss": 7.5, "grad_gnorm": 1.25}}}}, "training_iteration": 2, "config": {"lr": 5e-05}}\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'before clipping, without a separator': [
    'step 1 | loss 0.5 | grad norm before clip 12.5\nstep 2 | loss 0.4 | grad norm before clip 11.5\n',
    {
      '': [
        [1, 12.5],
        [2, 11.5],
      ],
    },
  ],
  'statistics below a heading with the step': [
    '[Gradient Check] Step 10\n  fc1.weight  | norm: 0.5 | max: 0.01\n  fc2.weight  | norm: 0.25 | max: 0.02\n[Gradient Check] Step 20\n  fc1.weight  | norm: 0.75 | max: 0.01\n',
    {
      'fc1.weight': [
        [10, 0.5],
        [20, 0.75],
      ],
      'fc2.weight': [[10, 0.25]],
    },
  ],
  'a weight norm beside it': [
    'Layer: fc1.weight | Grad Norm: 0.5 | Weight Norm: 5.0\nTotal Grad Norm: 0.75\nLayer: fc1.weight | Grad Norm: 0.25 | Weight Norm: 5.0\nTotal Grad Norm: 0.5\n',
    {
      'fc1.weight': [
        [0, 0.5],
        [1, 0.25],
      ],
      '': [
        [0, 0.75],
        [1, 0.5],
      ],
    },
  ],
  'layers behind a word': [
    'Step 1 | Loss 0.5 | Grad norms: [fc1: 0.5, out: 0.25] | time: 3.5\nStep 2 | Loss 0.4 | Grad norms: [fc1: 0.75, out: 1.25] | time: 3.5\n',
    {
      fc1: [
        [1, 0.5],
        [2, 0.75],
      ],
      out: [
        [1, 0.25],
        [2, 1.25],
      ],
    },
  ],
  'an exported W&B chart': [
    '"Step","run-1 - train/grad_norm","run-1 - train/grad_norm__MIN","run-1 - train/grad_norm__MAX"\n"1","1.5","1.5","1.5"\n"2","1.25","1.25","1.25"\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'statistics of the whole model below a heading': [
    'Epoch 1 loss 0.5\nGradient stats:\n  mean: 0.1\n  norm: 0.5\n  time: 3.5\nEpoch 2 loss 0.4\nGradient stats:\n  mean: 0.2\n  norm: 0.25\n',
    {
      '': [
        [1, 0.5],
        [2, 0.25],
      ],
    },
  ],
  'a ratio before the norm': [
    'step 1 loss 0.5 grad/weight ratio: 0.001 grad_norm: 1.5\nstep 2 loss 0.4 grad/weight ratio: 0.002 grad_norm: 1.25\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'names and bars below a heading': [
    'step 1 loss 0.5\n--- grad norms ---\nfc1.weight | 1.5e-3\nfc2.weight | 2.5e-3\nstep 2 loss 0.4\n--- grad norms ---\nfc1.weight | 1.25e-3\nfc2.weight | nan\n',
    {
      'fc1.weight': [
        [1, 0.0015],
        [2, 0.00125],
      ],
      'fc2.weight': [
        [1, 0.0025],
        [2, Number.NaN],
      ],
    },
  ],
  'a list of records that name their layer': [
    '[{"step": 1, "name": "fc1.weight", "grad_norm": 1.5}, {"step": 1, "name": "fc2.weight", "grad_norm": 0.5}, {"step": 2, "name": "fc1.weight", "grad_norm": 1.25}]',
    {
      'fc1.weight': [
        [1, 1.5],
        [2, 1.25],
      ],
      'fc2.weight': [[1, 0.5]],
    },
  ],
  'a header commented out, columns apart by blanks': [
    '# step loss grad_norm\n1 0.5 1.5\n2 0.4 1.25\n3 0.3 1.0\n4 0.25 0.75\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
        [3, 1],
        [4, 0.75],
      ],
    },
  ],
  'a loss called by its formula': [
    'step,mse_v2,grad_norm\n1,0.5,1.5\n2,0.4,1.25\n',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
  'records in a document': [
    '{"config": {"lr": 0.1}, "history": [{"epoch": 1, "loss": 0.5, "grad_norm": 1.5}, {"epoch": 2, "loss": 0.4, "grad_norm": 1.25}]}',
    {
      '': [
        [1, 1.5],
        [2, 1.25],
      ],
    },
  ],
};

describe('shapes of printed gradients', () => {
  for (const [name, [text, gradients]] of Object.entries(SHAPES)) {
    it(name, async () => {
      const run = await runOfText(text);
      assert.ok(run !== null, 'not recognised');
      const found: Record<string, Point[]> = {};
      for (const { kind, statistic, parameter, points } of run.series) {
        if (kind === 'grad-norm' && statistic === 'norm') {
          found[parameter ?? ''] = Array.from(
            { length: points.length },
            (_, i): Point => [points.step(i), points.value(i)],
          );
        }
      }
      assert.deepEqual(found, gradients);
    });
  }
});
