import assert from 'node:assert/strict';
import { BytesSource } from '../../../src/core/io/fileSource';
import { readLog } from '../../../src/core/logs/logReader';
import { describePrinted, type Printed, runOfText, valuesOf } from './shared';

/** Short forms: letters for a gradient, several layers on a line, runs that share a log. */
const CASES: Record<string, Printed> = {
  'second dotted owner': {
    text: 'step 1 loss 0.75 mlp.0 mean|g|=0.5 mlp.2 mean|g|=0.25\nstep 2 loss 0.5 mlp.0 mean|g|=0.125 mlp.2 mean|g|=0.0625\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm mlp.0: mean|g| (mlp.0) @ 1 2 = 0.5 0.125',
      'train grad-norm mlp.2: mean|g| (mlp.2) @ 1 2 = 0.25 0.0625',
    ],
  },
  'g:enc': {
    text: 'step 1 loss 0.75 g:enc 0.5 g:dec 0.25\nstep 2 loss 0.5 g:enc 0.125 g:dec 0.0625\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm g:enc (enc) @ 1 2 = 0.5 0.125',
      'train grad-norm g:dec (dec) @ 1 2 = 0.25 0.0625',
    ],
  },
  'g:enc eq': {
    text: 'step=1 loss=0.75 g:enc=0.5 g:dec=0.25\nstep=2 loss=0.5 g:enc=0.125 g:dec=0.0625\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm g:enc (enc) @ 1 2 = 0.5 0.125',
      'train grad-norm g:dec (dec) @ 1 2 = 0.25 0.0625',
    ],
  },
  'bare g=': {
    text: 'it 1 L=0.75 g=1.5\nit 2 L=0.5 g=1.25\nit 3 L=0.25 g=1.125\nit 4 L=0.125 g=1\n',
    series: [
      'train loss L @ 1 2 3 4 = 0.75 0.5 0.25 0.125',
      'train grad-norm g @ 1 2 3 4 = 1.5 1.25 1.125 1',
    ],
  },
  'bare g= with loss': {
    text: 'step 1 loss 0.75 g=1.5\nstep 2 loss 0.5 g=1.25\nstep 3 loss 0.25 g=1.125\n',
    series: ['train loss loss @ 1 2 3 = 0.75 0.5 0.25', 'train grad-norm g @ 1 2 3 = 1.5 1.25 1.125'],
  },
  'conv1|g|=': {
    text: 'step 1 loss 0.75 conv1|g|=0.5 fc|g|=0.25\nstep 2 loss 0.5 conv1|g|=0.125 fc|g|=0.0625\n',
    series: [
      'train loss loss @ 1 2 = 0.75 0.5',
      'train grad-norm conv1|g| (conv1) @ 1 2 = 0.5 0.125',
      'train grad-norm fc|g| (fc) @ 1 2 = 0.25 0.0625',
    ],
  },
  'inner outer': {
    text: 'it 0 inner 0.75 outer 0.5 g_outer 1.5\nit 10 inner 0.5 outer 0.25 g_outer 1.25\nit 20 inner 0.25 outer 0.125 g_outer 1.125\n',
    series: [
      'train loss inner @ 0 10 20 = 0.75 0.5 0.25',
      'train loss outer @ 0 10 20 = 0.5 0.25 0.125',
      'train grad-norm g_outer (outer) @ 0 10 20 = 1.5 1.25 1.125',
    ],
  },
  'run0 run1': {
    text: 'run0 step 0 loss 0.75 gnorm 1.5\nrun1 step 0 loss 0.5 gnorm 2.5\nrun0 step 10 loss 0.25 gnorm 1.25\nrun1 step 10 loss 0.125 gnorm 2.25\nrun0 step 20 loss 0.0625 gnorm 1\nrun1 step 20 loss 0.0313 gnorm 2\n',
    series: [
      'train loss run0 loss @ 0 10 20 = 0.75 0.25 0.0625',
      'train grad-norm run0 gnorm @ 0 10 20 = 1.5 1.25 1',
      'train loss run1 loss @ 0 10 20 = 0.5 0.125 0.0313',
      'train grad-norm run1 gnorm @ 0 10 20 = 2.5 2.25 2',
    ],
  },
  'Cost after iteration': {
    text: 'Cost after iteration 0: 0.75\nCost after iteration 100: 0.5\nCost after iteration 200: 0.25\nCost after iteration 300: 0.125\n',
    series: ['train loss Cost after iteration @ 0 100 200 300 = 0.75 0.5 0.25 0.125'],
  },
  'grad pde bc': {
    text: 'it 0 loss 0.75 grad pde 1e-4 bc 2e-2\nit 100 loss 0.5 grad pde 2e-4 bc 3e-2\n',
    series: [
      'train loss loss @ 0 100 = 0.75 0.5',
      'train grad-norm grad pde (pde) @ 0 100 = 0.0001 0.0002',
      'train grad-norm bc: grad norm (bc) @ 0 100 = 0.02 0.03',
    ],
  },
  gan: {
    text: '[0/5][0/100] Loss_D: 1.5 Loss_G: 2.5 D(x): 0.5 D(G(z)): 0.25 / 0.125\n[0/5][50/100] Loss_D: 1.25 Loss_G: 2.25 D(x): 0.625 D(G(z)): 0.375 / 0.25\n[1/5][0/100] Loss_D: 1.125 Loss_G: 2 D(x): 0.625 D(G(z)): 0.375 / 0.25\n',
    series: ['train loss Loss_D @ 0 50 100 = 1.5 1.25 1.125', 'train loss Loss_G @ 0 50 100 = 2.5 2.25 2'],
  },
  rl: {
    text: 'update 1 reward 12.5 policy_loss 0.75 value_loss 0.5 entropy 1.5 grad_norm 0.25\nupdate 2 reward 13.5 policy_loss 0.5 value_loss 0.25 entropy 1.25 grad_norm 0.5\n',
    series: [
      'train loss policy_loss @ 1 2 = 0.75 0.5',
      'train loss value_loss @ 1 2 = 0.5 0.25',
      'train grad-norm grad_norm @ 1 2 = 0.25 0.5',
    ],
  },
  'nul in first words': {
    text: 'lo\0ss is fine\nstep 1 loss 0.75 grad_norm 1.5\nstep 2 loss 0.5 grad_norm 1.25\n',
    series: ['train loss loss @ 1 2 = 0.75 0.5', 'train grad-norm grad_norm @ 1 2 = 1.5 1.25'],
  },
  'a generator beside a discriminator is no gradient': {
    text: 'step 1 loss d=0.5 g=1.5\nstep 2 loss d=0.25 g=1.25\n',
    series: ['train loss loss d @ 1 2 = 0.5 0.25'],
  },
  'curves without separators': {
    text: 'step 1 loss 0.5 test acc 0.75 entropy 1.5 grad norm 2.5\nstep 2 loss 0.4 test acc 0.875 entropy 1.25 grad norm 2.25\n',
    series: ['train loss loss @ 1 2 = 0.5 0.4', 'train grad-norm grad norm @ 1 2 = 2.5 2.25'],
  },
  'weights called by one letter, below an error': {
    text: '== update 1 | mse 2.5\nphi0.w: 5.5e-12\nout.w: 1.5e-11\n== update 21 | mse 0.5\nphi0.w: 5.5e-14\nout.w: 1.5e-13\n== update 41 | mse 0.25\nphi0.w: 5.5e-15\nout.w: 1.5e-14\n',
    series: [
      'train loss mse @ 1 21 41 = 2.5 0.5 0.25',
      'train grad-norm phi0.w (phi0.w) @ 1 21 41 = 5.5e-12 5.5e-14 5.5e-15',
      'train grad-norm out.w (out.w) @ 1 21 41 = 1.5e-11 1.5e-13 1.5e-14',
    ],
  },
  'layers and a measure in Chinese': {
    text: '第1轮, 损失: 0.75\n  conv1.weight 梯度范数: 0.125\n  fc.weight 梯度范数: 0.5\n第2轮, 损失: 0.5\n  conv1.weight 梯度范数: 0.25\n  fc.weight 梯度范数: 0.75\n',
    series: [
      'train loss 损失 @ 1 2 = 0.75 0.5',
      'train grad-norm conv1.weight: 梯度范数 (conv1.weight) @ 1 2 = 0.125 0.25',
      'train grad-norm fc.weight: 梯度范数 (fc.weight) @ 1 2 = 0.5 0.75',
    ],
  },
  'a bar that is called by its stage and epoch': {
    text: 'train 0:  50%|##5  | 1/2 [00:00<00:01, 20.38it/s, loss=1.5, grad_norm=0.25]\rtrain 0: 100%|#####| 2/2 [00:00<00:00, 28.88it/s, loss=1.25, grad_norm=0.5]\rtrain 1:  50%|##5  | 1/2 [00:00<00:01, 20.38it/s, loss=1.125, grad_norm=0.75]\rtrain 1: 100%|#####| 2/2 [00:00<00:00, 28.88it/s, loss=1.0, grad_norm=1.0]\n',
    series: [
      'train loss loss @ 1 2 3 4 = 1.5 1.25 1.125 1',
      'train grad-norm grad_norm @ 1 2 3 4 = 0.25 0.5 0.75 1',
    ],
  },
  'folds one after the other are restarts': {
    text: 'fold 1 epoch 1 loss 0.5\nfold 1 epoch 2 loss 0.4\nfold 2 epoch 1 loss 0.5\nfold 2 epoch 2 loss 0.3\n',
    series: ['train loss loss @ 1 2 1 2 = 0.5 0.4 0.5 0.3'],
  },
};

describePrinted('short forms', CASES);

describe('odd bytes', () => {
  const LINES =
    'step 1 loss 0.75 grad_norm 1.5\nstep 2 loss 0.5 grad_norm 1.25\nstep 3 loss 0.25 grad_norm 1.0\n';

  it('a greeting of eight bits that looks like the mark of UTF-16', async () => {
    const run = await readLog(new BytesSource('train.log', Buffer.from(`\xff\xfe${LINES}`, 'latin1')));
    assert.deepEqual(run?.series.map(valuesOf), [
      [0.75, 0.5, 0.25],
      [1.5, 1.25, 1],
    ]);
  });

  it('curves of other names are kept', async () => {
    const run = await runOfText(
      'it 10 reward 12.5 entropy 0.5 pi_loss 0.75 D(G(z)) 0.25\nit 20 reward 13 entropy 0.4 pi_loss 0.5 D(G(z)) 0.125\n',
    );
    assert.deepEqual(
      run?.series.map(({ name }) => name),
      ['reward', 'entropy', 'pi_loss', 'D(G(z))'],
    );
    assert.deepEqual(run?.series.map(valuesOf), [
      [12.5, 13],
      [0.5, 0.4],
      [0.75, 0.5],
      [0.25, 0.125],
    ]);
  });

  it('a notebook that trains and prints nothing but an error', async () => {
    const outputs = [
      {
        output_type: 'stream',
        name: 'stdout',
        text: ['step 0 mse 0.75\n', 'step 9 mse 0.5\n', 'step 18 mse 0.25\n'],
      },
    ];
    const cells = [{ cell_type: 'code', source: ['loss.backward()'], metadata: {}, outputs }];
    const run = await runOfText(
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }),
      'a.ipynb',
    );
    assert.deepEqual(
      run?.series.map(({ kind, name }) => `${kind} ${name}`),
      ['loss mse'],
    );
  });
});
