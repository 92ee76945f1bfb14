// Number of an attempt to send a file. It stays the same until the platform has answered, so that a
// repetition after a broken connection writes nothing twice; then the next number is used.

const STORED = 'push.attempts';
/** How many files are remembered. */
const KEPT = 200;

export interface Attempted {
  name: string;
  size: number;
  lastModified: number;
  /** Kind, source and options: a trial and the real sending are different attempts. */
  query: string;
}

/** 128 bits of FNV-1a over four seeds. `crypto.subtle` does not exist on a page without TLS. */
export function hash(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const parts = [0, 1, 2, 3].map((seed) => {
    let value = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
    for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return ((value ^ (value >>> 16)) >>> 0).toString(16).padStart(8, '0');
  });
  return parts.join('');
}

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** Counters of the attempts, kept in this browser: a reloaded page must not reuse a number. */
export class Attempts {
  constructor(private readonly store: Store) {}

  #read(): [string, number][] {
    try {
      const entries: unknown = JSON.parse(this.store.getItem(STORED) ?? '[]');
      return Array.isArray(entries) ? (entries as [string, number][]) : [];
    } catch {
      return [];
    }
  }

  #file(attempted: Attempted): string {
    const { name, size, lastModified, query } = attempted;
    return hash(JSON.stringify([name, size, lastModified, query]));
  }

  /** Returns the key of the present attempt. */
  key(attempted: Attempted): string {
    const file = this.#file(attempted);
    const counter = this.#read().find(([known]) => known === file)?.[1] ?? 0;
    return `${file}-${counter}`;
  }

  /** The platform has answered: the next time is a new attempt. */
  finished(attempted: Attempted): void {
    const file = this.#file(attempted);
    const entries = this.#read();
    const counter = entries.find(([known]) => known === file)?.[1] ?? 0;
    const others = entries.filter(([known]) => known !== file);
    const kept = [...others, [file, counter + 1]].slice(-KEPT);
    this.store.setItem(STORED, JSON.stringify(kept));
  }
}
