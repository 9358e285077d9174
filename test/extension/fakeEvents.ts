type Listener<T> = (value: T) => void;

/** Names of what the extension got from the editor and has not disposed yet: registrations, listeners, views. */
export const undisposed = new Map<object, string>();

/** What the editor hands out, noted until it is disposed. */
export function handOut<T extends object>(name: string, parts: T, onDispose: () => void = () => {}): T & { dispose(): void } {
  const disposable = {
    ...parts,
    dispose: () => {
      undisposed.delete(disposable);
      onDispose();
    },
  };
  undisposed.set(disposable, name);
  return disposable;
}

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();

  constructor(private readonly name = "event") {}

  readonly event = (listener: Listener<T>) => {
    this.listeners.add(listener);
    return handOut(`listener of ${this.name}`, {}, () => this.listeners.delete(listener));
  };
  fire(value: T): void {
    this.listeners.forEach((listener) => listener(value));
  }
  dispose(): void {
    this.listeners.clear();
  }
}
