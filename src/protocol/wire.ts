/**
 * Requests with replies over a message channel that only knows "post": errors travel back, a silent other side times
 * out, and nothing stays pending after dispose.
 */
import { isIndex, isObject, isString } from './check';
import {
  type EventName,
  type EventOf,
  events,
  type Foretold,
  type Params,
  type RequestName,
  type Result,
  requests,
} from './messages';

/** A reply after this long would be about a picture nobody waits for any more. Milliseconds. */
const REPLY_TIMEOUT = 30_000;

/** A person is asked something before these are answered, and takes the time it takes. */
const WAITS_FOR_PERSON: ReadonlySet<RequestName> = new Set([
  'save',
  'pick-runs',
  'apply-fix',
  'apply-clip',
  'insert-logging',
]);

export type Post = (message: unknown) => void;
export type Handlers = { readonly [N in RequestName]: (params: Params<N>) => Promise<Result<N>> };
export type Listeners = { readonly [N in EventName]: (event: EventOf<N>) => void };

interface Pending {
  readonly name: RequestName;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/** The page's end: sends requests, hears events. */
export class Asking {
  private readonly pending = new Map<number, Pending>();
  private readonly ahead = new Map<string, unknown>();
  private lastId = 0;
  private disposed = false;

  constructor(
    private readonly post: Post,
    private readonly listeners: Listeners,
    private readonly timeout = REPLY_TIMEOUT,
  ) {}

  request<N extends RequestName>(name: N, params: Params<N>): Promise<Result<N>> {
    if (this.disposed) {
      return Promise.reject(new Error('The charts were closed.'));
    }
    const known = this.takeForetold(name, params);
    if (known !== undefined) {
      return Promise.resolve(known);
    }
    const id = ++this.lastId;
    return new Promise<Result<N>>((resolve, reject) => {
      const giveUp = () =>
        this.settle(id)?.reject(new Error(`No answer to "${name}" within ${this.timeout / 1000} s.`));
      const timer = WAITS_FOR_PERSON.has(name) ? undefined : setTimeout(giveUp, this.timeout);
      // The reply is checked against this very request's shape before `resolve` is called.
      this.pending.set(id, { name, resolve: resolve as (result: unknown) => void, reject, timer });
      this.post({ request: name, id, params });
    });
  }

  /** Answers to what is about to be asked; those of earlier times that nobody asked for are dropped. */
  foretell(answers: readonly Foretold[]): void {
    this.ahead.clear();
    for (const { request, params, result } of answers) {
      this.ahead.set(questionKey(request, params), result);
    }
  }

  /** Takes whatever arrived. Unknown messages are ignored. */
  receive(message: unknown): void {
    if (!isObject(message) || this.disposed) {
      return;
    }
    if (isIndex(message.reply)) {
      this.receiveReply(message.reply, message);
    } else if (isName(events, message.event) && events[message.event](message.data)) {
      dispatch(this.listeners, message.event, message.data);
    }
  }

  dispose(): void {
    this.disposed = true;
    for (const id of [...this.pending.keys()]) {
      this.settle(id)?.reject(new Error('The charts were closed.'));
    }
  }

  private takeForetold<N extends RequestName>(name: N, params: Params<N>): Result<N> | undefined {
    if (this.ahead.size === 0) {
      return undefined;
    }
    const key = questionKey(name, params);
    const result = this.ahead.get(key);
    this.ahead.delete(key);
    const check: (value: unknown) => boolean = requests[name].result;
    // Checked against this very request's shape.
    return check(result) ? (result as Result<N>) : undefined;
  }

  private receiveReply(id: number, message: Readonly<Record<string, unknown>>): void {
    const pending = this.settle(id);
    if (pending === undefined) {
      return;
    }
    if (isString(message.error)) {
      pending.reject(new Error(message.error));
    } else if (requests[pending.name].result(message.result)) {
      pending.resolve(message.result);
    } else {
      pending.reject(new Error(`The answer to "${pending.name}" has an unknown shape.`));
    }
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    if (pending !== undefined) {
      clearTimeout(pending.timer);
      this.pending.delete(id);
    }
    return pending;
  }
}

/**
 * The host's end: answers one message. Resolves to the reply to post, or null when the message is no request of ours.
 * @param describe turns a thrown thing into a text fit to show
 */
export async function answer(
  message: unknown,
  handlers: Handlers,
  describe: (error: unknown) => string,
): Promise<unknown> {
  if (!isObject(message) || !isIndex(message.id) || !isString(message.request)) {
    return null;
  }
  const reply = message.id;
  if (!isName(requests, message.request)) {
    return { reply, error: 'Unknown request.' };
  }
  try {
    return { reply, result: await handle(handlers, message.request, message.params) };
  } catch (error) {
    return { reply, error: describe(error) };
  }
}

/** An event as it goes over the wire. */
export function eventMessage<N extends EventName>(event: N, data: EventOf<N>): unknown {
  return { event, data };
}

async function handle<N extends RequestName>(
  handlers: Handlers,
  name: N,
  params: unknown,
): Promise<Result<N>> {
  const check: (value: unknown) => boolean = requests[name].params;
  if (!check(params)) {
    throw new Error(`The request "${name}" has an unknown shape.`);
  }
  return handlers[name](params as Params<N>);
}

function dispatch<N extends EventName>(listeners: Listeners, name: N, data: unknown): void {
  listeners[name](data as EventOf<N>);
}

/** The same for the same question, in whatever order its parts stand. */
function questionKey(name: string, params: object): string {
  const parts: [string, unknown][] = Object.entries(params);
  return `${name} ${JSON.stringify(parts.sort(([one], [other]) => (one < other ? -1 : 1)))}`;
}

function isName<T extends object>(table: T, name: unknown): name is keyof T & string {
  return isString(name) && Object.hasOwn(table, name);
}
