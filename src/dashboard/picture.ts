/** Saves what a part of the page shows as PNG: its boxes, texts and canvases, painted on a canvas. */
import { saveAs } from './service.ts';

const SCALE = 2;
const MARGIN = 24;

const isVisible = (colour: string): boolean => colour !== 'transparent' && !/, 0\)$/.test(colour);

interface Painter {
  context: CanvasRenderingContext2D;
  left: number;
  top: number;
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
  context.fillText(text, box.left - left, box.top - top + box.height / 2, Math.max(box.width, 1));
}

function paint(painter: Painter, element: Element): void {
  const { context, left, top } = painter;
  const style = getComputedStyle(element);
  if (style.display === 'none' || style.visibility === 'hidden' || element.closest('[data-unpainted]'))
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

export async function savePicture(element: Element, caption: string, name: string): Promise<void> {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const canvas = document.createElement('canvas');
  canvas.width = (box.width + 2 * MARGIN) * SCALE;
  canvas.height = (box.height + 2 * MARGIN + 20) * SCALE;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(SCALE, SCALE);
  context.fillStyle = style.getPropertyValue('--surface') || '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  paint({ context, left: box.left - MARGIN, top: box.top - MARGIN }, element);
  context.font = `12px ${style.fontFamily}`;
  context.fillStyle = style.getPropertyValue('--text-soft') || '#555';
  context.textBaseline = 'alphabetic';
  context.fillText(caption, MARGIN, box.height + MARGIN + 24);
  const content = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (content) saveAs(content, name);
}
