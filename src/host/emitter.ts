import type { Disposable, Event } from 'vscode';

/**
 * An event with its listeners, of the shape VS Code uses. Our own, so that sessions and caches run in plain unit
 * tests. A listener that throws does not keep the others from hearing.
 */
export class Emitter<T> {
  private readonly listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener, thisArgs, disposables) => {
    const call = (value: T) => listener.call(thisArgs, value);
    this.listeners.add(call);
    const subscription: Disposable = { dispose: () => this.listeners.delete(call) };
    disposables?.push(subscription);
    return subscription;
  };

  constructor(private readonly onError: (error: unknown) => void = () => {}) {}

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.onError(error);
      }
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}
