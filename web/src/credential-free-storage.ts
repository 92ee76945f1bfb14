// Local storage for the editor without request headers. Otherwise the query history would store
// every credential on the disk of a possibly shared computer.
import type { GraphiQLProvider } from '@graphiql/react';
import type { ComponentProps } from 'react';

type EditorStorage = NonNullable<ComponentProps<typeof GraphiQLProvider>['storage']>;

const NAMESPACE = 'graphiql:';
/** The history's two lists; each is stored as `{ [key]: [{ query, variables, headers, … }] }`. */
const HISTORY_KEYS = new Set([`${NAMESPACE}queries`, `${NAMESPACE}favorites`]);

/** Sets `headers` of every history entry; `undefined` removes the member from the JSON text. */
function withHeaders(historyText: string, headers: string | undefined): string | null {
  try {
    const lists = JSON.parse(historyText) as Record<string, object[]>;
    const entries = Object.entries(lists).map(([key, items]) => [
      key,
      items.map((item) => ({ ...item, headers })),
    ]);
    return JSON.stringify(Object.fromEntries(entries));
  } catch {
    return null;
  }
}

/**
 * A loaded entry gets `defaultHeaders`, because opening it replaces the text of the headers editor.
 */
export function credentialFreeStorage(
  storage: Storage,
  defaultHeaders: string | undefined,
): EditorStorage {
  const ownKeys = () => {
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
    return keys.filter((key) => key !== null).filter((key) => key.startsWith(NAMESPACE));
  };
  return {
    getItem(key) {
      const value = storage.getItem(key);
      return value !== null && HISTORY_KEYS.has(key) ? withHeaders(value, defaultHeaders) : value;
    },
    setItem(key, value) {
      const kept = HISTORY_KEYS.has(key) ? withHeaders(value, undefined) : value;
      if (kept !== null) storage.setItem(key, kept);
    },
    removeItem: (key) => storage.removeItem(key),
    get length() {
      return ownKeys().length;
    },
    clear: () => ownKeys().forEach((key) => storage.removeItem(key)),
  };
}
