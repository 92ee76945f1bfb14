// The credential: the one of the page's configuration, otherwise a key of the visitor, which is kept
// for this tab only.
import { byId } from './dom';
import { onLanguage, texts } from './language';

const STORED = 'push.key';

let configured: string | null = null;
let key: string | null = null;
let used = (): void => undefined;

/** Returns the key of a pasted text, or null when it cannot be one. */
export function pastedKey(pasted: string): string | null {
  const text = pasted.trim().replace(/^(authorization:\s*)?bearer\s+/i, '');
  return /^[\x21-\x7e]+$/.test(text) ? text : null;
}

/** The header of requests; null without any credential. */
export function authorization(): string | null {
  return key === null ? configured : `Bearer ${key}`;
}

/** Opens the field for the key, and goes to it. */
export function askForKey(): void {
  byId('credential').hidden = false;
  byId<HTMLInputElement>('credential-key').focus();
  showState();
}

function showState(): void {
  const words = texts();
  const open = !byId('credential').hidden;
  const own = key === null ? words.keyNone : words.keyEnding(`…${key.slice(-4)}`);
  byId('credential-state').textContent =
    key === null && configured !== null ? words.keyDevelopment : own;
  const change = byId('credential-change');
  change.textContent = words.keyChange;
  change.hidden = open || authorization() === null;
}

function submit(event: Event): void {
  event.preventDefault();
  const field = byId<HTMLInputElement>('credential-key');
  const problem = byId('credential-problem');
  const pasted = pastedKey(field.value);
  if (pasted === null) {
    problem.textContent = field.value.trim() === '' ? texts().keyEmpty : texts().keyCharacters;
    field.setAttribute('aria-invalid', 'true');
    field.focus();
    return;
  }
  problem.textContent = '';
  field.removeAttribute('aria-invalid');
  field.value = '';
  key = pasted;
  sessionStorage.setItem(STORED, pasted);
  byId('credential').hidden = true;
  showState();
  used();
}

/** Starts with the headers of the configuration; `onKey` runs when the visitor gives another key. */
export function startCredential(headers: Record<string, string>, onKey: () => void): void {
  const entries = Object.entries(headers);
  configured = entries.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? null;
  key = sessionStorage.getItem(STORED);
  used = onKey;
  byId('credential-form').addEventListener('submit', submit);
  byId('credential-change').addEventListener('click', askForKey);
  byId('credential').hidden = authorization() !== null;
  onLanguage(showState);
}
