import assert from 'node:assert/strict';
import { ofKind, runOfText, stepsOf, valuesOf } from './shared';

/** Two lines as a tool prints them, and the loss and gradient norm that must be read from them. */
interface Tool {
  readonly text: string;
  readonly steps: readonly number[];
  readonly norms: readonly number[];
  readonly losses?: readonly number[];
  readonly parameter?: string | null;
}

const TOOLS: Record<string, Tool> = {
  'MMDetection, iterations': {
    text: '2026-09-16 04:07:17,720 - mmdet - INFO - Iter [50/900]\tlr: 1.821e-04, eta: 18:25:17, time: 0.900, loss: 49.5, grad_norm: 961.5\n2026-09-16 04:08:17,720 - mmdet - INFO - Iter [100/900]\tlr: 1.821e-04, eta: 18:25:17, loss: 48.5, grad_norm: nan\n',
    steps: [50, 100],
    norms: [961.5, Number.NaN],
    losses: [49.5, 48.5],
  },
  'MMEngine, iterations in epochs': {
    text: '2026/05/23 07:08:46 - mmengine - INFO - Epoch(train) [1][ 50/100]  lr: 5.6e-05  eta: 1:51:29  memory: 10471  grad_norm: 907.5  loss: 36.5\n2026/05/23 07:08:46 - mmengine - INFO - Epoch(train) [2][ 50/100]  lr: 5.6e-05  eta: 1:51:29  memory: 10471  grad_norm: 7.5  loss: 3.5\n',
    steps: [50, 150],
    norms: [907.5, 7.5],
    losses: [36.5, 3.5],
  },
  'Swin meters: the value, not the running mean': {
    text: '[2026-02-19 16:01:43 swin] (main.py 186): INFO Train: [0/3][0/100]\teta 0:00:03 lr 0.000001\ttime 3.01 (3.01)\tloss 0.75 (0.75)\tgrad_norm 4.5 (4.5)\tmem 7577MB\n[2026-02-19 16:01:44 swin] (main.py 186): INFO Train: [1/3][50/100]\teta 0:00:03 lr 0.000001\ttime 3.01 (3.01)\tloss 0.5 (0.65)\tgrad_norm 1.5 (nan)\tmem 7577MB\n',
    steps: [0, 150],
    norms: [4.5, 1.5],
    losses: [0.75, 0.5],
  },
  nanotron: {
    text: '10/17/2026 16:31:56 [INFO|DP=0|PP=0|TP=0]: iteration: 327281 / 378950 | consumed_tokens: 85.8G | elapsed_time_per_iteration_ms: 11.5K | lm_loss: 2.5 | lr: 1e-05 | grad_norm: 1.25\n10/17/2026 16:31:57 [INFO|DP=0|PP=0|TP=0]: iteration: 327282 / 378950 | consumed_tokens: 85.8G | lm_loss: 2.25 | lr: 1e-05 | grad_norm: 1.5\n',
    steps: [327281, 327282],
    norms: [1.25, 1.5],
    losses: [2.5, 2.25],
  },
  torchtune: {
    text: 'Step 1 | loss:2.5 lr:2e-05 tokens_per_second_per_gpu:57.8 grad_norm:1.5\nStep 2 | loss:2.25 lr:2e-05 tokens_per_second_per_gpu:57.8 grad_norm:1.25\n',
    steps: [1, 2],
    norms: [1.5, 1.25],
    losses: [2.5, 2.25],
  },
  'NeMo Automodel': {
    text: '2026-08-10 15:48:59 | INFO | root | step 13 | epoch 0 | loss 0.5 | grad_norm 1.25 | lr 1.00e-05 | mem 31.55 GiB | tps 6574.51(821.81/gpu)\n2026-08-10 15:49:59 | INFO | root | step 14 | epoch 0 | loss 0.25 | grad_norm 1.5 | lr 1.00e-05 | mem 31.55 GiB\n',
    steps: [13, 14],
    norms: [1.25, 1.5],
    losses: [0.5, 0.25],
  },
  'glog prefix': {
    text: 'I20260319 17:30:39 3527215 dinov2 linear.py:505] iter=0 loss=11.5 lr=0.000999998 grad_norm=308.5\nI20260319 17:30:40 3527215 dinov2 linear.py:505] iter=10 loss=10.5 lr=0.000999998 grad_norm=208.5\n',
    steps: [0, 10],
    norms: [308.5, 208.5],
    losses: [11.5, 10.5],
  },
  'Lightning progress bar': {
    text: 'Epoch 1:  67% 10/15 [02:53<01:18, 15.76s/it, loss=0.5, v_num=l1_0, grad_2.0_norm_total_step=3.5]\nEpoch 2:  73% 11/15 [02:53<01:18, 15.76s/it, loss=0.25, v_num=l1_0, grad_2.0_norm_total_step=4.5]\n',
    steps: [10, 26],
    norms: [3.5, 4.5],
    losses: [0.5, 0.25],
  },
  'ms-swift, step and total in one string': {
    text: '{"loss": 20.5, "grad_norm": 52.5, "global_step/max_steps": "1/438", "percentage": "0.23%"}\n{"loss": 19.5, "grad_norm": 51.5, "global_step/max_steps": "2/438", "percentage": "0.46%"}\n',
    steps: [1, 2],
    norms: [52.5, 51.5],
    losses: [20.5, 19.5],
  },
  'a step before a dict': {
    text: "Step:      3 {'loss': 2.5, 'grad_norm': inf, 'learning_rate': 8.0e-06, 'epoch': 0.0175}\nStep:      6 {'loss': 2.25, 'grad_norm': 1.5, 'learning_rate': 8.0e-06, 'epoch': 0.035}\n",
    steps: [3, 6],
    norms: [Number.POSITIVE_INFINITY, 1.5],
    losses: [2.5, 2.25],
  },
  'tensors printed with their device': {
    text: "step 1 loss: tensor(0.5, device='cuda:0') grad_norm: tensor(10.5, device='cuda:0')\nstep 2 loss: tensor(0.25, device='cuda:0') grad_norm: tensor(9.5, device='cuda:0')\n",
    steps: [1, 2],
    norms: [10.5, 9.5],
    losses: [0.5, 0.25],
  },
  'DETR meters': {
    text: 'Epoch: [0]  [  10/500]  eta: 0:05:00  lr: 0.000100  loss: 5.5 (5.75)  grad_norm: 1.5 (1.6)  time: 0.5  data: 0.01  max mem: 5000\nEpoch: [0]  [  20/500]  eta: 0:05:00  lr: 0.000100  loss: 5.25 (5.5)  grad_norm: 1.25 (1.6)  time: 0.5\n',
    steps: [10, 20],
    norms: [1.5, 1.25],
    losses: [5.5, 5.25],
  },
  'Layer N with a mean': {
    text: 'Layer 1: mean |grad| = 0.25\nLayer 1: mean |grad| = 0.5\n',
    steps: [0, 1],
    norms: [0.25, 0.5],
    parameter: 'Layer 1',
  },
  'a check mark before the name': {
    text: '✓ encoder.fc.weight: grad_norm=0.25\n✓ encoder.fc.weight: grad_norm=0.5\n',
    steps: [0, 1],
    norms: [0.25, 0.5],
    parameter: 'encoder.fc.weight',
  },
  'blocks that name their step last': {
    text: 'fc1.weight.grad: 0.5\nfc2.weight.grad: 0.25\nEpoch 1 loss 0.5\nfc1.weight.grad: 0.75\nfc2.weight.grad: 0.25\nEpoch 2 loss 0.25\n',
    steps: [1, 2],
    norms: [0.5, 0.75],
    losses: [0.5, 0.25],
    parameter: 'fc1.weight',
  },
};

describe('lines of many tools', () => {
  for (const [name, { text, steps, norms, losses, parameter }] of Object.entries(TOOLS)) {
    it(name, async () => {
      const run = await runOfText(text);
      assert.ok(run !== null, 'not recognised');
      const norm = ofKind(run, 'grad-norm')[0];
      assert.ok(norm !== undefined, 'no gradient norm');
      assert.deepEqual({ steps: stepsOf(norm), norms: valuesOf(norm) }, { steps, norms });
      assert.equal(norm.parameter, parameter ?? null);
      if (losses !== undefined) {
        assert.deepEqual(valuesOf(ofKind(run, 'loss')[0]!), losses);
      }
    });
  }
});
