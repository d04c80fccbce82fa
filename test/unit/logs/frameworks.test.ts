import { describePrinted, type Printed } from './shared';

/** What frameworks print in versions and places that the format samples do not show, written down anew. */
const CASES: Record<string, Printed> = {
  'fairseq, before 0.10': {
    text: "| epoch 001:    100 / 3904 loss=13.214, nll_loss=13.012, ppl=8268.33, wps=22120, ups=1, wpb=3533.238, bsz=104.832, num_updates=101, lr=1.27247e-05, gnorm=3.212, clip=0.000, oom=0.000, wall=50, train_wall=40\n| epoch 001:    200 / 3904 loss=12.214, nll_loss=12.012, ppl=4268.33, wps=22120, ups=1, wpb=3533.238, bsz=104.832, num_updates=201, lr=2.27247e-05, gnorm=2.212, clip=0.000, oom=0.000, wall=90, train_wall=80\n| epoch 001 | loss 9.2 | nll_loss 8.2 | ppl 300.5 | wps 22000 | ups 1 | wpb 3500 | bsz 100 | num_updates 3904 | lr 0.00048 | gnorm 1.9 | clip 0.000 | oom 0.000 | wall 1800 | train_wall 1700\n| epoch 001 | valid on 'valid' subset | loss 7.2 | nll_loss 5.8 | ppl 56.1 | num_updates 3904\n| WARNING: overflow detected, setting loss scale to: 64.0\n",
    series: [
      'train loss loss @ 101 201 3904 = 13.214 12.214 9.2',
      'train loss nll_loss @ 101 201 3904 = 13.012 12.012 8.2',
      'train learning-rate lr @ 101 201 3904 = 0.0000127247 0.0000227247 0.00048',
      'train grad-norm gnorm @ 101 201 3904 = 3.212 2.212 1.9',
      'eval loss loss @ 3904 = 7.2',
      'eval loss nll_loss @ 3904 = 5.8',
    ],
  },
  'fairseq, progress bar': {
    text: 'epoch 001:   3%|▎         | 100/3904 [00:10<06:30,  9.74it/s, loss=13.2, nll_loss=13.0, ppl=8268, num_updates=101, lr=1.2e-05, gnorm=3.21, clip=0, loss_scale=128]\repoch 001:   5%|▌         | 200/3904 [00:20<06:20,  9.74it/s, loss=12.2, nll_loss=12.0, ppl=4268, num_updates=201, lr=2.2e-05, gnorm=2.21, clip=0, loss_scale=128]\n',
    series: [
      'train loss loss @ 101 201 = 13.2 12.2',
      'train loss nll_loss @ 101 201 = 13 12',
      'train learning-rate lr @ 101 201 = 0.000012 0.000022',
      'train grad-norm gnorm @ 101 201 = 3.21 2.21',
      'train loss-scale loss_scale @ 101 201 = 128 128',
    ],
  },
  'fairseq, JSON with training and validation of an epoch': {
    text: '[2022-03-28 18:18:15,310][train_inner][INFO] - {"epoch": 1, "update": 0.288, "loss": "9.427", "ntokens": "1000", "nsentences": "32", "wps": "123", "num_updates": "200", "lr": "3.125e-06", "gnorm": "1.459", "loss_scale": "128", "train_wall": "100", "wall": "120"}\n[2022-03-28 18:19:15,310][train_inner][INFO] - {"epoch": 1, "update": 0.577, "loss": "8.427", "ntokens": "1000", "nsentences": "32", "wps": "123", "num_updates": "400", "lr": "6.25e-06", "gnorm": "1.359", "loss_scale": "128", "train_wall": "100", "wall": "120"}\n[2022-03-28 18:20:15,310][train][INFO] - {"epoch": 1, "train_loss": "8.9", "train_ntokens": "1000", "train_num_updates": "693", "train_lr": "1.1e-05", "train_gnorm": "1.4", "train_loss_scale": "128", "train_wall": "200"}\n[2022-03-28 18:20:15,310][valid][INFO] - {"epoch": 1, "valid_loss": "7.9", "valid_ntokens": "1000", "valid_num_updates": "693", "valid_best_loss": "7.9"}\n',
    series: [
      'train loss loss @ 200 400 = 9.427 8.427',
      'train learning-rate lr @ 200 400 = 0.000003125 0.00000625',
      'train grad-norm gnorm @ 200 400 = 1.459 1.359',
      'train loss-scale loss_scale @ 200 400 = 128 128',
      'train loss train_loss @ 693 = 8.9',
      'train learning-rate train_lr @ 693 = 0.000011',
      'train grad-norm train_gnorm @ 693 = 1.4',
      'train loss-scale train_loss_scale @ 693 = 128',
      'eval loss valid_loss @ 693 = 7.9',
      'eval loss valid_best_loss @ 693 = 7.9',
    ],
  },
  'Megatron-LM with params norm and a validation line': {
    text: ' [2024-08-01 10:00:00] iteration       10/     100 | consumed samples:           80 | elapsed time per iteration (ms): 1234.5 | throughput per GPU (TFLOP/s/GPU): 123.4 | learning rate: 1.500000E-05 | global batch size:     8 | lm loss: 1.054321E+01 | loss scale: 1.0 | grad norm: 12.345 | params norm: 345.678 | num zeros: 0 | number of skipped iterations:   0 | number of nan iterations:   0 |\n [2024-08-01 10:00:10] iteration       20/     100 | consumed samples:          160 | elapsed time per iteration (ms): 1234.5 | throughput per GPU (TFLOP/s/GPU): 123.4 | learning rate: 3.000000E-05 | global batch size:     8 | lm loss: 9.054321E+00 | loss scale: 1.0 | grad norm: 2.345 | params norm: 345.678 | num zeros: 0 | number of skipped iterations:   0 | number of nan iterations:   0 |\n(min, max) time across ranks (ms):\n    evaluate .......................................: (1234.56, 1234.60)\n validation loss at iteration 20 | lm loss value: 8.912345E+00 | lm loss PPL: 7.423456E+03 | \n',
    series: [
      'train learning-rate learning rate @ 10 20 = 0.000015 0.00003',
      'train loss lm loss @ 10 20 = 10.54321 9.054321',
      'train loss-scale loss scale @ 10 20 = 1 1',
      'train grad-norm grad norm @ 10 20 = 12.345 2.345',
      'train weight-norm params norm @ 10 20 = 345.678 345.678',
      'eval loss lm loss value @ 20 = 8.912345',
      'eval loss lm loss PPL @ 20 = 7423.456',
    ],
  },
  'NeMo 1, progress bar': {
    text: 'Epoch 0: :   1%|          | 10/1000 [00:10<16:30,  1.0it/s, v_num=xyz, reduced_train_loss=2.500, global_step=9.000, consumed_samples=80.00, train_step_timing in s=1.010, grad_norm=1.500]\rEpoch 0: :   1%|          | 11/1000 [00:11<16:30,  1.0it/s, v_num=xyz, reduced_train_loss=2.400, global_step=10.00, consumed_samples=88.00, train_step_timing in s=1.010, grad_norm=1.400]\n',
    series: ['train loss reduced_train_loss @ 9 10 = 2.5 2.4', 'train grad-norm grad_norm @ 9 10 = 1.5 1.4'],
  },
  'NeMo 2': {
    text: 'Training epoch 0, iteration 0/99 | lr: 1.499e-07 | global_batch_size: 8 | global_step: 0 | reduced_train_loss: 11.03 | train_step_timing in s: 10.12 | consumed_samples: 8 | grad_norm: 12.5\nTraining epoch 0, iteration 1/99 | lr: 2.999e-07 | global_batch_size: 8 | global_step: 1 | reduced_train_loss: 11.02 | train_step_timing in s: 1.12 | consumed_samples: 16 | grad_norm: 11.5\n',
    series: [
      'train learning-rate lr @ 0 1 = 1.499e-7 2.999e-7',
      'train loss reduced_train_loss @ 0 1 = 11.03 11.02',
      'train grad-norm grad_norm @ 0 1 = 12.5 11.5',
    ],
  },
  'DeepSpeed, step line beside the loss': {
    text: '[2024-01-01 10:00:00,123] [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=0, lr=[1e-05, 1e-05], mom=[(0.9, 0.95), (0.9, 0.95)]\n[2024-01-01 10:00:00,124] [INFO] [timer.py:260:stop] epoch=0/micro_step=10/global_step=10, RunningAvgSamplesPerSec=12.3, CurrSamplesPerSec=12.4, MemAllocated=1.2GB, MaxMemAllocated=3.4GB\nsteps: 10 loss: 2.5000 iter time (s): 1.234 samples/sec: 6.480\n[2024-01-01 10:00:10,123] [INFO] [logging.py:96:log_dist] [Rank 0] step=20, skipped=0, lr=[2e-05, 2e-05], mom=[(0.9, 0.95), (0.9, 0.95)]\nsteps: 20 loss: 2.4000 iter time (s): 1.234 samples/sec: 6.480\n',
    series: ['train loss loss @ 10 20 = 2.5 2.4'],
  },
  'torchtitan, validation': {
    text: '[rank0]:2024-04-15 20:45:21,412 - root - INFO - step: 10  loss:  8.1234  grad_norm:  1.2345  memory: 26.53GiB(27.95%)  tps: 2,345  mfu: 41.12%\n[rank0]:2024-04-15 20:45:31,412 - root - INFO - step: 20  loss:  7.1234  grad_norm:  1.1345  memory: 26.53GiB(27.95%)  tps: 12,345  mfu: 41.12%\n[rank0]:2024-04-15 20:45:41,412 - root - INFO - validate step: 20  loss:  7.5  memory: 26.53GiB(27.95%)  tps: 12,345\n',
    series: [
      'train loss loss @ 10 20 = 8.1234 7.1234',
      'train grad-norm grad_norm @ 10 20 = 1.2345 1.1345',
      'eval loss loss @ 20 = 7.5',
    ],
  },
  'torchtune, progress bar': {
    text: '1|1|Loss: 2.0912:   0%|          | 1/1617 [00:02<1:12:01,  2.67s/it]\r1|2|Loss: 1.9912:   0%|          | 2/1617 [00:04<1:10:01,  2.60s/it]\n',
    series: ['train loss Loss @ 1 2 = 2.0912 1.9912'],
  },
  'llm.c, console with z-scores': {
    text: 'step    1/19560 | loss 11.009134 (+nanz)| norm 15.3743 (+nanz)| lr 8.57e-07 | 2868.02 ms | 57.2% bf16 MFU | 182796 tok/s\nstep    2/19560 | loss 10.959134 (+nanz)| norm 15.1743 (+nanz)| lr 1.71e-06 | 2868.02 ms | 57.2% bf16 MFU | 182796 tok/s\nval loss 10.912345\nstep    3/19560 | loss 10.909134 (+1.20z)| norm 14.1743 (-0.50z)| lr 2.57e-06 | 2868.02 ms | 57.2% bf16 MFU | 182796 tok/s\n',
    series: [
      'train loss loss @ 1 2 3 = 11.009134 10.959134 10.909134',
      'train grad-norm norm @ 1 2 3 = 15.3743 15.1743 14.1743',
      'train learning-rate lr @ 1 2 3 = 8.57e-7 0.00000171 0.00000257',
      'eval loss val loss @ 2 = 10.912345',
    ],
  },
  'modded-nanogpt': {
    text: 'step:0/1530 val_loss:10.8258 train_time:0ms step_avg:nanms\nstep:1/1530 train_loss:10.8100 train_time:123ms step_avg:nanms\nstep:2/1530 train_loss:10.1100 train_time:223ms step_avg:nanms\nstep:125/1530 val_loss:4.3400 train_time:20123ms step_avg:174.98ms\n',
    series: ['eval loss val_loss @ 0 125 = 10.8258 4.34', 'train loss train_loss @ 1 2 = 10.81 10.11'],
  },
  'OLMo-core': {
    text: '2024-11-01 10:00:00\thost:0\tolmo_core.train.callbacks.console_logger:45\tINFO\t[step=10/1000,epoch=1]\n    optim/LR (group 0)=0.000012\n    optim/total grad norm=1.234\n    train/CE loss=8.765\n    train/PPL=6,406\n    throughput/device/TPS=12,345\n2024-11-01 10:00:10\thost:0\tolmo_core.train.callbacks.console_logger:45\tINFO\t[step=20/1000,epoch=1]\n    optim/LR (group 0)=0.000024\n    optim/total grad norm=1.134\n    train/CE loss=7.765\n    train/PPL=2,356\n    throughput/device/TPS=12,345\n',
    series: [
      'train grad-norm optim/total grad norm @ 10 20 = 1.234 1.134',
      'train loss train/CE loss @ 10 20 = 8.765 7.765',
      'train learning-rate optim/LR (group 0) @ 20 = 0.000024',
    ],
  },
  'Composer, console blocks': {
    text: '[batch=1/4800]:\n\t Train time/batch: 0\n\t Train time/sample: 0\n\t Train trainer/device_train_microbatch_size: 8\n\t Train loss/train/total: 12.0001\n\t Train metrics/train/LanguageCrossEntropy: 12.0001\n\t Train l2_norm/grad/global: 1.5000\n\t Train lr-DecoupledAdamW/group0: 0.0000\n[batch=2/4800]:\n\t Train time/batch: 1\n\t Train time/sample: 256\n\t Train loss/train/total: 11.0001\n\t Train l2_norm/grad/global: 1.4000\n\t Train lr-DecoupledAdamW/group0: 0.0001\n[eval batch=1/10] Eval on eval data\n\t Eval metrics/eval/LanguageCrossEntropy: 10.5\n',
    series: [
      'train loss Train loss/train/total @ 1 2 = 12.0001 11.0001',
      'train grad-norm Train l2_norm/grad/global @ 1 2 = 1.5 1.4',
    ],
  },
  'parameters after the word, JSON lines': {
    text: '{"step": 1, "loss": 1.5, "grad_fc1.weight": 0.5, "grad_net.2.bias": 0.25}\n{"step": 2, "loss": 1.25, "grad_fc1.weight": 0.75, "grad_net.2.bias": 0.5}\n',
    series: [
      'train loss loss @ 1 2 = 1.5 1.25',
      'train grad-norm grad_fc1.weight (fc1.weight) @ 1 2 = 0.5 0.75',
      'train grad-norm grad_net.2.bias (net.2.bias) @ 1 2 = 0.25 0.5',
    ],
  },
  'short names after the word, CSV': {
    text: 'it,mse,grad_conv1.w,grad_conv1.b,grad_out.w_norm\n1,1.5,0.5,0.25,2.5\n2,1.25,0.75,0.5,3.5\n',
    series: [
      'train loss mse @ 1 2 = 1.5 1.25',
      'train grad-norm grad_conv1.w (conv1.w) @ 1 2 = 0.5 0.75',
      'train grad-norm grad_conv1.b (conv1.b) @ 1 2 = 0.25 0.5',
      'train grad-norm grad_out.w_norm (out.w) @ 1 2 = 2.5 3.5',
    ],
  },
  'MaxText, console': {
    text: 'completed step: 10, seconds: 1.234, TFLOP/s/device: 123.456, Tokens/s/device: 2345.678, total_weights: 65536, loss: 8.765\ncompleted step: 11, seconds: 1.234, TFLOP/s/device: 123.456, Tokens/s/device: 2345.678, total_weights: 65536, loss: 8.665\n',
    series: ['train loss loss @ 10 11 = 8.765 8.665'],
  },
  'verl with NumPy scalars': {
    text: '(TaskRunner pid=2021996) step:1 - global_seqlen/min:51200 - global_seqlen/max:62000 - actor/entropy:0.345 - actor/kl_loss:0.001 - actor/pg_loss:np.float64(0.0123) - actor/grad_norm:np.float64(0.234) - perf/mfu/actor:0.3 - actor/lr:1e-06 - training/global_step:1 - training/epoch:0 - critic/score/mean:0.5\n(TaskRunner pid=2021996) step:2 - global_seqlen/min:51200 - global_seqlen/max:62000 - actor/entropy:0.335 - actor/kl_loss:0.001 - actor/pg_loss:np.float64(0.0113) - actor/grad_norm:np.float64(0.224) - perf/mfu/actor:0.3 - actor/lr:1e-06 - training/global_step:2 - training/epoch:0 - critic/score/mean:0.6\n',
    series: [
      'train loss actor/kl_loss @ 1 2 = 0.001 0.001',
      'train loss actor/pg_loss @ 1 2 = 0.0123 0.0113',
      'train grad-norm actor/grad_norm @ 1 2 = 0.234 0.224',
      'train learning-rate actor/lr @ 1 2 = 0.000001 0.000001',
    ],
  },
  'timm, training and test meters': {
    text: 'Train: 0 [   0/1251 (  0%)]  Loss: 6.941 (6.94)  Time: 3.210s,  319.00/s  (3.210s,  319.00/s)  LR: 1.000e-06  Data: 1.010 (1.010)\nTrain: 0 [  50/1251 (  4%)]  Loss: 6.931 (6.94)  Time: 0.410s, 2497.56/s  (0.510s, 2007.84/s)  LR: 1.000e-06  Data: 0.010 (0.030)\nTest: [   0/48]  Time: 1.2 (1.2)  Loss:  6.9012 (6.9012)  Acc@1:  0.0977 ( 0.0977)  Acc@5:  0.6836 ( 0.6836)\nTrain: 1 [   0/1251 (  0%)]  Loss: 6.841 (6.84)  Time: 3.210s,  319.00/s  (3.210s,  319.00/s)  LR: 4.000e-05  Data: 1.010 (1.010)\n',
    series: [
      'train loss Loss @ 0 50 1251 = 6.941 6.931 6.841',
      'train learning-rate LR @ 0 50 1251 = 0.000001 0.000001 0.00004',
      'eval loss Loss @ 50 = 6.9012',
    ],
  },
  'DETR meters and averaged stats': {
    text: 'Epoch: [0]  [   0/7329]  eta: 1:23:45  lr: 0.000100  class_error: 98.50  loss: 33.2100 (33.2100)  loss_ce: 4.1 (4.1)  grad_norm: 50.1000 (50.1000)  time: 0.6 data: 0.1  max mem: 5000\nEpoch: [0]  [  10/7329]  eta: 1:13:45  lr: 0.000100  class_error: 97.50  loss: 30.2100 (31.2100)  loss_ce: 4.0 (4.1)  grad_norm: 40.1000 (45.1000)  time: 0.6 data: 0.1  max mem: 5000\nAveraged stats: lr: 0.000100  class_error: 90.0  loss: 20.0 (25.0)\nEpoch: [1]  [   0/7329]  eta: 1:23:45  lr: 0.000100  class_error: 88.50  loss: 23.2100 (23.2100)  loss_ce: 3.1 (3.1)  grad_norm: 30.1000 (30.1000)  time: 0.6 data: 0.1  max mem: 5000\n',
    series: [
      'train learning-rate lr @ 0 10 7329 = 0.0001 0.0001 0.0001',
      'train loss loss @ 0 10 7329 = 33.21 30.21 23.21',
      'train loss loss_ce @ 0 10 7329 = 4.1 4 3.1',
      'train grad-norm grad_norm @ 0 10 7329 = 50.1 40.1 30.1',
      'summary learning-rate lr @ 10 = 0.0001',
      'summary loss loss @ 10 = 20',
    ],
  },
  'DINOv2 meters': {
    text: 'I20240101 00:00:00 123 dinov2 helpers.py:103] Training  [     0/125000]  eta: 1 day, 2:03:04  lr: 0.0000 (0.0000)  wd: 0.0400 (0.0400)  mom: 0.9940 (0.9940)  total_loss: 11.1234 (11.1234)  dino_local_crops_loss: 8.8 (8.8)  time: 1.2  data: 0.1  max mem: 1000\nI20240101 00:00:10 123 dinov2 helpers.py:103] Training  [    10/125000]  eta: 1 day, 2:03:04  lr: 0.0000 (0.0000)  wd: 0.0400 (0.0400)  mom: 0.9940 (0.9940)  total_loss: 11.0234 (11.1000)  dino_local_crops_loss: 8.7 (8.8)  time: 1.2  data: 0.1  max mem: 1000\n',
    series: [
      'train learning-rate lr @ 0 10 = 0 0',
      'train loss total_loss @ 0 10 = 11.1234 11.0234',
      'train loss dino_local_crops_loss @ 0 10 = 8.8 8.7',
    ],
  },
  'icefall, four ranks': {
    text: '2023-10-08 20:19:58,841 INFO [train.py:1021] (0/4) Epoch 1, batch 0, loss[loss=7.512, simple_loss=6.812, pruned_loss=6.912, over 16000.00 frames. ], tot_loss[loss=7.512, simple_loss=6.812, pruned_loss=6.912, over 16000.00 frames. ], batch size: 50, lr: 2.25e-02, grad_scale: 1.0\n2023-10-08 20:20:58,841 INFO [train.py:1021] (0/4) Epoch 1, batch 50, loss[loss=1.412, simple_loss=1.212, pruned_loss=1.312, over 17000.00 frames. ], tot_loss[loss=2.512, simple_loss=2.212, pruned_loss=2.312, over 716000.00 frames. ], batch size: 60, lr: 2.3e-02, grad_scale: 2.0\n2023-10-08 20:21:58,841 INFO [optim.py:468] (0/4) Clipping_scale=2.0, grad-norm quartiles 1.470e+02 1.796e+02 1.998e+02 2.262e+02 3.299e+02, threshold=3.995e+02, percent-clipped=0.0\n2023-10-08 20:22:58,841 INFO [train.py:1021] (0/4) Epoch 1, batch 100, loss[loss=1.312, simple_loss=1.112, pruned_loss=1.212, over 17000.00 frames. ], tot_loss[loss=2.012, simple_loss=1.812, pruned_loss=1.912, over 1016000.00 frames. ], batch size: 60, lr: 2.3e-02, grad_scale: 2.0\n2023-10-08 20:23:58,841 INFO [train.py:1053] (0/4) Epoch 1, validation: loss=1.05, simple_loss=0.9, pruned_loss=0.95, over 900000.00 frames. \n',
    series: [
      'train loss loss @ 0 50 100 = 7.512 1.412 1.312',
      'train loss simple_loss @ 0 50 100 = 6.812 1.212 1.112',
      'train loss pruned_loss @ 0 50 100 = 6.912 1.312 1.212',
      'train learning-rate lr @ 0 50 100 = 0.0225 0.023 0.023',
      'train loss-scale grad_scale @ 0 50 100 = 1 2 2',
      'train grad-norm median grad_norm @ 50 = 199.8',
      'train grad-max largest grad_norm @ 50 = 329.9',
      'eval loss loss @ 100 = 1.05',
      'eval loss simple_loss @ 100 = 0.9',
      'eval loss pruned_loss @ 100 = 0.95',
    ],
  },
  'ESPnet2 with results of an epoch': {
    text: '[gpu1] 2023-01-01 00:00:00,000 (trainer:737) INFO: 1epoch:train:1-100batch: iter_time=6.825e-04, forward_time=0.145, loss_ctc=250.1, loss=251.981, backward_time=0.253, grad_norm=54.606, clip=100.000, loss_scale=6.554e+04, optim_step_time=0.09, optim0_lr0=1.337e-04, train_time=0.512\n[gpu1] 2023-01-01 00:01:00,000 (trainer:737) INFO: 1epoch:train:101-200batch: iter_time=6.825e-04, forward_time=0.145, loss_ctc=230.1, loss=231.981, backward_time=0.253, grad_norm=44.606, clip=100.000, loss_scale=6.554e+04, optim_step_time=0.09, optim0_lr0=1.437e-04, train_time=0.512\n[gpu1] 2023-01-01 00:02:00,000 (trainer:338) INFO: 1epoch results: [train] iter_time=6.825e-04, loss=241.9, grad_norm=49.6, [valid] loss_ctc=200.1, loss=201.1, time=30 seconds\n[gpu1] 2023-01-01 00:03:00,000 (trainer:737) INFO: 2epoch:train:1-100batch: iter_time=6.825e-04, forward_time=0.145, loss_ctc=200.1, loss=201.981, backward_time=0.253, grad_norm=34.606, clip=100.000, loss_scale=6.554e+04, optim_step_time=0.09, optim0_lr0=1.537e-04, train_time=0.512\n',
    series: [
      'train loss loss_ctc @ 100 200 300 = 250.1 230.1 200.1',
      'train loss loss @ 100 200 300 = 251.981 231.981 201.981',
      'train grad-norm grad_norm @ 100 200 300 = 54.606 44.606 34.606',
      'train loss-scale loss_scale @ 100 200 300 = 65540 65540 65540',
      'train learning-rate optim0_lr0 @ 100 200 300 = 0.0001337 0.0001437 0.0001537',
      'eval loss loss @ 200 = 241.9',
      'eval grad-norm grad_norm @ 200 = 49.6',
      'eval loss loss_ctc @ 200 = 200.1',
    ],
  },
  'Marian with validation': {
    text: '[2022-05-23 12:02:59] Ep. 1 : Up. 1000 : Sen. 64,123 : Cost 8.12345678 * 1,273,373 after 1,411,787 : Time 43.52s : 29259.25 words/s : gNorm 2.7431\n[2022-05-23 12:03:59] Ep. 1 : Up. 2000 : Sen. 128,123 : Cost 7.12345678 * 1,273,373 after 2,411,787 : Time 43.52s : 29259.25 words/s : gNorm 1.7431\n[2022-05-23 12:04:59] [valid] Ep. 1 : Up. 2000 : cross-entropy : 120.345 : new best\n[2022-05-23 12:05:59] [valid] Ep. 1 : Up. 2000 : bleu : 12.34 : new best\n',
    series: [
      'train loss Cost @ 1000 2000 = 8.12345678 7.12345678',
      'train grad-norm gNorm @ 1000 2000 = 2.7431 1.7431',
      'eval loss cross-entropy @ 2000 = 120.345',
    ],
  },
  PaddleNLP: {
    text: '[2025-04-24 15:19:26,044] [    INFO] - loss: 1.44202387, learning_rate: 3e-06, global_step: 3, current_memory_allocated: 12.3, interval_runtime: 1.2345, interval_samples_per_second: 6.4, interval_steps_per_second: 0.81, progress_or_epoch: 0.0014\n[2025-04-24 15:19:27,044] [    INFO] - loss: 1.34202387, learning_rate: 4e-06, global_step: 4, current_memory_allocated: 12.3, interval_runtime: 1.2345, interval_samples_per_second: 6.4, interval_steps_per_second: 0.81, progress_or_epoch: 0.0018\n',
    series: [
      'train loss loss @ 3 4 = 1.44202387 1.34202387',
      'train learning-rate learning_rate @ 3 4 = 0.000003 0.000004',
    ],
  },
  PaddleDetection: {
    text: '[01/01 00:00:00] ppdet.engine INFO: Epoch: [0] [  0/1000] learning_rate: 0.000333 loss_bbox: 1.200000 loss_cls: 2.2 loss: 3.400000 eta: 1:00:00 batch_cost: 1.2345 data_cost: 0.0123 ips: 6.4800 images/s\n[01/01 00:00:10] ppdet.engine INFO: Epoch: [0] [ 20/1000] learning_rate: 0.000433 loss_bbox: 1.100000 loss_cls: 2.1 loss: 3.200000 eta: 1:00:00 batch_cost: 1.2345 data_cost: 0.0123 ips: 6.4800 images/s\n[01/01 00:10:10] ppdet.engine INFO: Epoch: [1] [  0/1000] learning_rate: 0.000433 loss_bbox: 1.000000 loss_cls: 2.0 loss: 3.000000 eta: 1:00:00 batch_cost: 1.2345 data_cost: 0.0123 ips: 6.4800 images/s\n',
    series: [
      'train learning-rate learning_rate @ 0 20 1000 = 0.000333 0.000433 0.000433',
      'train loss loss_bbox @ 0 20 1000 = 1.2 1.1 1',
      'train loss loss_cls @ 0 20 1000 = 2.2 2.1 2',
      'train loss loss @ 0 20 1000 = 3.4 3.2 3',
    ],
  },
  PaddleClas: {
    text: '[2022/01/01 00:00:00] ppcls INFO: [Train][Epoch 1/120][Iter: 0/1251]lr(PiecewiseDecay): 0.10000000, top1: 0.00000, top5: 0.00391, CELoss: 7.01234, loss: 7.01234, batch_cost: 1.23456s, reader_cost: 0.9, ips: 103.7 samples/s, eta: 2 days, 3:04:05\n[2022/01/01 00:00:10] ppcls INFO: [Train][Epoch 1/120][Iter: 10/1251]lr(PiecewiseDecay): 0.10000000, top1: 0.00100, top5: 0.00491, CELoss: 6.91234, loss: 6.91234, batch_cost: 0.23456s, reader_cost: 0.1, ips: 503.7 samples/s, eta: 1 days, 3:04:05\n',
    series: [
      'train learning-rate lr(PiecewiseDecay) @ 0 10 = 0.1 0.1',
      'train loss CELoss @ 0 10 = 7.01234 6.91234',
      'train loss loss @ 0 10 = 7.01234 6.91234',
    ],
  },
  'Stable-Baselines3 tables': {
    text: '-----------------------------------------\n| rollout/                |             |\n|    ep_len_mean          | 21.4        |\n| time/                   |             |\n|    fps                  | 1000        |\n|    iterations           | 1           |\n|    total_timesteps      | 2048        |\n| train/                  |             |\n|    approx_kl            | 0.008123    |\n|    grad_norm            | 0.5         |\n|    loss                 | 5.75        |\n|    n_updates            | 10          |\n-----------------------------------------\n-----------------------------------------\n| rollout/                |             |\n|    ep_len_mean          | 26.4        |\n| time/                   |             |\n|    fps                  | 900         |\n|    iterations           | 2           |\n|    total_timesteps      | 4096        |\n| train/                  |             |\n|    approx_kl            | 0.009123    |\n|    grad_norm            | 0.4         |\n|    loss                 | 4.75        |\n|    n_updates            | 20          |\n-----------------------------------------\n',
    series: ['train grad-norm train/grad_norm @ 1 2 = 0.5 0.4', 'train loss train/loss @ 1 2 = 5.75 4.75'],
  },
  'Keras 3 bars': {
    text: 'Epoch 1/10\n1875/1875 ━━━━━━━━━━━━━━━━━━━━ 3s 1ms/step - accuracy: 0.8801 - loss: 0.4201 - val_accuracy: 0.9501 - val_loss: 0.1601\nEpoch 2/10\n1875/1875 ━━━━━━━━━━━━━━━━━━━━ 3s 1ms/step - accuracy: 0.9601 - loss: 0.1301 - val_accuracy: 0.9601 - val_loss: 0.1201\n',
    series: ['train loss loss @ 1 2 = 0.4201 0.1301', 'eval loss val_loss @ 1 2 = 0.1601 0.1201'],
  },
  'Detectron2, console': {
    text: '[01/01 00:00:00 d2.utils.events]:  eta: 0:12:34  iter: 19  total_loss: 2.512  loss_cls: 1.234  loss_box_reg: 0.512  time: 0.2512  last_time: 0.2412  data_time: 0.0123  last_data_time: 0.0021   lr: 1.6e-05  max_mem: 2000M\n[01/01 00:00:10 d2.utils.events]:  eta: 0:12:14  iter: 39  total_loss: 2.412  loss_cls: 1.134  loss_box_reg: 0.502  time: 0.2512  last_time: 0.2412  data_time: 0.0123  last_data_time: 0.0021   lr: 3.2e-05  max_mem: 2000M\n',
    series: [
      'train loss total_loss @ 19 39 = 2.512 2.412',
      'train loss loss_cls @ 19 39 = 1.234 1.134',
      'train loss loss_box_reg @ 19 39 = 0.512 0.502',
      'train learning-rate lr @ 19 39 = 0.000016 0.000032',
    ],
  },
  'Lightning, progress bar over two epochs': {
    text: 'Epoch 0:  10%|█         | 10/100 [00:01<00:09, 10.00it/s, v_num=0, train_loss_step=0.500, grad_norm=1.500]\rEpoch 0:  11%|█         | 11/100 [00:01<00:09, 10.00it/s, v_num=0, train_loss_step=0.400, grad_norm=1.400]\rEpoch 1:  10%|█         | 10/100 [00:01<00:09, 10.00it/s, v_num=0, train_loss_step=0.300, grad_norm=1.300, train_loss_epoch=0.45, val_loss=0.5]\n',
    series: [
      'train loss train_loss_step @ 10 11 110 = 0.5 0.4 0.3',
      'train grad-norm grad_norm @ 10 11 110 = 1.5 1.4 1.3',
      'summary loss train_loss_epoch @ 110 = 0.45',
      'eval loss val_loss @ 110 = 0.5',
    ],
  },
  'nnU-Net': {
    text: '2023-05-01 12:00:00.123456: Epoch 0\n2023-05-01 12:00:00.123456: Current learning rate: 0.01\n2023-05-01 12:05:00.123456: train_loss -0.1234\n2023-05-01 12:05:00.123456: val_loss -0.2234\n2023-05-01 12:05:00.123456: Pseudo dice [0.5, 0.6]\n2023-05-01 12:05:01.123456: Epoch 1\n2023-05-01 12:05:01.123456: Current learning rate: 0.00999\n2023-05-01 12:10:00.123456: train_loss -0.2234\n2023-05-01 12:10:00.123456: val_loss -0.3234\n',
    series: [
      'train loss train_loss @ 0 1 = -0.1234 -0.2234',
      'eval loss val_loss @ 0 1 = -0.2234 -0.3234',
      'train learning-rate Current learning rate @ 1 = 0.00999',
    ],
  },
  YOLOX: {
    text: '2022-01-01 00:00:00 | INFO     | yolox.core.trainer:257 - epoch: 1/300, iter: 10/1000, mem: 5000Mb, iter_time: 0.312s, data_time: 0.001s, total_loss: 15.2, iou_loss: 4.1, l1_loss: 0.0, conf_loss: 9.1, cls_loss: 2.0, lr: 1.000e-06, size: 640, ETA: 1:00:00\n2022-01-01 00:00:10 | INFO     | yolox.core.trainer:257 - epoch: 1/300, iter: 20/1000, mem: 5000Mb, iter_time: 0.312s, data_time: 0.001s, total_loss: 14.2, iou_loss: 4.0, l1_loss: 0.0, conf_loss: 8.1, cls_loss: 2.0, lr: 4.000e-06, size: 640, ETA: 1:00:00\n2022-01-01 00:10:10 | INFO     | yolox.core.trainer:257 - epoch: 2/300, iter: 10/1000, mem: 5000Mb, iter_time: 0.312s, data_time: 0.001s, total_loss: 10.2, iou_loss: 3.0, l1_loss: 0.0, conf_loss: 6.1, cls_loss: 1.0, lr: 8.000e-06, size: 640, ETA: 1:00:00\n',
    series: [
      'train loss total_loss @ 10 20 1010 = 15.2 14.2 10.2',
      'train loss iou_loss @ 10 20 1010 = 4.1 4 3',
      'train loss l1_loss @ 10 20 1010 = 0 0 0',
      'train loss conf_loss @ 10 20 1010 = 9.1 8.1 6.1',
      'train loss cls_loss @ 10 20 1010 = 2 2 1',
      'train learning-rate lr @ 10 20 1010 = 0.000001 0.000004 0.000008',
    ],
  },
  'OpenNMT-py': {
    text: '[2020-01-01 00:00:00,000 INFO] Step 50/100000; acc:   5.01; ppl: 12000.12; xent: 9.39; lr: 0.00001; 1234/2345 tok/s;     10 sec\n[2020-01-01 00:00:10,000 INFO] Step 100/100000; acc:   6.01; ppl: 8000.12; xent: 8.99; lr: 0.00001; 1234/2345 tok/s;     20 sec\n[2020-01-01 00:00:20,000 INFO] Validation perplexity: 100.1\n',
    series: ['train loss xent @ 50 100 = 9.39 8.99', 'train learning-rate lr @ 50 100 = 0.00001 0.00001'],
  },
  SpeechBrain: {
    text: 'epoch: 1, lr: 1.00e+00, steps: 100, optimizer: Adam - train loss: 5.20 - valid loss: 4.10, valid ACC: 2.0e-01, valid CER: 80.1\nepoch: 2, lr: 1.00e+00, steps: 200, optimizer: Adam - train loss: 4.20 - valid loss: 3.10, valid ACC: 3.0e-01, valid CER: 60.1\n',
    series: [
      'train learning-rate lr @ 100 200 = 1 1',
      'train loss train loss @ 100 200 = 5.2 4.2',
      'eval loss valid loss @ 100 200 = 4.1 3.1',
    ],
  },
  rsl_rl: {
    text: '################################################################################\n                      Learning iteration 0/1500                       \n                       Computation: 12345 steps/s (collection: 1.234s, learning 0.345s)\n               Value function loss: 0.1234\n                    Surrogate loss: -0.0012\n             Mean action noise std: 1.00\n                       Mean reward: 12.34\n################################################################################\n                      Learning iteration 1/1500                       \n                       Computation: 12345 steps/s (collection: 1.234s, learning 0.345s)\n               Value function loss: 0.1134\n                    Surrogate loss: -0.0022\n             Mean action noise std: 1.00\n                       Mean reward: 13.34\n',
    series: [
      'train loss Value function loss @ 0 1 = 0.1234 0.1134',
      'train loss Surrogate loss @ 0 1 = -0.0012 -0.0022',
    ],
  },
  'Swin meters with an overflow and a test line': {
    text: '[2022-02-19 16:01:43 simmim] (main.py 186): INFO Train: [0/300][0/1251]\teta 1:00:03 lr 0.000001\ttime 3.0123 (3.0123)\tloss 6.9412 (6.9412)\tgrad_norm 4.7329 (4.7329)\tmem 7577MB\n[2022-02-19 16:01:53 simmim] (main.py 186): INFO Train: [0/300][10/1251]\teta 1:00:03 lr 0.000001\ttime 3.0123 (3.0123)\tloss 6.8412 (6.8412)\tgrad_norm inf (inf)\tloss_scale 65536.0000 (65536.0000)\tmem 7577MB\n[2022-02-19 16:11:53 simmim] (main.py 240): INFO Test: [0/98]\tTime 0.5 (0.5)\tLoss 5.5 (5.5)\tAcc@1 10.0 (10.0)\tMem 7577MB\n[2022-02-19 16:21:53 simmim] (main.py 186): INFO Train: [1/300][0/1251]\teta 1:00:03 lr 0.000001\ttime 3.0123 (3.0123)\tloss 5.8412 (5.8412)\tgrad_norm 2.5 (nan)\tloss_scale 32768.0000 (32768.0000)\tmem 7577MB\n',
    series: [
      'train learning-rate lr @ 0 10 1251 = 0.000001 0.000001 0.000001',
      'train loss loss @ 0 10 1251 = 6.9412 6.8412 5.8412',
      'train grad-norm grad_norm @ 0 10 1251 = 4.7329 Infinity 2.5',
      'train loss-scale loss_scale @ 10 1251 = 65536 32768',
      'eval loss Loss @ 10 = 5.5',
    ],
  },
  'MMCV 1 JSON with validation in between': {
    text: '{"env_info": "sys.platform: linux", "seed": 0}\n{"mode": "train", "epoch": 1, "iter": 50, "lr": 0.01, "memory": 5700, "data_time": 0.29, "loss": 1.5, "grad_norm": 12.5, "time": 0.66}\n{"mode": "train", "epoch": 1, "iter": 100, "lr": 0.01, "memory": 5700, "data_time": 0.29, "loss": 1.4, "grad_norm": 11.5, "time": 0.66}\n{"mode": "val", "epoch": 1, "iter": 120, "lr": 0.01, "bbox_mAP": 0.1}\n{"mode": "train", "epoch": 2, "iter": 50, "lr": 0.01, "memory": 5700, "data_time": 0.29, "loss": 1.3, "grad_norm": 10.5, "time": 0.66}\n',
    series: [
      'train learning-rate lr @ 50 100 150 = 0.01 0.01 0.01',
      'train loss loss @ 50 100 150 = 1.5 1.4 1.3',
      'train grad-norm grad_norm @ 50 100 150 = 12.5 11.5 10.5',
      'eval learning-rate lr @ 100 = 0.01',
    ],
  },
  'RLlib, new stack': {
    text: '{"learners": {"default_policy": {"policy_loss": -0.03, "gradients_default_optimizer_global_norm": 1.5, "default_optimizer_learning_rate": 5e-05, "total_loss": 8.9}}, "training_iteration": 1}\n{"learners": {"default_policy": {"policy_loss": -0.04, "gradients_default_optimizer_global_norm": 1.4, "default_optimizer_learning_rate": 5e-05, "total_loss": 8.8}}, "training_iteration": 2}\n',
    series: [
      'train loss learners.default_policy.policy_loss @ 1 2 = -0.03 -0.04',
      'train grad-norm learners.default_policy.gradients_default_optimizer_global_norm @ 1 2 = 1.5 1.4',
      'train learning-rate learners.default_policy.default_optimizer_learning_rate @ 1 2 = 0.00005 0.00005',
      'train loss learners.default_policy.total_loss @ 1 2 = 8.9 8.8',
    ],
  },
  'Transformers, then the summary of W&B': {
    text: "{'loss': 1.5, 'grad_norm': 0.75, 'learning_rate': 1e-05, 'epoch': 0.1}\n{'loss': 1.4, 'grad_norm': 0.65, 'learning_rate': 9e-06, 'epoch': 0.2}\nwandb: Run summary:\nwandb:      train/grad_norm 0.512\nwandb:           train/loss 1.234\n",
    series: [
      'train loss loss @ 0.1 0.2 = 1.5 1.4',
      'train grad-norm grad_norm @ 0.1 0.2 = 0.75 0.65',
      'train learning-rate learning_rate @ 0.1 0.2 = 0.00001 0.000009',
    ],
  },
};

describePrinted('lines as frameworks print them', CASES);
