import { describePrinted, type Printed } from './shared';

/** Of forty ways of printing losses and gradients by layer, those that were not read at first sight, and their near misses. */
const CASES: Record<string, Printed> = {
  'names and values parted by semicolons': {
    text: 'step;0;loss;2.5;grad_norm;0.5\nstep;10;loss;2.25;grad_norm;0.75\nstep;20;loss;2.0;grad_norm;1.5\n',
    series: ['train loss loss @ 0 10 20 = 2.5 2.25 2', 'train grad-norm grad_norm @ 0 10 20 = 0.5 0.75 1.5'],
  },
  'names and values parted by commas': {
    text: 'step,0,loss,2.5,grad_norm,0.5\nstep,10,loss,2.25,grad_norm,0.75\nstep,20,loss,2.0,grad_norm,1.5\n',
    series: ['train loss loss @ 0 10 20 = 2.5 2.25 2', 'train grad-norm grad_norm @ 0 10 20 = 0.5 0.75 1.5'],
  },
  'adapters by number': {
    text: 'step 0 loss 2.5\n  0.lora_A 0.8\n  0.lora_B 0.0\nstep 10 loss 2.25\n  0.lora_A 0.7\n  0.lora_B 0.25\n',
    series: [
      'train loss loss @ 0 10 = 2.5 2.25',
      'train grad-norm 0.lora_A (0.lora_A) @ 0 10 = 0.8 0.7',
      'train grad-norm 0.lora_B (0.lora_B) @ 0 10 = 0 0.25',
    ],
  },
  'zeros behind numbered parameters': {
    text: 'epoch 0 loss 2.5\n0.weight 0.00000\n2.weight 0.50000\nepoch 1 loss 2.25\n0.weight 0.00000\n2.weight 0.25000\n',
    series: [
      'train loss loss @ 0 1 = 2.5 2.25',
      'train grad-norm 0.weight (0.weight) @ 0 1 = 0 0',
      'train grad-norm 2.weight (2.weight) @ 0 1 = 0.5 0.25',
    ],
  },
  'a step in one word and norms in bars': {
    text: 's0 L=4.45 |g(0.weight)|=0.5 |g(2.weight)|=0.25\ns20 L=4.25 |g(0.weight)|=0.75 |g(2.weight)|=0.5\ns40 L=4.0 |g(0.weight)|=1.5 |g(2.weight)|=0.125\n',
    series: [
      'train loss L @ 0 20 40 = 4.45 4.25 4',
      'train grad-norm |g(0.weight)| (0.weight) @ 0 20 40 = 0.5 0.75 1.5',
      'train grad-norm |g(2.weight)| (2.weight) @ 0 20 40 = 0.25 0.5 0.125',
    ],
  },
  'a name on its own line, its measures below': {
    text: 'Epoch [1/9] Loss 2.5\nfc1.weight\n\tgrad mean: 1.000e-03\n\tgrad norm: 5.000e-01\nfc2.weight\n\tgrad mean: 2.000e-03\n\tgrad norm: 2.500e-01\nEpoch [2/9] Loss 2.25\nfc1.weight\n\tgrad mean: 1.000e-03\n\tgrad norm: 7.500e-01\nfc2.weight\n\tgrad mean: 2.000e-03\n\tgrad norm: 1.250e-01\n',
    series: [
      'train loss Loss @ 1 2 = 2.5 2.25',
      'train other fc1.weight: grad mean (fc1.weight) @ 1 2 = 0.001 0.001',
      'train grad-norm fc1.weight: grad norm (fc1.weight) @ 1 2 = 0.5 0.75',
      'train other fc2.weight: grad mean (fc2.weight) @ 1 2 = 0.002 0.002',
      'train grad-norm fc2.weight: grad norm (fc2.weight) @ 1 2 = 0.25 0.125',
    ],
  },
  'a range before the norm': {
    text: 'step 1 loss 2.5\n  enc.0 grad range [-0.3, 0.3] norm 0.5\n   head grad range [-0.1, 0.2] norm 0.25\nstep 2 loss 2.25\n  enc.0 grad range [-0.4, 0.3] norm 0.75\n   head grad range [-0.2, 0.2] norm 0.125\n',
    series: [
      'train loss loss @ 1 2 = 2.5 2.25',
      'train grad-norm enc.0: grad norm (enc.0) @ 1 2 = 0.5 0.75',
      'train grad-norm head: grad norm (head) @ 1 2 = 0.25 0.125',
    ],
  },
  'long arrows': {
    text: '--- iteration 0 --- loss 2.5\n   enc.0.weight ==> 5.000e-01\n   head.weight  ==> 2.500e-01\n--- iteration 10 --- loss 2.25\n   enc.0.weight ==> 7.500e-01\n   head.weight  ==> 1.250e-01\n',
    series: [
      'train loss loss @ 0 10 = 2.5 2.25',
      'train grad-norm enc.0.weight (enc.0.weight) @ 0 10 = 0.5 0.75',
      'train grad-norm head.weight (head.weight) @ 0 10 = 0.25 0.125',
    ],
  },
  'a loss at a step': {
    text: 'Loss at 0: 2.5\ngrad[fc1.weight] = 0.5\nLoss at 10: 2.25\ngrad[fc1.weight] = 0.75\nLoss at 20: 2.0\ngrad[fc1.weight] = 1.5\n',
    series: [
      'train loss Loss @ 0 10 20 = 2.5 2.25 2',
      'train grad-norm fc1.weight: grad (fc1.weight) @ 0 10 20 = 0.5 0.75 1.5',
    ],
  },
  'a count in parentheses': {
    text: '(  1/140)   0.7%  loss 2.5  |g| 0.5\n( 70/140)  50.0%  loss 2.25  |g| 0.75\n(140/140) 100.0%  loss 2.0  |g| 1.5\n',
    series: ['train loss loss @ 1 70 140 = 2.5 2.25 2', 'train grad-norm |g| @ 1 70 140 = 0.5 0.75 1.5'],
  },
};

describePrinted('cells', CASES);
