/** One bar, with the range of its value. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The text behind the bar. */
  readonly note: string;
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 860;
const MARGIN = 24;
const LABEL_WIDTH = 150;
const NOTE_WIDTH = 260;
const BAR_HEIGHT = 20;
const ROW_HEIGHT = 30;
const TITLE_HEIGHT = 34;
const COLOURS = ['#2563eb', '#64748b'] as const;

/**
 * Draws groups of horizontal bars. Each group has a scale of its own, which starts at 0. The SVG is
 * written by hand, because chart libraries that work without a browser need a document model or a
 * canvas, and this chart needs four kinds of element.
 * @param footer lines of small print
 * @param highlight labels of the bars that stand out
 */
export function barChart(
  title: string,
  groups: readonly BarGroup[],
  footer: readonly string[],
  highlight: ReadonlySet<string>,
): string {
  const parts: string[] = [text(MARGIN, MARGIN + 10, title, 'font-size="18" font-weight="bold"')];
  let y = MARGIN + TITLE_HEIGHT;
  for (const group of groups) {
    parts.push(text(MARGIN, y, group.title, 'font-size="14" font-weight="bold"'));
    y += 12;
    const top = Math.max(
      ...group.bars.map(({ value, high }) => Math.max(value, high)),
      Number.MIN_VALUE,
    );
    const scale = (WIDTH - 2 * MARGIN - LABEL_WIDTH - NOTE_WIDTH) / top;
    for (const bar of group.bars) {
      parts.push(drawBar(bar, y, scale, COLOURS[highlight.has(bar.label) ? 0 : 1]));
      y += ROW_HEIGHT;
    }
    y += TITLE_HEIGHT;
  }
  for (const line of footer) {
    parts.push(text(MARGIN, y, line, 'font-size="11" fill="#475569"'));
    y += 16;
  }
  const size = `width="${WIDTH}" height="${y + MARGIN}" viewBox="0 0 ${WIDTH} ${y + MARGIN}"`;
  const style = 'font-family="sans-serif" fill="#0f172a"';
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}>`;
  return [head, '<rect width="100%" height="100%" fill="#ffffff"/>', ...parts, '</svg>', ''].join(
    '\n',
  );
}

function drawBar(bar: Bar, y: number, scale: number, colour: string): string {
  const left = MARGIN + LABEL_WIDTH;
  const middle = y + BAR_HEIGHT / 2;
  const [low, high] = [left + bar.low * scale, left + bar.high * scale].map(round);
  const end = left + Math.max(bar.value, bar.high) * scale;
  return [
    text(left - 10, middle + 5, bar.label, 'font-size="13" text-anchor="end"'),
    `<rect x="${left}" y="${y}" width="${round(bar.value * scale)}" height="${BAR_HEIGHT}" ` +
      `fill="${colour}"/>`,
    `<path d="M${low} ${middle}H${high}M${low} ${middle - 5}v10M${high} ${middle - 5}v10" ` +
      'stroke="#0f172a" fill="none"/>',
    text(round(end + 10), middle + 5, bar.note, 'font-size="12"'),
  ].join('\n');
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
