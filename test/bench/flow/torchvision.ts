import { existsSync } from 'node:fs';
import { importedFiles } from '../../../src/cli/importedFiles';
import { forecastFlow } from '../../../src/core/flow/forecast';
import type { PythonAnalyzer } from '../../../src/core/python/analyze';

const library = '/usr/lib/python3/dist-packages/torchvision';

/** One builder of each family, as a program wraps it: `from torchvision.models... import resnet18`. */
const builders: readonly (readonly [file: string, builder: string])[] = [
  ['alexnet', 'alexnet()'],
  ['convnext', 'convnext_tiny()'],
  ['densenet', 'densenet121()'],
  ['efficientnet', 'efficientnet_b0()'],
  ['efficientnet', 'efficientnet_v2_s()'],
  ['googlenet', 'googlenet(init_weights=True)'],
  ['inception', 'inception_v3(init_weights=True)'],
  ['maxvit', 'maxvit_t()'],
  ['mnasnet', 'mnasnet1_0()'],
  ['mobilenetv2', 'mobilenet_v2()'],
  ['mobilenetv3', 'mobilenet_v3_small()'],
  ['regnet', 'regnet_x_400mf()'],
  ['regnet', 'regnet_y_400mf()'],
  ['resnet', 'resnet18()'],
  ['resnet', 'resnet50()'],
  ['resnet', 'resnext50_32x4d()'],
  ['resnet', 'wide_resnet50_2()'],
  ['shufflenetv2', 'shufflenet_v2_x1_0()'],
  ['squeezenet', 'squeezenet1_1()'],
  ['swin_transformer', 'swin_t()'],
  ['swin_transformer', 'swin_v2_t()'],
  ['vgg', 'vgg11()'],
  ['vgg', 'vgg16_bn()'],
  ['vision_transformer', 'vit_b_16()'],
  ['segmentation.fcn', 'fcn_resnet50(weights_backbone=None)'],
  ['segmentation.deeplabv3', 'deeplabv3_resnet50(weights_backbone=None)'],
  ['segmentation.lraspp', 'lraspp_mobilenet_v3_large(weights_backbone=None)'],
  ['detection.backbone_utils', "resnet_fpn_backbone(backbone_name='resnet18', weights=None)"],
  ['detection.retinanet', 'retinanet_resnet50_fpn(weights_backbone=None)'],
  ['detection.faster_rcnn', 'fasterrcnn_resnet50_fpn(weights_backbone=None)'],
  ['detection.ssd', 'ssd300_vgg16(weights_backbone=None)'],
  ['video.resnet', 'r3d_18()'],
  ['video.resnet', 'r2plus1d_18()'],
  ['video.s3d', 's3d()'],
  ['video.mvit', 'mvit_v1_b()'],
  ['optical_flow.raft', 'raft_small()'],
];

function program(file: string, builder: string): string {
  const name = builder.slice(0, builder.indexOf('('));
  return [
    'import torch.nn as nn',
    `from .${file.slice(file.lastIndexOf('.') + 1)} import ${name}`,
    '',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    `        self.net = ${builder}`,
    '',
    '    def forward(self, x):',
    '        return self.net(x)',
    '',
  ].join('\n');
}

/** Verdicts on models that are known to train: none of them may be anything but stable or unknown. */
export async function alarms(analyzer: PythonAnalyzer): Promise<string> {
  if (!existsSync(library)) return 'torchvision is not installed: not checked';
  const verdicts = new Map<string, string[]>();
  for (const [file, builder] of builders) {
    // Beside the module, as the package's own files import each other.
    const folder = file.includes('.') ? `/${file.slice(0, file.lastIndexOf('.'))}` : '';
    const source = analyzer.read(`${library}/models${folder}/bench_net.py`, program(file, builder));
    if (source === null) continue;
    const modules = await importedFiles(source.facts, analyzer);
    const [net] = forecastFlow(source.facts, { modules, className: 'Net' }).classes;
    const name = builder.slice(0, builder.indexOf('('));
    const known = verdicts.get(net?.verdict ?? 'unknown') ?? [];
    verdicts.set(net?.verdict ?? 'unknown', [...known, name]);
  }
  const listed = (verdict: string) => {
    const names = verdicts.get(verdict) ?? [];
    return `${names.length} ${verdict}${names.length > 0 ? ` (${names.join(', ')})` : ''}`;
  };
  const wrong = (verdicts.get('vanishes')?.length ?? 0) + (verdicts.get('explodes')?.length ?? 0);
  return `torchvision, ${builders.length} models of all its families, each wrapped in a class and read with the files it imports: ${listed('stable')}; ${listed('unknown')}; ${listed('vanishes')}; ${listed('explodes')}: ${wrong} false alarms`;
}
