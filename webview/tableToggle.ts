/** The numbers of a picture as a table below it, on demand. */
import { h, replaceChildren } from './dom';

/** Zooming changes the numbers with every frame; nobody reads them before it rests. Milliseconds. */
const REST = 150;

export class TableToggle {
  readonly button = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-expanded': 'false',
      title: 'The numbers of this picture as a table',
      onclick: () => this.toggle(),
    },
    'table',
  );
  readonly table: HTMLElement;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private make: (() => HTMLElement | null) | undefined;

  /** @param onToggle the table takes room, or gives it back */
  constructor(
    name: string,
    private readonly onToggle: (isOpen: boolean) => void,
  ) {
    this.table = h('div', {
      class: 'table-scroll',
      tabindex: 0,
      role: 'region',
      'aria-label': `Numbers: ${name}`,
      hidden: true,
    });
  }

  /** Tells how the table is made; it is made when it is open and the numbers rest. */
  update(make: () => HTMLElement | null): void {
    this.make = make;
    if (!this.table.hidden) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fill(), REST);
    }
  }

  private toggle(): void {
    const isOpen = this.table.hidden !== false;
    this.table.hidden = !isOpen;
    this.button.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) {
      this.fill();
    } else {
      clearTimeout(this.timer);
      this.table.replaceChildren();
    }
    this.onToggle(isOpen);
  }

  private fill(): void {
    replaceChildren(this.table, this.make?.() ?? null);
  }
}
