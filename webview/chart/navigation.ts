/** Zooming and moving by wheel, drag and keyboard, the same in every picture with a step axis. */
import type { Range } from '../../src/protocol/range';
import { panned, zoomed } from '../range';
import type { Area } from './projection';

export interface Navigable {
  area(): Area;
  range(): Range;
  whole(): Range;
  /** null: all of it. */
  setRange(range: Range | null): void;
  /** The pointer is here, in pixels of the element; null: it has left. */
  onPoint(at: { x: number; y: number } | null): void;
  onClick(at: { x: number; y: number }): void;
  /** Moves a cursor from point to point, or follows it to the log line. */
  onKey(key: 'previous' | 'next' | 'open'): void;
  /** Without it, a double click shows all of the axis. */
  onDoubleClick?(): void;
}

/** Pixels a press may wander and still be a click. */
const CLICK_SLACK = 4;

/** @param brush the rectangle that shows what a drag will zoom to */
export function navigate(element: HTMLElement, brush: HTMLElement, target: Navigable): void {
  const place = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const stepAt = (x: number) => {
    const { left, right } = target.area();
    const range = target.range();
    const share = Math.min(1, Math.max(0, (x - left) / (right - left)));
    return range.from + share * (range.to - range.from);
  };

  element.addEventListener(
    'wheel',
    (event) => {
      // Where the page itself scrolls, the wheel belongs to it unless Ctrl is held.
      const page = document.scrollingElement;
      if (page !== null && page.scrollHeight > page.clientHeight + 1 && !event.ctrlKey && !event.metaKey) {
        return;
      }
      event.preventDefault();
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const delta = isSideways ? event.deltaX || event.deltaY : event.deltaY;
      target.setRange(
        isSideways
          ? panned(target.range(), target.whole(), delta / 1000)
          : zoomed(target.range(), target.whole(), 1.0015 ** delta, stepAt(place(event).x)),
      );
    },
    { passive: false },
  );

  let press: { x: number; y: number; isPan: boolean; range: Range } | null = null;
  element.addEventListener('pointerdown', (event) => {
    if (event.button > 1) {
      return;
    }
    element.setPointerCapture(event.pointerId);
    press = { ...place(event), isPan: event.shiftKey || event.button === 1, range: target.range() };
  });
  element.addEventListener('pointermove', (event) => {
    const at = place(event);
    if (press === null) {
      target.onPoint(at);
    } else if (press.isPan) {
      const { left, right } = target.area();
      target.setRange(panned(press.range, target.whole(), (press.x - at.x) / (right - left)));
    } else if (Math.abs(at.x - press.x) > CLICK_SLACK) {
      target.onPoint(null);
      showBrush(brush, target.area(), press.x, at.x);
    }
  });
  element.addEventListener('pointerup', (event) => {
    const at = place(event);
    brush.hidden = true;
    if (press !== null && Math.abs(at.x - press.x) <= CLICK_SLACK) {
      target.onClick(at);
    } else if (press !== null && !press.isPan) {
      const [from, to] = [stepAt(press.x), stepAt(at.x)].sort((a, b) => a - b);
      if (from !== undefined && to !== undefined && to > from) {
        target.setRange({ from, to });
      }
    }
    press = null;
  });
  element.addEventListener('pointercancel', () => {
    press = null;
    brush.hidden = true;
  });
  element.addEventListener('pointerleave', () => target.onPoint(null));
  element.addEventListener('dblclick', () => {
    if (target.onDoubleClick === undefined) {
      target.setRange(null);
    } else {
      target.onDoubleClick();
    }
  });
  element.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && onKey(event.key, target)) {
      event.preventDefault();
    }
  });
}

/** Handles a key; false when it means nothing here. */
export function onKey(key: string, target: Navigable): boolean {
  const range = target.range();
  const whole = target.whole();
  const middle = (range.from + range.to) / 2;
  switch (key) {
    case '+':
    case '=':
      target.setRange(zoomed(range, whole, 0.5, middle));
      return true;
    case '-':
    case '_':
      target.setRange(zoomed(range, whole, 2, middle));
      return true;
    case '0':
    case 'Escape':
      target.setRange(null);
      return true;
    case 'ArrowLeft':
      target.setRange(panned(range, whole, -0.2));
      return true;
    case 'ArrowRight':
      target.setRange(panned(range, whole, 0.2));
      return true;
    case ',':
      target.onKey('previous');
      return true;
    case '.':
      target.onKey('next');
      return true;
    case 'Enter':
      target.onKey('open');
      return true;
    default:
      return false;
  }
}

function showBrush(brush: HTMLElement, area: Area, a: number, b: number): void {
  const from = Math.max(area.left, Math.min(a, b));
  const to = Math.min(area.right, Math.max(a, b));
  brush.hidden = false;
  brush.style.left = `${from}px`;
  brush.style.width = `${Math.max(0, to - from)}px`;
  brush.style.top = `${area.top}px`;
  brush.style.height = `${area.bottom - area.top}px`;
}
