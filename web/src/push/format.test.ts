import { describe, expect, it } from 'vitest';

import { detect } from './format';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const bytes = (...content: number[]): Uint8Array => new Uint8Array(content);
const zip = (...names: string[]): Uint8Array =>
  new Uint8Array([0x50, 0x4b, 0x03, 0x04, ...text(names.join('\0\0'))]);

const CSV = text('externalId,title\nNV-1,Sửa đường\n');
const NDJSON = text('{"externalId":"NV-1"}\n{"externalId":"NV-2"}\n');
const XLSX = zip('[Content_Types].xml', 'xl/workbook.xml');
const GZIP = bytes(0x1f, 0x8b, 8, 0, 0);
const ZSTD = bytes(0x28, 0xb5, 0x2f, 0xfd, 0);
const OLE = bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1);

describe('the type of a file', () => {
  it.each([
    ['a.csv', CSV, 'csv', null],
    ['A.CSV', CSV, 'csv', null],
    ['nhiệm vụ (1).csv', CSV, 'csv', null],
    ['bom.csv', text('\uFEFFa,b\n'), 'csv', null],
    ['unicode.csv', bytes(0xff, 0xfe, 0x61, 0, 0x2c, 0), 'csv', null],
    ['a.ndjson', NDJSON, 'ndjson', null],
    ['a.jsonl', NDJSON, 'ndjson', null],
    ['a.json', NDJSON, 'ndjson', null],
    ['long.ndjson', text(`{"a":"${'x'.repeat(4089)}`), 'ndjson', null],
    ['a.xlsx', XLSX, 'xlsx', null],
    ['a.csv.gz', GZIP, 'csv', 'gzip'],
    ['a.ndjson.zst', ZSTD, 'ndjson', 'zstd'],
    ['a.xlsx.gz', GZIP, 'xlsx', 'gzip'],
  ])('%s is taken', (name, head, format, encoding) => {
    expect(detect(name, head)).toEqual({ format, encoding });
  });

  it.each([
    ['a.csv', bytes(), 'fileEmpty'],
    ['~$a.xlsx', XLSX, 'fileLock'],
    ['a.xls', OLE, 'fileOldExcel'],
    ['locked.xlsx', OLE, 'fileOldExcel'],
    ['a.docx', zip('[Content_Types].xml', 'word/document.xml'), 'fileWord'],
    ['a.xlsx', zip('[Content_Types].xml', 'word/document.xml'), 'fileWord'],
    ['a.ods', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), 'fileOpenDocument'],
    ['a.zip', zip('a.csv'), 'fileZip'],
    ['a.csv', XLSX, 'fileIsXlsx'],
    ['a.pdf', text('%PDF-1.7'), 'filePdf'],
    ['a.xlsx', text('%PDF-1.7'), 'filePdf'],
    ['a.png', bytes(0x89, 0x50, 0x4e, 0x47), 'fileImage'],
    ['a.csv', bytes(0xff, 0xd8, 0xff), 'fileImage'],
    ['a.csv', bytes(0x61, 0, 0x62), 'fileBinary'],
    ['a.xlsx', CSV, 'fileNotXlsx'],
    ['a.json', text('[{"a":1}]'), 'fileJsonArray'],
    ['a.json', text('{\n  "a": 1\n}'), 'fileJsonArray'],
    ['a.ndjson', CSV, 'fileJsonArray'],
    ['a.csv.gz', CSV, 'fileNotCompressed'],
    ['a.csv.zst', GZIP, 'fileNotCompressed'],
    ['a.csv', GZIP, 'fileIsCompressed'],
    ['a.tar.gz', GZIP, 'fileUnknown'],
    ['a.txt', CSV, 'fileUnknown'],
    ['a', CSV, 'fileUnknown'],
  ])('%s is refused', (name, head, refused) => {
    expect(detect(name, head)).toEqual({ refused });
  });
});
