// Language of the page: chosen from the browser, changed in the header, remembered in this browser.
import { type Language, MESSAGES, type Messages, type Words } from './messages';

const STORED = 'push.language';
const listeners: (() => void)[] = [];
let current: Language = 'vi';

/** The remembered language, otherwise the first language of the browser that the page has. */
export function chooseLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (stored === 'vi' || stored === 'en') return stored;
  const known = preferred.map((tag) => tag.toLowerCase().split('-')[0]);
  return known.find((tag) => tag === 'vi' || tag === 'en') === 'vi' ? 'vi' : 'en';
}

export function language(): Language {
  return current;
}

export function texts(): Messages {
  return MESSAGES[current];
}

/** The text of the server in the language of the page, otherwise in the other one. */
export function inLanguage(words: Words): string {
  return words[current] || words.vi || words.en;
}

export function number(value: number): string {
  return new Intl.NumberFormat(current).format(value);
}

export function percent(part: number): string {
  return new Intl.NumberFormat(current, { style: 'percent' }).format(part);
}

/** A size in MB of 1,000,000 bytes, as file managers show it. */
export function size(bytes: number): string {
  const [value, unit] = bytes >= 1e6 ? [bytes / 1e6, 'MB'] : [bytes / 1e3, 'kB'];
  const format = new Intl.NumberFormat(current, { maximumFractionDigits: value >= 100 ? 0 : 1 });
  return `${format.format(value)} ${unit}`;
}

export function moment(rfc3339: string): string {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) return rfc3339;
  const format = { dateStyle: 'short', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat(current === 'vi' ? 'vi-VN' : 'en-GB', format).format(time);
}

/** Runs now and after every change of language. */
export function onLanguage(listener: () => void): void {
  listeners.push(listener);
  listener();
}

function translate(root: ParentNode): void {
  const text = (key: string | undefined): string => {
    const value = texts()[key as keyof Messages];
    if (typeof value !== 'string') throw new Error(`There is no text "${key}".`);
    return value;
  };
  for (const element of root.querySelectorAll<HTMLElement>('[data-t]')) {
    element.textContent = text(element.dataset['t']);
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-t-label]')) {
    element.setAttribute('aria-label', text(element.dataset['tLabel']));
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-t-placeholder]')) {
    element.setAttribute('placeholder', text(element.dataset['tPlaceholder']));
  }
}

function show(): void {
  document.documentElement.lang = current;
  translate(document);
  for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset['language'] === current));
  }
  for (const listener of listeners) listener();
}

export function startLanguage(): void {
  current = chooseLanguage(localStorage.getItem(STORED), navigator.languages);
  for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
    button.addEventListener('click', () => {
      current = button.dataset['language'] === 'vi' ? 'vi' : 'en';
      localStorage.setItem(STORED, current);
      show();
    });
  }
  show();
}
