import { hasResidual, type ModelView, mainActivation } from '../../remedies/edits/model';
import type { RemedyId } from '../../remedies/remedy';
import { schemesFor } from './initialisation';

/**
 * What helps a model whose first layer gets too little, or too much, of the gradient, best first by what is known of it;
 * a forecast of each sorts them.
 * @param level log10 of the first layer's gradient relative to the last one's, or to the loss's
 */
export function remediesForFlow(model: ModelView, level: number): readonly RemedyId[] {
  const [scheme, ...schemes] = schemesFor(model);
  const fades = level < 0;
  const saturates = mainActivation(model)?.includes('sigmoid') === true;
  const swaps: readonly RemedyId[] = saturates && fades ? ['relu', 'gelu', 'leaky-relu'] : [];
  const shape: RemedyId = fades ? 'batch-norm' : 'layer-norm';
  if (fades && hasResidual(model)) {
    // Shortcuts that do not keep the signal, halved or scaled ones: branches of a size of their own bring it back.
    return ['batch-norm', 'layer-norm', ...schemesFor(model)];
  }
  const last: readonly RemedyId[] = fades ? ['residual'] : [];
  return [...new Set([...swaps, ...(scheme === undefined ? [] : [scheme]), shape, ...schemes, ...last])];
}
