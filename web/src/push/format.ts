// Type of a file from its name and its first bytes. Both must agree: a wrong type would otherwise be
// sent as a whole before the platform can refuse it.

export type Format = 'csv' | 'ndjson' | 'xlsx';
export type Encoding = 'gzip' | 'zstd';

/** Why a file is refused; each is a text of the page. */
export type Refused =
  | 'fileEmpty'
  | 'fileLock'
  | 'fileOldExcel'
  | 'fileWord'
  | 'fileOpenDocument'
  | 'fileZip'
  | 'filePdf'
  | 'fileImage'
  | 'fileBinary'
  | 'fileJsonArray'
  | 'fileNotXlsx'
  | 'fileIsXlsx'
  | 'fileNotCompressed'
  | 'fileIsCompressed'
  | 'fileUnknown';

export type Detected = { format: Format; encoding: Encoding | null } | { refused: Refused };

/** How many bytes of the beginning are looked at. */
export const HEAD = 4096;

export const MEDIA_TYPE: Record<Format, string> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const EXTENSIONS: Record<string, Format> = {
  csv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  xlsx: 'xlsx',
};
const ENCODINGS: Record<string, Encoding> = { gz: 'gzip', zst: 'zstd' };
const ZIPPED_NAMES = new Set(['zip', 'xlsx']);
const IMAGES = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
];

function begins(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

function extension(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** The encoding that the first bytes state. */
export function encodingOf(head: Uint8Array): Encoding | null {
  if (begins(head, [0x1f, 0x8b])) return 'gzip';
  return begins(head, [0x28, 0xb5, 0x2f, 0xfd]) ? 'zstd' : null;
}

/** What a ZIP archive is; the names of its first entries are in clear text. */
function zipped(text: string, name: string): Detected {
  if (text.includes('application/vnd.oasis.opendocument')) return { refused: 'fileOpenDocument' };
  if (text.includes('word/') || text.includes('ppt/')) return { refused: 'fileWord' };
  const workbook = text.includes('xl/') || text.includes('[Content_Types].xml');
  const type = extension(name);
  if (type === 'xlsx') return { format: 'xlsx', encoding: null };
  return { refused: workbook && !ZIPPED_NAMES.has(type) ? 'fileIsXlsx' : 'fileZip' };
}

/** Whether the first line is a JSON object by itself; a longer line than `HEAD` is believed. */
function isRecordPerLine(text: string): boolean {
  if (!text.startsWith('{')) return false;
  const [line, rest] = text.split('\n', 2);
  if (rest === undefined && text.length >= HEAD - 4) return true;
  try {
    JSON.parse(line ?? '');
    return true;
  } catch {
    return false;
  }
}

function plain(head: Uint8Array, name: string): Detected {
  // Excel's "Unicode Text" is UTF-16: every second byte may be zero. The platform reads its mark.
  const utf16 = begins(head, [0xff, 0xfe]) || begins(head, [0xfe, 0xff]);
  if (head.includes(0) && !utf16) return { refused: 'fileBinary' };
  const text = new TextDecoder().decode(head).trimStart();
  const type = extension(name);
  if (type === 'xlsx') return { refused: 'fileNotXlsx' };
  if (type === 'json' || EXTENSIONS[type] === 'ndjson') {
    const format = { format: 'ndjson', encoding: null } as const;
    return isRecordPerLine(text) ? format : { refused: 'fileJsonArray' };
  }
  const format = EXTENSIONS[type];
  return format === undefined ? { refused: 'fileUnknown' } : { format, encoding: null };
}

/** Returns the type of a file, or why it is refused. `head` has its first `HEAD` bytes. */
export function detect(name: string, head: Uint8Array): Detected {
  if (name.startsWith('~$')) return { refused: 'fileLock' };
  if (head.length === 0) return { refused: 'fileEmpty' };

  const named = ENCODINGS[extension(name)] ?? null;
  const found = encodingOf(head);
  if (named !== null) {
    if (named !== found) return { refused: 'fileNotCompressed' };
    const format = EXTENSIONS[extension(name.replace(/\.[^.]+$/, ''))];
    return format === undefined ? { refused: 'fileUnknown' } : { format, encoding: named };
  }
  if (found !== null) return { refused: 'fileIsCompressed' };

  if (begins(head, [0xd0, 0xcf, 0x11, 0xe0])) return { refused: 'fileOldExcel' };
  if (begins(head, [0x25, 0x50, 0x44, 0x46])) return { refused: 'filePdf' };
  if (IMAGES.some((magic) => begins(head, magic))) return { refused: 'fileImage' };
  if (begins(head, [0x50, 0x4b, 0x03, 0x04])) {
    return zipped(new TextDecoder('latin1').decode(head), name);
  }
  return plain(head, name);
}

/** Reads the beginning of a file and returns its type. Fails when the file cannot be read. */
export async function detectFile(file: File): Promise<{ detected: Detected; head: Uint8Array }> {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  return { detected: detect(file.name, head), head };
}
