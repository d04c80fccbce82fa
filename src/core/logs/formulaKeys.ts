/** Gradients as formulas write them: `|g|`, `‖∇W1‖`, `|dconv1.weight|`, `dW1`. */
import { isLayerName } from './layerWords';

/** What is differentiated is the loss, or what it is differentiated by is every parameter. */
const WHOLE = /^(?:_?(?:θ|theta|w|l|j|f|e|loss|params?|total|all)(?:[_ ]?(?:l|j|f|loss))?|)$/i;
/** `|g(0.weight)|`, `‖∇(conv1)‖` */
const OF_NAME = /^(?:g|grad|∇[LJ]?)\(([A-Za-z_\d][\w.]{0,60})\)$/;
const BARS = /^(\|\|?|‖|∥)(.{1,80}?)(?:\|\|?|‖|∥)(?:_?[2₂])?$/;
/** `conv1|g|`, `enc.0||grad||`: of the layer before it. */
const BEHIND = /^([A-Za-z_][\w.]{0,60})(\|\|?)(?:g|grad|∇[LJ]?)\2$/;
/** `∇W1`, `∇L(θ)`, and `grad L`, which says as much between bars only. */
const NABLA = /^∇[_ ]?([\w.θ]{0,60})(?:\([\wθφ]{1,8}\))?$/;
const SPELLED = /^(?:grad(?:ient)?s?)[_ ]([\w.θ]{1,60})(?:\([\wθφ]{1,8}\))?$/i;
/** `dL/dx`, `∂L/∂W1` */
const QUOTIENT = /^(?:d|∂)(?:[LJE]|loss)\/(?:d|∂)(\w{1,40})$/;
/** `gD`, `g_G`: of a discriminator and a generator. */
const ADVERSARY = /^g_?([DG])$/;
/** `dW1`, `db2`, `dWxh`, `dW_hh`: what networks written by hand call the derivatives by their matrices. */
const MATRIX = /^(?:W[_a-z]{0,4}\d{0,2}|W_?\w{1,4}|b_?[a-z]{0,2}\d{1,2}|b[hyio])$/;

/** The parameter whose gradient a formula is about; null for the whole model, undefined when the text is no such formula. */
export function formulaOwner(text: string): string | null | undefined {
  const behind = BEHIND.exec(text)?.[1];
  if (behind !== undefined) {
    return isLayerName(behind) || /\.(?:\d{1,4}|weight|bias|kernel)$/.test(behind) ? behind : undefined;
  }
  const bars = BARS.exec(text);
  const inner = bars?.[2] ?? text;
  const named = bars === null ? undefined : OF_NAME.exec(inner)?.[1];
  if (named !== undefined) {
    return WHOLE.test(named) ? null : named;
  }
  const quotient = QUOTIENT.exec(inner);
  if (quotient !== null) {
    const name = quotient[1] ?? '';
    return WHOLE.test(name) ? null : name;
  }
  const adversary = ADVERSARY.exec(inner);
  if (adversary !== null) {
    return adversary[1] ?? null;
  }
  if (bars !== null && /^d[LJE]$/.test(inner)) {
    return null;
  }
  if (bars !== null && inner.startsWith('g_')) {
    const name = inner.slice(2);
    return isLayerName(name) || /[./](?:weight|bias|kernel)$/.test(name) ? name : undefined;
  }
  const nabla = NABLA.exec(inner) ?? (bars === null ? null : SPELLED.exec(inner));
  if (nabla !== null) {
    const name = nabla[1] ?? '';
    return WHOLE.test(name) ? null : name;
  }
  if (!inner.startsWith('d')) {
    return undefined;
  }
  const name = inner.slice(1).replace(/^_/, '');
  if (MATRIX.test(name)) {
    return name;
  }
  return bars !== null && (isLayerName(name) || /[./](?:weight|bias|kernel)$/.test(name)) ? name : undefined;
}
