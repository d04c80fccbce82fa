/** Colours for numbers, safe for colour-blind readers. Pure. */
export type Rgb = readonly [number, number, number];

/** Nine stops of viridis (CC0; van der Walt and Smith): lightness grows evenly from dark to bright. */
const SEQUENTIAL: readonly Rgb[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

/** Blue below, neutral in the middle, orange above: told apart with every common colour blindness. */
const BELOW: Rgb = [30, 120, 220];
const ABOVE: Rgb = [240, 130, 20];

/** @param share 0 to 1 */
export function sequentialColor(share: number): Rgb {
  const at = clamp(share) * (SEQUENTIAL.length - 1);
  const index = Math.min(Math.floor(at), SEQUENTIAL.length - 2);
  return mix(SEQUENTIAL[index]!, SEQUENTIAL[index + 1]!, at - index);
}

/** @param share 0 (far below) to 1 (far above); 0.5 is the neutral colour */
export function divergingColor(share: number, neutral: Rgb): Rgb {
  const away = Math.abs(clamp(share) - 0.5) * 2;
  return mix(neutral, share < 0.5 ? BELOW : ABOVE, away);
}

/** `#rrggbb`, `#rgb` or `rgb(…)` as a browser gives it; a middle grey for anything else. */
export function parseColor(text: string): Rgb {
  const hex =
    /^#([0-9a-f]{6})/i.exec(text)?.[1] ?? /^#([0-9a-f]{3})$/i.exec(text)?.[1]?.replace(/./g, '$&$&');
  if (hex !== undefined) {
    const value = Number.parseInt(hex, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  }
  const parts = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text);
  return parts === null ? [128, 128, 128] : [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

export function cssColor([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)})`;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
