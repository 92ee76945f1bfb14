// Step 3: the source, and how the file is taken.
import { byId, make } from './dom';
import { texts } from './language';

const STORED = 'push.source';

export interface Options {
  source: string;
  dryRun: boolean;
  atomic: boolean;
  replace: boolean;
}

function checkbox(id: string): HTMLInputElement {
  return byId<HTMLInputElement>(id);
}

export function options(): Options {
  const field = document.getElementById('source-input') as
    HTMLInputElement | HTMLSelectElement | null;
  return {
    source: field?.value.trim() ?? '',
    dryRun: checkbox('option-dry').checked,
    atomic: checkbox('option-atomic').checked,
    replace: checkbox('option-replace').checked,
  };
}

/** The query of the request. */
export function query({ source, dryRun, atomic, replace }: Options): string {
  const parameters = new URLSearchParams({ source });
  if (dryRun) parameters.set('dryRun', 'true');
  if (atomic) parameters.set('atomic', 'true');
  if (replace) parameters.set('mode', 'replace');
  return parameters.toString();
}

/** Shows the field of the source: a choice of those that the credential may speak for, or free. */
export function showSource(sources: string[] | null, wanted: string | null): void {
  const words = texts();
  const before = options().source || wanted || localStorage.getItem(STORED) || '';
  const none = sources?.length === 0;
  let field: HTMLInputElement | HTMLSelectElement;
  if (sources === null) {
    field = make('input', { id: 'source-input', autocomplete: 'off', spellcheck: 'false' });
    field.value = before;
  } else {
    const choose = sources.length === 1 ? [] : [make('option', { value: '' }, words.sourceChoose)];
    const choices = sources.map((source) => make('option', { value: source }, source));
    field = make('select', { id: 'source-input' }, ...choose, ...choices);
    if (sources.includes(before)) field.value = before;
    field.disabled = none;
  }
  field.setAttribute('aria-describedby', 'source-hint source-problem');
  byId('source-field').replaceChildren(field);
  byId('source-hint').textContent = none ? words.sourceNone : words.sourceHint;
}

/** What is missing before a file can be sent, or null; goes to the place where it is missing. */
export function missing(): string | null {
  const words = texts();
  const { source, dryRun, replace } = options();
  byId('source-problem').textContent = source === '' ? words.sourceMissing : '';
  if (source === '') {
    byId('source-input').focus();
    return words.sourceMissing;
  }
  if (replace && !dryRun && !checkbox('replace-understood').checked) {
    checkbox('replace-understood').focus();
    return words.replaceMissing;
  }
  return null;
}

export function startOptions(onSource: () => void, onOptions: () => void): void {
  byId('source').addEventListener('change', () => {
    byId('source-problem').textContent = '';
    localStorage.setItem(STORED, options().source);
    onSource();
  });
  for (const id of ['option-dry', 'option-atomic', 'option-replace']) {
    byId(id).addEventListener('change', () => {
      const { replace } = options();
      byId('replace-warning').hidden = !replace;
      if (!replace) checkbox('replace-understood').checked = false;
      onOptions();
    });
  }
}
