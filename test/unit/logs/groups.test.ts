import { describePrinted, type Printed } from './shared';

/** Statistics in groups, formulas and leaders: styles that nobody had shown the reader before. */
const CASES: Record<string, Printed> = {
  'a shape stands before the norm': {
    text: 'Step 0, loss = 2.5\n  enc.0.weight: grad shape=(64, 32) norm=0.5\n  head.bias: grad shape=(10,) norm=1.5\nStep 1, loss = 2.25\n  enc.0.weight: grad shape=(64, 32) norm=0.25\n  head.bias: grad shape=(10,) norm=1.25\n',
    series: [
      'train loss loss @ 0 1 = 2.5 2.25',
      'train grad-norm enc.0.weight: grad norm (enc.0.weight) @ 0 1 = 0.5 0.25',
      'train grad-norm head.bias: grad norm (head.bias) @ 0 1 = 1.5 1.25',
    ],
  },
  'dots lead from a parameter to its number': {
    text: 'step 0 loss 2.5\n* enc.0.weight ...... 0.5\n* head.bias ......... 1.5\nstep 1 loss 2.25\n* enc.0.weight ...... 0.25\n* head.bias ......... 1.25\n',
    series: [
      'train loss loss @ 0 1 = 2.5 2.25',
      'train grad-norm enc.0.weight (enc.0.weight) @ 0 1 = 0.5 0.25',
      'train grad-norm head.bias (head.bias) @ 0 1 = 1.5 1.25',
    ],
  },
  'a gradient word before the parameter, statistics behind it': {
    text: 'step 1 loss 2.5\n    grad enc.0.weight -> mean 0.001 norm 0.5\n    grad head.bias: mean 0.002 norm 1.5\nstep 2 loss 2.25\n    grad enc.0.weight -> mean 0.001 norm 0.25\n    grad head.bias: mean 0.002 norm 1.25\n',
    series: [
      'train loss loss @ 1 2 = 2.5 2.25',
      'train other enc.0.weight: grad mean (enc.0.weight) @ 1 2 = 0.001 0.001',
      'train grad-norm enc.0.weight: grad norm (enc.0.weight) @ 1 2 = 0.5 0.25',
      'train other head.bias: grad mean (head.bias) @ 1 2 = 0.002 0.002',
      'train grad-norm head.bias: grad norm (head.bias) @ 1 2 = 1.5 1.25',
    ],
  },
  'a step before a colon, a loss by its letter and the norm of its gradient in words': {
    text: 'k=10: L=2.5, ||grad L||=5e-1\nk=20: L=2.25, ||grad L||=4e-1\nk=30: L=2.0, ||grad L||=3e-1\n',
    series: ['train loss L @ 10 20 30 = 2.5 2.25 2', 'train grad-norm ||grad L|| @ 10 20 30 = 0.5 0.4 0.3'],
  },
  'a loss as a function of its parameters': {
    text: 'iter 0 J(theta)=2.5 ||∇J(θ)||=0.5\niter 1 J(theta)=2.25 ||∇J(θ)||=0.25\niter 2 J(theta)=2.0 ||∇J(θ)||=0.125\n',
    series: [
      'train loss J(theta) @ 0 1 2 = 2.5 2.25 2',
      'train grad-norm ||∇J(θ)|| @ 0 1 2 = 0.5 0.25 0.125',
    ],
  },
  'a list that says it is of every layer': {
    text: '[  0] loss: 2.5  per-layer grad norms: [0.5 0.25]\n[  1] loss: 2.25  per-layer grad norms: [0.25 0.125]\n',
    series: [
      'train loss loss @ 0 1 = 2.5 2.25',
      'train grad-norm per-layer grad norms.0 (0) @ 0 1 = 0.5 0.25',
      'train grad-norm per-layer grad norms.1 (1) @ 0 1 = 0.25 0.125',
    ],
  },
  'statistics of the whole gradient in brackets': {
    text: 'step 1 loss=2.5 grad(max=0.5, norm=1.5) lr=0.1\nstep 2 loss=2.25 grad(max=0.25, norm=1.25) lr=0.1\n',
    series: [
      'train loss loss @ 1 2 = 2.5 2.25',
      'train grad-max grad max @ 1 2 = 0.5 0.25',
      'train grad-norm grad norm @ 1 2 = 1.5 1.25',
      'train learning-rate lr @ 1 2 = 0.1 0.1',
    ],
  },
  'a norm in the group of the weights is no gradient’s': {
    text: 'step 1 loss=2.5 weights: max=0.75 norm=8.5 grads: max=0.5 norm=1.5\nstep 2 loss=2.25 weights: max=0.75 norm=8.25 grads: max=0.25 norm=1.25\n',
    series: [
      'train loss loss @ 1 2 = 2.5 2.25',
      'train weight-norm param norm @ 1 2 = 8.5 8.25',
      'train grad-max grad max @ 1 2 = 0.5 0.25',
      'train grad-norm grad norm @ 1 2 = 1.5 1.25',
    ],
  },
};

describePrinted('groups of statistics', CASES);
