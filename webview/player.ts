import { h } from './dom';
import { iconText } from './icons';

/** A whole run plays in about this many frames. */
const FRAMES = 120;
/** Milliseconds from one frame to the next. */
const FRAME_TIME = 80;

/** Where a player is, and where it may go. */
export interface Playable {
  position(): { readonly at: number; readonly from: number; readonly to: number };
  /** Smallest move that changes anything; 0: none. */
  smallestMove(): number;
  goTo(at: number): void;
}

/** A button that moves a position from where it is to the end, or from the start when it is there already. */
export class Player {
  readonly button = h(
    'button',
    { type: 'button', class: 'tool', onclick: () => this.toggle() },
    ...iconText('debug-start', 'Play'),
  );
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly target: Playable) {}

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.button.replaceChildren(...iconText('debug-start', 'Play'));
  }

  private toggle(): void {
    if (this.timer !== undefined) {
      this.stop();
      return;
    }
    this.button.replaceChildren(...iconText('debug-pause', 'Pause'));
    this.timer = setInterval(() => this.advance(), FRAME_TIME);
    const { at, from, to } = this.target.position();
    if (at >= to) {
      this.target.goTo(from);
    }
  }

  private advance(): void {
    const { at, from, to } = this.target.position();
    const next = at + Math.max((to - from) / FRAMES, this.target.smallestMove());
    if (next >= to) {
      this.stop();
    }
    this.target.goTo(Math.min(to, next));
  }
}
