/** What all menus of the page have in common. */

/** Room between a menu and the edge of the page. Pixels. */
const EDGE = 4;

/** Menus close when the person goes on elsewhere or presses Escape, and stay inside the page. */
export function tendMenus(root: HTMLElement): void {
  const openMenus = () => root.querySelectorAll<HTMLDetailsElement>('details.menu[open]');
  document.addEventListener('pointerdown', ({ target }) => {
    for (const menu of openMenus()) {
      menu.open = target instanceof Node && menu.contains(target);
    }
  });
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      for (const menu of openMenus()) {
        menu.open = false;
        menu.querySelector('summary')?.focus();
      }
    }
  });
  // The event does not bubble.
  root.addEventListener('toggle', ({ target }) => target instanceof Element && keepInside(target), true);
}

function keepInside(menu: Element): void {
  const body = menu.querySelector<HTMLElement>('.menu-body');
  if (body !== null) {
    body.style.transform = '';
    const { left, right } = body.getBoundingClientRect();
    const shift = Math.max(EDGE - left, Math.min(0, document.documentElement.clientWidth - EDGE - right));
    body.style.transform = shift === 0 ? '' : `translateX(${shift}px)`;
  }
}
