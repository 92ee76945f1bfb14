// Step 4: a file is dropped or chosen, and its type is checked.
import { byId, make } from './dom';
import { type Encoding, type Format, type Refused, detectFile } from './format';
import { size, texts } from './language';

export interface Chosen {
  file: File;
  format: Format;
  encoding: Encoding | null;
}

type Refusal = Refused | 'fileOne' | 'fileFolder' | 'fileUnreadable';

let chosen: Chosen | null = null;
let refused: { reason: Refusal; name: string } | null = null;
let locked = false;

export function chosenFile(): Chosen | null {
  return chosen;
}

/** While a file is being sent, no other can be chosen. */
export function lockFile(lock: boolean): void {
  locked = lock;
  byId<HTMLButtonElement>('file-choose').disabled = lock;
  byId('drop').classList.toggle('locked', lock);
}

function refusalText({ reason, name }: { reason: Refusal; name: string }): string {
  const words = texts();
  if (reason === 'fileUnknown') return words.fileUnknown(name);
  if (reason === 'fileIsCompressed') return words.fileIsCompressed('.gz / .zst');
  return words[reason];
}

export function showFile(): void {
  const words = texts();
  byId('file-chosen').hidden = chosen === null;
  if (chosen !== null) {
    const { file, format, encoding } = chosen;
    const formats = { csv: words.formatCsv, ndjson: words.formatNdjson, xlsx: words.formatXlsx };
    const type = `${formats[format]}${encoding === null ? '' : `, ${words.compressed}`}`;
    byId('file-name').replaceChildren(
      make('strong', {}, file.name),
      make('span', { class: 'hint' }, ` ${type} · ${size(file.size)}`),
    );
  }
  const problem = byId('file-problem');
  if (refused === null) return problem.replaceChildren();
  problem.replaceChildren(
    make(
      'div',
      { class: 'problem' },
      make('p', {}, make('strong', {}, words.fileRefused), refused.name ? ` ${refused.name}` : ''),
      make('p', {}, refusalText(refused)),
    ),
  );
}

async function take(file: File): Promise<void> {
  chosen = null;
  refused = null;
  try {
    const { detected } = await detectFile(file);
    if ('refused' in detected) refused = { reason: detected.refused, name: file.name };
    else chosen = { file, ...detected };
  } catch {
    refused = { reason: 'fileUnreadable', name: file.name };
  }
}

/** `onChange` runs after another file was chosen, refused or put away. */
export function startFile(onChange: () => void): void {
  const input = byId<HTMLInputElement>('file');
  const drop = byId('drop');
  const changed = (): void => {
    showFile();
    onChange();
    if (chosen !== null) byId('send').focus();
  };
  const refuse = (reason: Refusal, name = ''): void => {
    chosen = null;
    refused = { reason, name };
    changed();
  };

  byId('file-choose').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // The same file can be chosen again after it was mended.
    input.value = '';
    if (file !== undefined) void take(file).then(changed);
  });
  byId('file-clear').addEventListener('click', () => {
    chosen = null;
    refused = null;
    changed();
    byId('file-choose').focus();
  });

  // The whole page takes the file: beside the field, the browser would leave the page for it.
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.toggle('over', !locked);
  });
  window.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) drop.classList.remove('over');
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const data = event.dataTransfer;
    if (data === null || locked || drop.closest('[hidden]') !== null) return;
    const [file, second] = data.files;
    if (file === undefined) return;
    if (second !== undefined) return refuse('fileOne');
    if (data.items[0]?.webkitGetAsEntry?.()?.isDirectory) return refuse('fileFolder', file.name);
    void take(file).then(changed);
  });
}
