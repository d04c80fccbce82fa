import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOf, runOfText } from './shared';

/** Texts that mention training or look like tables, and are no training log. */
const TEXTS: Record<string, string> = {
  'look-alike: yaml config':
    'model:\n  name: resnet50\n  pretrained: true\ntraining:\n  epochs: 100\n  batch_size: 64\n  learning_rate: 0.001\n  weight_decay: 0.0001\n  max_grad_norm: 1.0\n  gradient_accumulation_steps: 4\n  loss:\n    name: cross_entropy\n    label_smoothing: 0.1\n  gradient_clipping: 0.5\nlogging:\n  log_every: 50\n',
  'look-alike: argparse namespace':
    "Namespace(batch_size=64, clip_grad=1.0, epochs=30, grad_accum=2, loss='mse', loss_scale=128.0, lr=0.001, max_grad_norm=1.0, seed=42)\nNamespace(batch_size=64, clip_grad=1.0, epochs=30, grad_accum=2, loss='mse', loss_scale=128.0, lr=0.002, max_grad_norm=1.0, seed=43)\n",
  'look-alike: confusion matrix':
    'Confusion matrix:\n[[ 980    0    2    1]\n  [   0 1129    3    0]\n  [   4    2 1010    6]\n  [   0    0    8  996]]\n              precision    recall  f1-score   support\n\n           0       0.99      1.00      0.99       980\n           1       1.00      0.99      1.00      1135\n    accuracy                           0.99      2115\n',
  'look-alike: sweep table':
    'trial lr        weight_decay  batch  best_val_acc\n1     0.001     0.0001        32     0.91\n2     0.01      0.0001        32     0.87\n3     0.0003    0.01          64     0.93\n4     0.003     0.001         64     0.90\n',
  'look-alike: optuna':
    "[I 2024-03-01 10:00:00,123] A new study created in memory with name: no-name-1\n[I 2024-03-01 10:00:10,123] Trial 0 finished with value: 0.91 and parameters: {'lr': 0.001, 'dropout': 0.2, 'clip': 1.0}. Best is trial 0 with value: 0.91.\n[I 2024-03-01 10:00:20,123] Trial 1 finished with value: 0.87 and parameters: {'lr': 0.01, 'dropout': 0.1, 'clip': 0.5}. Best is trial 0 with value: 0.91.\n",
  'look-alike: state dict dump':
    'fc1.weight torch.Size([128, 784])\nfc1.bias torch.Size([128])\nfc2.weight torch.Size([10, 128])\nfc2.bias torch.Size([10])\nTotal params: 101770\n',
  'look-alike: tensor dump':
    'tensor([[ 0.0125, -0.2500,  0.1250],\n        [ 0.5000,  0.0625, -0.7500],\n        [ 0.1250,  0.2500,  0.0312]], grad_fn=<AddmmBackward0>)\ntensor([0.1250, 0.2500, 0.6250])\n',
  'look-alike: torchsummary':
    '----------------------------------------------------------------\n        Layer (type)               Output Shape         Param #\n================================================================\n            Conv2d-1         [-1, 64, 112, 112]           9,408\n       BatchNorm2d-2         [-1, 64, 112, 112]             128\n              ReLU-3         [-1, 64, 112, 112]               0\n================================================================\nTotal params: 11,689,512\nTrainable params: 11,689,512\n',
  'look-alike: benchmark table':
    'Benchmark                     Mode  Cnt   Score   Error  Units\nListBench.add                 avgt   10  12.500 ± 0.250  ns/op\nListBench.get                 avgt   10   3.750 ± 0.125  ns/op\nMapBench.put                  avgt   10  25.000 ± 0.500  ns/op\n',
  'look-alike: pip install':
    'Collecting torch==2.1.0\n  Downloading torch-2.1.0-cp310-cp310-manylinux1_x86_64.whl (670.2 MB)\n     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 670.2/670.2 MB 1.2 MB/s eta 0:00:00\nCollecting gradient-checkpointing==0.1.2\n  Downloading gradient_checkpointing-0.1.2.tar.gz (5.5 kB)\nInstalling collected packages: torch, gradient-checkpointing\nSuccessfully installed gradient-checkpointing-0.1.2 torch-2.1.0\n',
  'look-alike: conda':
    'Collecting package metadata (current_repodata.json): done\nSolving environment: done\n\n  added / updated specs:\n    - pytorch=2.1\n\nThe following packages will be downloaded:\n    package                    |            build\n    ---------------------------|-----------------\n    pytorch-2.1.0              |py3.10_cuda11.8        1.41 GB\n    lossless-1.0               |       h1234567_0         125 KB\n',
  'look-alike: nginx':
    '127.0.0.1 - - [01/Mar/2024:10:00:00 +0000] "GET /loss?epoch=1 HTTP/1.1" 200 512 0.125\n127.0.0.1 - - [01/Mar/2024:10:00:01 +0000] "GET /grad?epoch=2 HTTP/1.1" 200 256 0.250\n127.0.0.1 - - [01/Mar/2024:10:00:02 +0000] "GET /loss?epoch=3 HTTP/1.1" 404 128 0.062\n',
  'look-alike: network loss':
    '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.125 ms\n64 bytes from 10.0.0.1: icmp_seq=2 ttl=64 time=0.250 ms\n--- 10.0.0.1 ping statistics ---\n2 packets transmitted, 2 received, 0% packet loss, time 1001ms\nrtt min/avg/max/mdev = 0.125/0.187/0.250/0.062 ms\n',
  'a table of money':
    'date,profit,loss,stop_loss\n2024-03-01,1.5,0.5,0.25\n2024-03-02,1.25,0.75,0.25\n2024-03-03,1.75,0.125,0.25\n',
  'look-alike: deepspeed config':
    '{\n  "train_batch_size": 64,\n  "gradient_accumulation_steps": 4,\n  "gradient_clipping": 1.0,\n  "fp16": {\n    "enabled": true,\n    "loss_scale": 0,\n    "initial_scale_power": 16\n  }\n}\n',
  'look-alike: solver residuals':
    'iter 1 residual 0.5 energy -12.5\niter 2 residual 0.25 energy -12.75\niter 3 residual 0.125 energy -12.875\niter 4 residual 0.0625 energy -12.9\n',
  'look-alike: pytest':
    '============================= test session starts ==============================\ncollected 3 items\ntest_loss.py::test_loss_is_finite PASSED                                 [ 33%]\ntest_grad.py::test_grad_norm PASSED                                      [ 66%]\ntest_grad.py::test_clip FAILED                                           [100%]\nE       assert 0.5 == 0.25\n========================= 1 failed, 2 passed in 1.25s ==========================\n',
  'look-alike: wandb config':
    "wandb: Tracking run with wandb version 0.16.3\nwandb: Run data is saved locally in /tmp/wandb/run-20240301\nwandb: Syncing run fancy-sun-1\n{'lr': 0.001, 'epochs': 30, 'grad_clip': 1.0, 'loss': 'mse'}\n",
  'look-alike: css gradient':
    '.hero { background: linear-gradient(90deg, #fff 0%, #000 100%); }\n/* gradient norm: 0.5 */\n.a { opacity: 0.5; }\n.b { opacity: 0.25; }\n',
  'names, shapes and numbers of a benchmark':
    'gemm 128 torch.Size([128, 784]) 0.125\ngemm 256 torch.Size([256, 784]) 0.25\ngemm 512 torch.Size([512, 784]) 0.5\n',
  'look-alike: weights init dump':
    'fc1.weight torch.Size([128, 784]) mean 0.0001 std 0.0206\nfc1.bias torch.Size([128]) mean 0.0012 std 0.0203\nfc2.weight torch.Size([10, 128]) mean -0.0010 std 0.0510\n',
  'an empty file': '',
  'blank lines': '\n\n\r\n',
  prose: 'The loss fell from 0.5 at step 10 to 0.3 at step 20. We clip at max_grad_norm 1.0.\n',
  'Python that prints a log':
    'import torch\nfrom torch import nn\n\nmax_grad_norm = 1.0\nloss = 0.5\nstep = 3\nfor epoch in range(10):\n    grad_norm = clip(model, 1.0)\n    print(f"epoch {epoch} step 1 loss: 0.5 grad_norm: 0.3")\n    assert loss == 0.5, "loss: 0.5"\n',
  'a test with expected records':
    "import pytest\n\ndef test_log():\n    rows = [\n        {'loss': 0.5, 'grad_norm': 1.5, 'epoch': 0.1},\n        {'loss': 0.4, 'grad_norm': 1.4, 'epoch': 0.2},\n    ]\n    assert rows[0]['loss'] == 0.5\n    return rows\n",
  'TypeScript with sample records':
    "import { read } from './read';\n\nconst lines = [\n  'step 1 loss: 0.5 grad_norm: 1.5',\n  'step 2 loss: 0.4 grad_norm: 1.4',\n];\nexport const value = read(lines);\nfunction check() {\n  return value;\n}\n",
  'a README with a pasted log':
    '# Trainer\n\nInstall it, then train:\n\n```\npython train.py\nstep 1 loss: 0.5 grad_norm: 1.5\nstep 2 loss: 0.4 grad_norm: 1.4\n```\n\n## Options\n\n- `max_grad_norm`: 1.0\n- `lr`: 0.001\n',
  'a report in Markdown':
    '# Results\n\n| tool | loss | norm |\n| --- | --- | --- |\n| a | 0.5 | 1 |\n\n- **a**: loss 0.5 at step 10, grad_norm 3\n- **b**: loss 0.4 at step 20, grad_norm 4\n',
  'package.json':
    '{\n  "name": "x",\n  "version": "1.0.0",\n  "scripts": { "train": "python train.py" },\n  "step": 3,\n  "loss": 0.5\n}\n',
  'a YAML configuration':
    'model:\n  name: resnet\n  loss: 0.5\ntrain:\n  epochs: 10\n  lr: 0.001\n  max_grad_norm: 1.0\n  gradient_accumulation_steps: 4\n  weight_decay: 0.01\n',
  'training arguments':
    'TrainingArguments(\nlearning_rate=5e-05,\nmax_grad_norm=1.0,\nlogging_steps=10,\nnum_train_epochs=3,\n)\nNamespace(lr=0.001, loss=1.0, clip_grad=1.0, epochs=10)\n',
  'a JSON configuration':
    '{"learning_rate": 5e-05, "max_grad_norm": 1.0, "gradient_accumulation_steps": 8, "num_train_epochs": 3}\n',
  'a tensor dump':
    'Gradient of output: tensor([[nan, nan, nan,  ..., nan],\n        [0.1, 0.2, nan,  ..., nan]])\ntensor([[0.5, 0.25]], grad_fn=<AddBackward0>)\n',
  'the iris table':
    'sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n',
  'a price table':
    'date,open,high,low,close,volume\n2026-01-01,1.5,2.5,1.0,2.0,1000\n2026-01-02,1.6,2.6,1.1,2.1,1100\n',
  'profit and loss': 'month,profit,loss\n1,10.5,2.5\n2,11.5,3.5\n',
  'a web server log':
    '10.0.0.1 - - [22/Nov/2026:02:17:43 +0000] "GET /step/1?loss=0.5 HTTP/1.1" 200 512\n10.0.0.1 - - [22/Nov/2026:02:17:44 +0000] "GET /step/2?loss=0.4 HTTP/1.1" 200 512\n',
  'JSON lines of a service':
    '{"level":"info","ts":1700000000.5,"status":200,"ms":12}\n{"level":"warn","ts":1700000001.5,"status":500,"ms":15}\n',
  ping: '64 bytes from 1.1.1.1: icmp_seq=1 ttl=57 time=12.3 ms\n3 packets transmitted, 3 received, 0% packet loss, time 2003ms\npacket loss: 0%\npacket loss: 1%\n',
  'test output':
    'test/test_loss.py::test_step PASSED [ 50%]\ntest/test_grad.py::test_norm PASSED [100%]\n2 passed in 0.12s\n  ✔ reads the loss: 0.5 (12ms)\n',
  'a packed program that quotes a table': `var a=1;const b=()=>{return a===1&&b!==2||function(){return void 0}};${'let q=typeof a==="x"&&(a!==1||b=>{return 1});'.repeat(12)}\n-------------------------\n| grad_norm    | 0.0222 |\n|    loss      | 0.5    |\n-------------------------\n-------------------------\n| grad_norm    | nan    |\n|    loss      | 0.25   |\n-------------------------\n`,
  'a lock file':
    '{\n  "lockfileVersion": 3,\n  "packages": {\n    "node_modules/loss": { "version": "0.5.0" }\n  }\n}\n',
  'a model printout':
    'Sequential(\n  (0): Linear(in_features=4, out_features=2, bias=True)\n  (1): ReLU()\n)\ntotal number of model parameters: 9828\n',
  HTML: '<!doctype html>\n<html><body><p>step 1 loss: 0.5</p>\n<p>step 2 loss: 0.4</p>\n<script>const loss = 0.5;</script></body></html>\n',
  'parameter counts': 'encoder.weight: 200\nencoder.bias: 10\ndecoder.weight: 200\nTotal parameters: 410\n',
  'statistics of weights': 'encoder.weight: mean=0.01 std=0.2\nencoder.bias: mean=0.02 std=0.3\n',
  'a table of layers that are no gradients':
    'layer | mean | std | norm\nsoil | 0.1 | 0.2 | 0.3\nrock | 0.1 | 0.2 | 0.4\n',
  'a table of an energy minimiser': 'step time energy gradient\n1 0.1 -76.02 0.003\n2 0.2 -76.03 0.002\n',
  'a table of a structure optimiser':
    ' Geometry optimization\n Step         Energy      Gradient norm    Max disp\n   1    -76.01    0.09   0.12\n   2    -76.02    0.08   0.11\n',
  'a structure optimisation as CSV': 'step,total energy,gradient norm\n1,-76.01,0.09\n2,-76.02,0.08\n',
  'errors of a solver': 'step,mse\n1,0.5\n2,0.4\n',
  'a container build':
    'Step 1/4 : FROM python:3.9\n ---> abc123\nStep 2/4 : ENV loss=0.5\nStep 3/4 : ARG gradient_norm=1.0\nStep 4/4 : RUN python train.py --loss 0.1\n',
  'a long table of other things': 'step,name,value\n1,walk,200\n2,run,300\n',
  'command lines':
    'python train.py --step 10 --loss 0.5 --grad_norm 1.0\npython train.py --step 20 --loss 0.5\n',
  'a chart in JSON':
    '{"data": {"values": [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.4}]}, "mark": "line"}',
  'lists in JSON': '{"name": [1,2,3], "value": [0.1,0.2,0.3]}',
  'a network monitor':
    'iteration 1: packet loss 0.5%, latency 12.3 ms\niteration 2: packet loss 0.4%, latency 12.1 ms\n',
  slopes: 'station 1 gradient: 0.05 elevation: 123.4\nstation 2 gradient: 0.06 elevation: 124.4\n',
  'a style sheet':
    '.bg { background: linear-gradient(90deg, #fff 0%, #000 100%); }\n  gradient: 0.5;\n  gradient: 0.6;\n',
  'a trading table':
    'epoch,price,profit,loss,stop_loss\n1700000000,100.5,1.5,0.5,99.0\n1700000060,101.5,1.4,0.4,99.0\n',
  'results of tests as JSON lines':
    '{"type":"test","name":"loss","value":0.5}\n{"type":"test","name":"loss2","value":0.4}\n',
  'a service that wraps its messages':
    '{"level":"info","msg":"connection loss 3 times"}\n{"level":"info","msg":"packet loss: 0.5 at step 3"}\n',
  'an argument table':
    '------ arguments ------\n  clip_grad ......... 1.0\n  loss_scale ........ 12.0\n  lr ............... 0.0001\n  max_grad_norm ..... 1.0\n------ end of arguments ------\n',
  'results of a search':
    'trial 1: lr=0.001 loss=0.5 max_grad_norm=1.0\ntrial 2: lr=0.002 loss=0.4 max_grad_norm=2.0\n',
  'a traceback that quotes a log line':
    'Traceback (most recent call last):\n  File "/x/train.py", line 45, in step\n    assert loss == 0.5, "step 1 loss: 0.5 grad_norm: 1.0"\nAssertionError: step 1 loss: 0.5 grad_norm: 1.0\n',
  'prose with a gradient': 'The gradient of 5 percent was steep: 3 miles.\nGradient: 12%\nGradient: 13%\n',
  'a solver of equations': 'iter 0 mae 0.5 rmse 0.75\niter 1 mae 0.25 rmse 0.5\niter 2 mae 0.125 rmse 0.25\n',
  'a pendulum': 'step 1 L=1.5 g=9.81 T=2.5\nstep 2 L=1.5 g=9.81 T=2.25\nstep 3 L=1.5 g=9.81 T=2.0\n',
  'where a robot is': 'step 1\norientation.w: 0.75\nbbox.w: 0.5\nstep 2\norientation.w: 0.5\nbbox.w: 0.25\n',
  'widths and errors':
    'step 1 mse 0.5\nframe.w: 0.75\nstep 2 mse 0.25\nframe.w: 0.5\nstep 3 mse 0.125\nframe.w: 0.25\n',
  'weights in grams': 'step 1 sugar 3.5 g 0.5\nstep 2 sugar 2.5 g 0.25\nstep 3 sugar 1.5 g 0.125\n',
  'a solver that tells its error': 'step 1 mse 0.5\nstep 2 mse 0.25\nstep 3 mse 0.125\n',
  'scores without a training': 'round 1 acc 0.5 score 12.5\nround 2 acc 0.75 score 13.5\n',
  'a bill of costs': 'round,cost,inner,outer\n1,9.5,1.5,2.5\n2,8.5,1.25,2.25\n3,7.5,1.0,2.0\n',
  'a set of models compared':
    'model | mae | rmse | l1\nridge | 0.5 | 0.75 | 0.5\nlasso | 0.25 | 0.5 | 0.25\ntree | 0.125 | 0.25 | 0.125\n',
  'costs by the time of day':
    'epoch,price,cost\n1700000000,9.5,1.5\n1700000060,8.5,1.25\n1700000120,7.5,1.0\n',
  'an optimiser of functions':
    'iteration 1: objective = 9.5, norm = 0.5\niteration 2: objective = 8.5, norm = 0.25\niteration 3: objective = 7.5, norm = 0.125\n',
  'figures of merit that rise':
    'epoch 1 dice 0.5 focal 35.5\nepoch 2 dice 0.75 focal 36.5\nepoch 3 dice 0.8 focal 37.5\n',
  'installed packages':
    'Collecting huber==0.5.0\n  Downloading huber-0.5.0.tar.gz (12.3 kB)\nCollecting dice>=1.5\n  Using cached dice-1.5.1-py3-none-any.whl (35.5 kB)\nInstalling collected packages: huber, dice\nSuccessfully installed dice-1.5.1 huber-0.5.0\n',
  'tests of losses':
    'tests/test_huber.py::test_step[0.5] PASSED [ 10%]\ntests/test_ctc.py::test_grads[1-0.25] PASSED [ 20%]\n  mae: expected 0.5, got 0.25\n  triplet: expected 1.5, got 1.25\n3 passed in 0.5s\n',
  'settings with the names of losses':
    'epochs: 10\nlr: 0.001\ntriplet: 0.5\nhuber: 1.5\nkl: 0.25\nmargin: 0.2\n',
  'a data set of texts':
    '{"text": "the loss: 0.5", "label": 1, "id": 1}\n{"text": "grad_norm: 3", "label": 0, "id": 2}\n',
};

describe('files that are no training log', () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    it(`${name}: nothing`, async () => {
      assert.equal(await runOfText(text), null);
    });
  }

  it('binary bytes: nothing', async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) & 255);
    assert.equal(await runOfText(new TextDecoder('latin1').decode(bytes), 'model.bin'), null);
  });

  it('no source file of this repository is taken for a log', async () => {
    const root = join(__dirname, '../../..');
    const claimed: string[] = [];
    for (const folder of ['src', 'test/unit', 'webview', 'scripts']) {
      for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
        if (/\.(?:ts|mjs|json|md|css|html)$/.test(name) && (await runOf(join(root, folder, name))) !== null) {
          claimed.push(name);
        }
      }
    }
    assert.deepEqual(claimed, []);
    assert.ok(readFileSync(join(root, 'package.json')).length > 0);
  });
});
