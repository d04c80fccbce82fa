import type { PythonFacts } from './facts';
import type { Expr } from './syntax/ast';
import { expressionsIn } from './syntax/walk';

/** Pictures are read as bytes. */
const BYTES = 255;
const READS_PICTURE =
  /^(?:cv2\.imread|PIL\.Image\.open|torchvision\.io\.(?:read_image|decode_\w+)|imageio(?:\.v\d)?\.imread|skimage\.io\.imread)$/;
const PICTURES =
  /^torchvision\.datasets\.(?:MNIST|FashionMNIST|KMNIST|QMNIST|EMNIST|CIFAR10|CIFAR100|SVHN|USPS)$/;

/** Largest number of a picture that a function of a library reads; null for other functions. */
export function readPicture(name: string): number | null {
  return READS_PICTURE.test(name) ? BYTES : null;
}

/** The same of `train_set.data` of a known set of pictures. */
export function keptPictures(facts: PythonFacts, expr: Expr & { kind: 'attribute' }): number | null {
  const holder = expr.attr === 'data' ? facts.valueOf(expr.object) : null;
  return holder?.kind === 'call' && PICTURES.test(facts.nameOf(holder.func) ?? '') ? BYTES : null;
}

/** Writes into one array that are looked at. */
const MOST_WRITES = 8;

/** What is written into a part of an array between where it is made and where it is used: `img[2:5] = 200`. */
export function writtenInto(
  facts: PythonFacts,
  name: Expr & { kind: 'name' },
  since: number,
): readonly Expr[] {
  const { statements } = facts.source.scopeAt(name.start);
  const isOf = (one: Expr): boolean => one.kind === 'name' && one.id === name.id;
  return statements
    .flatMap((stmt) => {
      const value =
        stmt.kind === 'assign' && stmt.start >= since && stmt.end <= name.start ? stmt.value : null;
      const isWrite =
        stmt.kind === 'assign' &&
        stmt.targets.some((target) => target.kind === 'subscript' && isOf(target.object));
      return value === null || !isWrite || expressionsIn(value).some(isOf) ? [] : [value];
    })
    .slice(0, MOST_WRITES);
}
