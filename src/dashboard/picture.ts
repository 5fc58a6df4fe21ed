/** Saves what a part of the page shows as PNG: its boxes, texts and canvases, painted on a canvas. */
import { saveAs } from './service.ts';

const SCALE = 2;
const MARGIN = 24;
/** Room for the title and the source. */
const HEAD = 34;
const FOOT = 26;

const isVisible = (colour: string): boolean => colour !== 'transparent' && !/, 0\)$/.test(colour);

interface Painter {
  context: CanvasRenderingContext2D;
  left: number;
  top: number;
}

/** A text that is cut off on the page is cut off in the picture. */
function shortened(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width + 1) return text;
  let length = text.length;
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}

function paintText({ context, left, top }: Painter, node: Text, style: CSSStyleDeclaration): void {
  const range = document.createRange();
  range.selectNodeContents(node);
  const text = (node.textContent ?? '').trim();
  const box = range.getBoundingClientRect();
  if (text === '' || box.width === 0) return;
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = 'middle';
  const isCut = style.textOverflow === 'ellipsis';
  const width = isCut ? (node.parentElement?.clientWidth ?? box.width) : box.width;
  const shown = isCut ? shortened(context, text, width) : text;
  context.fillText(shown, box.left - left, box.top - top + box.height / 2, Math.max(width, 1));
}

function paint(painter: Painter, element: Element): void {
  const { context, left, top } = painter;
  const style = getComputedStyle(element);
  if (
    style.display === 'none' ||
    style.visibility === 'hidden' ||
    element.matches('.visually-hidden, [data-unpainted]')
  )
    return;
  const box = element.getBoundingClientRect();
  if (isVisible(style.backgroundColor)) {
    context.fillStyle = style.backgroundColor;
    context.beginPath();
    context.roundRect(
      box.left - left,
      box.top - top,
      box.width,
      box.height,
      Number.parseFloat(style.borderTopLeftRadius) || 0,
    );
    context.fill();
  }
  if (element instanceof HTMLCanvasElement) {
    context.drawImage(element, box.left - left, box.top - top, box.width, box.height);
  }
  for (const child of element.childNodes) {
    if (child instanceof Text) paintText(painter, child, style);
    else if (child instanceof Element) paint(painter, child);
  }
}

/** @param title printed above, and `source` below */
export async function savePicture(
  element: Element,
  title: string,
  source: string,
  name: string,
): Promise<void> {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const canvas = document.createElement('canvas');
  canvas.width = (box.width + 2 * MARGIN) * SCALE;
  canvas.height = (box.height + 2 * MARGIN + HEAD + FOOT) * SCALE;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(SCALE, SCALE);
  context.fillStyle = style.getPropertyValue('--surface');
  context.fillRect(0, 0, canvas.width, canvas.height);
  paint({ context, left: box.left - MARGIN, top: box.top - MARGIN - HEAD }, element);
  context.textBaseline = 'alphabetic';
  context.font = `600 18px ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.fillText(title, MARGIN, MARGIN + 16);
  context.font = `12px ${style.fontFamily}`;
  context.fillStyle = style.getPropertyValue('--text-soft');
  context.fillText(shortened(context, source, box.width), MARGIN, canvas.height / SCALE - MARGIN);
  const content = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (content) saveAs(content, name);
}
