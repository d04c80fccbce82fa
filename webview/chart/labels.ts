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

/** Width of a label that is only its sign, and room between two labels. Pixels. */
const SIGN_WIDTH = 18;
const GAP = 4;

interface Strip {
  readonly left: number;
  readonly right: number;
  readonly rows: number;
  readonly rowHeight: number;
}

/**
 * The first wanted are placed first (findings come gravest first), each in the first row with room, moved left where
 * it would leave the strip. Where there is room for a sign only, the text is left out.
 */
export function placeLabels(wanted: readonly WantedLabel[], strip: Strip): readonly PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  for (const label of wanted) {
    const place =
      placeIn(label, placed, strip) ?? placeIn({ ...label, text: '', width: SIGN_WIDTH }, placed, strip);
    if (place !== null) {
      placed.push(place);
    }
  }
  return placed;
}

function placeIn(label: WantedLabel, placed: readonly PlacedLabel[], strip: Strip): PlacedLabel | null {
  const x = Math.max(strip.left, Math.min(label.x, strip.right - label.width));
  const end = x + label.width;
  if (end > strip.right + 1) {
    return null;
  }
  for (let row = 0; row < strip.rows; row++) {
    const y = row * strip.rowHeight;
    const isFree = placed.every(
      (other) => other.y !== y || end + GAP <= other.x || x >= other.x + other.width + GAP,
    );
    if (isFree) {
      return { ...label, x, y };
    }
  }
  return null;
}
