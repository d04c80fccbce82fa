import {
  explodingBorder,
  type FlowClass,
  type FlowLayer,
  type FlowReport,
  vanishingBorder,
  zeroGradient,
} from './report';

/** Layers shown for one model; of more, evenly spread ones are. */
const rowLimit = 40;
const barWidth = 24;
/** Share of the entries below which no numbers are shown, as there is no verdict then. */
const leastShown = 0.5;

/** The report for a terminal: a table per model, each weight with a bar from the last weight's level. */
export function formatFlowText(report: FlowReport): string {
  if (report.classes.length === 0) return `${report.path}: no model found\n`;
  return report.classes.map((c) => formatClass(report.path, c)).join('\n');
}

/** `×1e-8`, `×0.4`: a ratio given by its log10. */
export function ratioText(log10: number): string {
  if (log10 > -2 && log10 < 2) return `×${Number((10 ** log10).toPrecision(2))}`;
  const exponent = Math.floor(log10);
  return `×${Math.max(1, Math.min(9, Math.round(10 ** (log10 - exponent))))}e${exponent}`;
}

/** One line for a lens: `gradient flow: vanishes ×1e-8 over 20 layers`. */
export function flowHeadline(c: FlowClass): string {
  const matrices = c.layers.filter((layer) => layer.matrix);
  const first = matrices[0];
  const [wall] = c.blocked;
  if (wall !== undefined && c.verdict === 'vanishes')
    return `gradient flow: vanishes, nothing passes the ${wall.activation} of line ${placeText(wall)}: all its inputs lie where its slope is zero`;
  if (c.verdict === 'unknown' || first === undefined) return 'gradient flow: unknown';
  const flow = `gradient flow: ${verdictText(c, first.log10)} ${ratioText(first.log10)} over ${matrices.length} ${matrices.length === 1 ? 'layer' : 'layers'}`;
  const level = levelText(c);
  return level === null || c.verdict !== 'stable' ? flow : `${flow}, but ${level}`;
}

/** A ratio beyond the border by less than a forecast's error is no alarm, and is not called stable without saying so. */
function verdictText(c: FlowClass, log10: number): string {
  if (c.verdict !== 'stable') return c.verdict;
  if (log10 < Math.log10(vanishingBorder)) return 'stable, at the border of vanishing,';
  return log10 > Math.log10(explodingBorder) ? 'stable, at the border of exploding,' : c.verdict;
}

/** `all gradients are ×1e-14 of the loss's at the output`, where none of them is within reach of it; else null. */
export function levelText(c: FlowClass): string | null {
  if (c.scale === null || (c.level !== 'tiny' && c.level !== 'huge')) return null;
  const levels = c.layers.filter((layer) => layer.matrix).map((layer) => layer.log10 + (c.scale ?? 0));
  const [nearest, bound] =
    c.level === 'tiny' ? [Math.max(...levels), 'at most'] : [Math.min(...levels), 'at least'];
  return `all weights' gradients are ${bound} ${ratioText(nearest)} of the loss's at the output`;
}

/** A sentence for a hover on a layer: its share, the decay, and what the initialisation has to do with it. */
export function layerSentence(c: FlowClass, layer: FlowLayer): string {
  const parts = [`expected gradient ${ratioText(layer.log10)} of ${c.reference ?? 'the last weight'}'s`];
  return [...parts, ...reasons(c, [layer])].join('; ');
}

/** Of layers made on one line, nearest the input first: their shares, and what they have in common. */
export function layersSentence(c: FlowClass, layers: readonly FlowLayer[]): string {
  const [from, to] = [layers[0]?.log10 ?? Number.NaN, layers.at(-1)?.log10 ?? Number.NaN];
  const share = `expected gradient ${ratioText(from)} to ${ratioText(to)} of ${c.reference ?? 'the last weight'}'s`;
  return [share, ...reasons(c, layers)].join('; ');
}

/** The decay per layer, and the initialisation where the layers have one in common. */
function reasons(c: FlowClass, layers: readonly FlowLayer[]): string[] {
  const gain = layers[0]?.gain ?? null;
  const shared =
    gain !== null && layers.every((l) => l.gain !== null && Math.abs(l.gain - gain) < 0.01 * gain);
  return [
    ...(c.perLayer === null ? [] : [`per layer ×${c.perLayer.toPrecision(2)}`]),
    ...(shared ? [gainText(gain)] : []),
  ];
}

function gainText(gain: number): string {
  const value = `fan_in·Var(w) = ${gain.toPrecision(2)}`;
  if (Math.abs(gain - 1 / 3) < 0.01) {
    return `default initialisation is U(±1/√fan_in): ${value}, where a linear layer keeps its level with 1 and a ReLU with 2`;
  }
  return `initialisation: ${value} (1 keeps a linear layer's level, 2 a ReLU's)`;
}

function formatClass(path: string, c: FlowClass): string {
  const lines = [
    `${path}:${c.line} ${c.class}: ${flowHeadline(c).slice('gradient flow: '.length)}`,
    ...tableLines(c, rowLimit),
  ];
  const isRead = c.coverage >= leastShown;
  if (isRead && c.perLayer !== null) lines.push(`  per layer ×${c.perLayer.toPrecision(3)}`);
  lines.push(...factLines(c).map((line) => `  ${line}`), `  ${sureness(c)}`, '');
  return lines.join('\n');
}

/** How sure the forecast is, and of how much of the model: `confidence: high; 100 % of the trainable entries covered`. */
export function sureness(c: FlowClass): string {
  return `confidence: ${c.confidence}; ${Math.round(c.coverage * 100)} % of the trainable entries covered`;
}

/** What a forecast rests on and what it leaves open, a sentence each. */
export function factLines(c: FlowClass): string[] {
  const lines: string[] = [];
  if (c.coverage >= leastShown && c.scale !== null)
    lines.push(
      `scale: ${c.reference ?? 'the last'} ${ratioText(c.scale)} of the loss's gradient at the output`,
    );
  for (const t of c.overTime) lines.push(`over ${t.steps} steps: ${ratioText(t.log10)} (${t.parameter})`);
  if (c.assumptions.length > 0) lines.push(`assumed: ${c.assumptions.join('; ')}`);
  for (const part of c.unknown) lines.push(`${part.endsWith(zeroGradient) ? 'zero' : 'not known'}: ${part}`);
  return lines;
}

/** A row with a bar for each weight; of more than `limit`, evenly spread ones. Empty where a model was hardly read: what is left would mislead. */
export function tableLines(c: FlowClass, limit: number): string[] {
  const rows =
    c.coverage >= leastShown
      ? spread(
          c.layers.filter((layer) => layer.matrix),
          limit,
        )
      : [];
  if (rows.length === 0) return [];
  const width = Math.max(9, ...rows.map((row) => row.parameter.length));
  const placeWidth = Math.max(6, ...rows.map((row) => placeText(row).length));
  const reach = Math.max(1, ...rows.map((row) => Math.abs(row.log10)));
  return [
    `  ${'parameter'.padEnd(width)} ${'line'.padStart(placeWidth)}   log10  expected gradient norm, relative to ${c.reference ?? 'the last'}`,
    ...rows.map((row) => formatRow(row, width, placeWidth, reach)),
  ];
}

/** Bars grow to the left for vanishing, to the right for exploding gradients. */
function formatRow(row: FlowLayer, width: number, placeWidth: number, reach: number): string {
  const length = Math.round((Math.abs(row.log10) / reach) * (barWidth / 2));
  const left = row.log10 < 0 ? '█'.repeat(length).padStart(barWidth / 2) : ' '.repeat(barWidth / 2);
  const right = row.log10 > 0 ? '█'.repeat(length) : '';
  const number = row.log10.toFixed(2).padStart(7);
  return `  ${row.parameter.padEnd(width)} ${placeText(row).padStart(placeWidth)} ${number}  ${left}│${right}`.trimEnd();
}

/** Line of a layer, with the file's name where that is another one. */
function placeText({ path, line }: Pick<FlowLayer, 'path' | 'line'>): string {
  return path === undefined ? String(line) : `${path.split(/[/\\]/).pop()}:${line}`;
}

function spread(layers: readonly FlowLayer[], limit: number): FlowLayer[] {
  if (layers.length <= limit) return [...layers];
  const step = (layers.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, i) => layers[Math.round(i * step)]).filter(
    (layer): layer is FlowLayer => layer !== undefined,
  );
}
