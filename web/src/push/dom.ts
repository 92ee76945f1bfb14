// Building elements. Texts are always set as text, never as markup.

type Child = Node | string | null;
type Properties = Record<string, string | boolean | ((event: Event) => void) | null>;

/** The element with this id, which the page must have. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`push.html has no element with the id "${id}".`);
  return element as T;
}

/** Makes an element. A function is a listener, a boolean an attribute that is there or not. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (typeof value === 'boolean') element.toggleAttribute(name, value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function button(label: string, click: () => void, className = ''): HTMLButtonElement {
  return make('button', { type: 'button', class: className || null, click }, label);
}

export function table(caption: string, heads: Child[], rows: HTMLElement[]): HTMLTableElement {
  const cells = heads.map((head) => make('th', { scope: 'col' }, head));
  return make(
    'table',
    {},
    make('caption', { class: 'visually-hidden' }, caption),
    make('thead', {}, make('tr', {}, ...cells)),
    make('tbody', {}, ...rows),
  );
}

/** Gives the browser a file to save. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = make('a', { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
