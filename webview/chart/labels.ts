/** Places labels in rows so that none covers another. Pure. */
export interface WantedLabel {
  /** Which finding it belongs to. */
  readonly at: number;
  /** Pixel it points at. */
  readonly x: number;
  readonly width: number;
  readonly text: string;
}

export interface PlacedLabel extends WantedLabel {
  readonly y: number;
}

interface Strip {
  readonly left: number;
  readonly right: number;
  readonly rows: number;
  readonly rowHeight: number;
}

/**
 * From left to right, each in the first row with room, moved left where it would leave the strip. A label that fits
 * nowhere is left out: its line, its shading and its card remain.
 */
export function placeLabels(wanted: readonly WantedLabel[], strip: Strip): readonly PlacedLabel[] {
  const free = Array.from({ length: strip.rows }, () => strip.left);
  const placed: PlacedLabel[] = [];
  for (const label of [...wanted].sort((a, b) => a.x - b.x)) {
    const x = Math.max(strip.left, Math.min(label.x, strip.right - label.width));
    const row = free.findIndex((from) => from <= x);
    if (row >= 0 && x + label.width <= strip.right + 1) {
      free[row] = x + label.width + 4;
      placed.push({ ...label, x, y: row * strip.rowHeight });
    }
  }
  return placed;
}
