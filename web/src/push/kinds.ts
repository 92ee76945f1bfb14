// The list of kinds, and the description of the chosen one.
import type { Field, Kind } from './api';
import { list, text } from './answer';
import { byId, make, table } from './dom';
import { inLanguage, language, number, texts } from './language';

/** A text without marks and capitals: people search "nhiem vu" as well as "Nhiệm vụ". */
export function folded(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '');
  return bare.replace(/đ/gi, 'd').toLowerCase();
}

/** Whether every word of the search occurs in the names or the description. */
export function matches(kind: Kind, search: string): boolean {
  const { name, description } = kind;
  const words = [kind.kind, kind.service, name.en, name.vi, description.en, description.vi];
  const within = folded(words.join(' '));
  return folded(search)
    .split(/\s+/)
    .every((word) => within.includes(word));
}

/** The header of a field in the language of the page. */
export function headerOf(field: Field): string {
  return language() === 'vi' ? field.header : field.title;
}

export function showKinds(
  kinds: Kind[],
  chosen: Kind | null,
  search: string,
  choose: (kind: Kind) => void,
): void {
  const shown = kinds.filter((kind) => matches(kind, search));
  const items = shown.map((kind) => {
    const input = make('input', {
      type: 'radio',
      name: 'kind',
      value: kind.kind,
      change: () => choose(kind),
    });
    input.checked = kind === chosen;
    return make(
      'label',
      { class: 'kind' },
      input,
      make(
        'span',
        {},
        make('strong', {}, inLanguage(kind.name)),
        make('span', { class: 'hint' }, inLanguage(kind.description)),
      ),
    );
  });
  const fieldset = byId('kind-list');
  fieldset.replaceChildren(...[...fieldset.children].slice(0, 1), ...items);
  const words = texts();
  const found = words.kindsFound(number(shown.length), number(kinds.length));
  const none = kinds.length === 0 ? words.noKinds : words.kindsNone;
  byId('kind-none').textContent = shown.length === 0 ? none : search.trim() === '' ? '' : found;
}

/** The values of a choice: texts, pairs of value and label, or objects with both. */
function choices(form: Record<string, unknown>): string[] {
  const values = form['values'] ?? form['choices'] ?? form['options'];
  if (!Array.isArray(values)) return [];
  const objects = list(values);
  if (objects.length > 0) return objects.map((item) => label(text(item['value']), item['label']));
  return values.map((item: unknown) =>
    Array.isArray(item) ? label(text(item[0]), item[1]) : text(item),
  );
}

function label(value: string, shown: unknown): string {
  if (typeof shown === 'string') return shown === '' ? value : `${value} (${shown})`;
  if (typeof shown !== 'object' || shown === null) return value;
  const { en, vi } = shown as Record<string, unknown>;
  return `${value} (${inLanguage({ en: text(en), vi: text(vi) })})`;
}

/** The values that a field takes, in words. */
export function formOf({ form }: Field): string {
  const words = texts();
  const { max, min, width } = form;
  switch (form['type']) {
    case 'Text':
      return typeof max === 'number' ? words.formText(number(max)) : words.formPlainText;
    case 'Digits':
      return typeof width === 'number' ? words.formDigits(number(width)) : words.formCode;
    case 'Integer': {
      const ranged = Number.isSafeInteger(min) && Number.isSafeInteger(max);
      return ranged
        ? words.formRange(number(min as number), number(max as number))
        : words.formInteger;
    }
    case 'Decimal':
      return words.formDecimal;
    case 'Boolean':
      return words.formBoolean;
    case 'Date':
      return words.formDate;
    case 'DateTime':
      return words.formDateTime;
    case 'Choice':
      return words.formChoice(choices(form).join(', '));
    case 'Texts':
      return words.formTexts;
    default:
      return text(form['type']);
  }
}

export function showChosen(kind: Kind): void {
  const words = texts();
  const { fields } = kind;
  byId('kind-description').replaceChildren(
    make('strong', {}, inLanguage(kind.name)),
    ` — ${inLanguage(kind.description)} `,
    make('code', {}, kind.kind),
  );
  const required = fields.filter((field) => field.required).length;
  byId('columns-summary').textContent = words.columns(number(fields.length), number(required));
  const rows = fields.map((field) =>
    make(
      'tr',
      {},
      make(
        'th',
        { scope: 'row' },
        headerOf(field),
        make('code', { class: 'field-name' }, field.name),
      ),
      make('td', {}, field.required ? make('strong', {}, words.yes) : ''),
      make('td', {}, formOf(field)),
      make('td', {}, inLanguage(field.description)),
      make('td', {}, field.example),
    ),
  );
  const heads = [
    words.columnHeader,
    words.columnRequired,
    words.columnForm,
    words.columnDescription,
    words.columnExample,
  ];
  const caption = byId('columns-summary').textContent ?? '';
  byId('columns-table').replaceChildren(table(caption, heads, rows));
}
