// Texts of the page in both languages. A key that one language lacks does not compile.

export type Language = 'vi' | 'en';

/** A text in both languages, as the server sends it. */
export interface Words {
  en: string;
  vi: string;
}

const en = {
  title: 'Send data',
  skip: 'Skip to the content',
  language: 'Language',

  keyTitle: 'Your API key',
  keyHelp:
    'Paste the API key that your department received. It stays in this tab and is forgotten when you close it.',
  keyLabel: 'API key',
  keyUse: 'Use this key',
  keyEmpty: 'Paste the key first.',
  keyCharacters:
    'This is not a key: a key has only letters, digits and punctuation, and no spaces. Copy it again.',
  keyChange: 'Use another key',
  keyDevelopment: 'Development credential',
  keyEnding: (end: string) => `Key ending in ${end}`,
  keyNone: 'No key yet',

  loading: 'Loading…',
  tryAgain: 'Try again',
  chooseKind: 'What do you send?',
  searchKinds: 'Search the kinds of data',
  kindsFound: (shown: string, all: string) => `${shown} of ${all} kinds`,
  kindsNone: 'No kind of data matches. Search for another word.',
  noKinds: 'This key may not send any kind of data. Ask the operators of the platform.',
  chooseFirst: 'Choose on the list what you send. The next steps appear here.',

  getTemplate: 'Get the template',
  templateXlsx: 'Template for Excel (XLSX)',
  templateCsv: 'Template CSV',
  templateHint: 'It has the right columns and an example row.',
  columns: (count: string, required: string) => `Columns: ${count}, of which ${required} required`,
  columnHeader: 'Column',
  columnRequired: 'Required',
  columnForm: 'Values',
  columnDescription: 'Meaning',
  columnExample: 'Example',
  yes: 'yes',
  formText: (max: string) => `text, at most ${max} characters`,
  formPlainText: 'text',
  formDigits: (width: string) => `code of ${width} digits`,
  formCode: 'code of digits',
  formInteger: 'whole number',
  formRange: (min: string, max: string) => `whole number from ${min} to ${max}`,
  formDecimal: 'decimal number',
  formBoolean: 'yes or no (true, false)',
  formDate: 'day: 2026-03-15 or 15/03/2026',
  formDateTime: 'time: 2026-03-15T08:30:00+07:00 or 15/03/2026 08:30',
  formChoice: (values: string) => `one of: ${values}`,
  formTexts: 'several texts, separated by ;',

  sourceAndOptions: 'Source and options',
  source: 'Source',
  sourceHint: 'The system or department whose records these are.',
  sourceNone: 'This key may not send for any source. Ask the operators of the platform.',
  sourceMissing: 'Name the source first.',
  sourceChoose: 'Choose…',
  options: 'Options',
  dryRun: 'Try only',
  dryRunHint: 'Checks every row and answers as usual, but writes nothing.',
  atomic: 'All or nothing',
  atomicHint: 'If one row fails, no row is written.',
  replace: 'Replace everything',
  replaceHint: 'The file is the complete list. Records that it does not contain are withdrawn.',
  replaceWarningTitle: 'Records that are missing from the file will be withdrawn.',
  replaceWarning:
    'Every record of this kind that this source sent earlier, and that is not in the file, is withdrawn from the platform. Use this only with a complete list, never with a part of it. Tick “Try only” first to see what would happen.',
  replaceUnderstood: 'I understand: the file is the complete list of this source.',
  replaceMissing: 'Confirm in step 3 that the file is the complete list, or tick “Try only”.',

  chooseFile: 'Send the file',
  dryBand: 'TRY ONLY — nothing will be written',
  dropHere: 'Drop the file here, or',
  browse: 'Choose a file…',
  fileTypes: 'XLSX, CSV or NDJSON; CSV and NDJSON also compressed as .gz or .zst.',
  otherFile: 'Another file',
  send: 'Send',
  sendDry: 'Try without writing',
  progress: 'Progress',
  cancel: 'Stop',

  formatCsv: 'CSV',
  formatNdjson: 'NDJSON',
  formatXlsx: 'Excel (XLSX)',
  compressed: 'compressed',
  fileRefused: 'This file cannot be sent.',
  fileOne: 'Drop one file at a time.',
  fileFolder: 'This is a folder. Drop the file itself.',
  fileEmpty: 'The file is empty.',
  fileLock:
    'This is the file that Excel keeps while a workbook is open (its name begins with ~$). Choose the workbook itself.',
  fileOldExcel:
    'This is a workbook of the old Excel format (.xls), or one with a password. Open it in Excel, remove the password, and save it as “Excel Workbook (.xlsx)”.',
  fileWord: 'This is a document or presentation, not a table. Copy the table into the template.',
  fileOpenDocument:
    'This is an OpenDocument spreadsheet. Save it as “Excel 2007–365 (.xlsx)” or as CSV.',
  fileZip: 'This is a ZIP archive. Unpack it and send the file inside.',
  filePdf: 'This is a PDF. Copy the table into the template.',
  fileImage: 'This is a picture. Copy the table into the template.',
  fileBinary: 'The content is not text, although its name says so.',
  fileJsonArray:
    'This is one JSON document. Write one record per line (NDJSON), without the brackets and commas around them.',
  fileNotXlsx: 'The name ends in .xlsx, but the content is not an Excel workbook.',
  fileIsXlsx:
    'The content is an Excel workbook, but the name does not end in .xlsx. Rename it, then choose it again.',
  fileNotCompressed:
    'The name says that the file is compressed, but it is not. Remove .gz or .zst from its name.',
  fileIsCompressed: (end: string) =>
    `The file is compressed, but its name does not say so. Add ${end} to its name.`,
  fileUnknown: (name: string) =>
    `The type of “${name}” is not known. Send .xlsx, .csv or .ndjson, or begin from the template.`,
  fileUnreadable:
    'The browser can no longer read the file: it was changed, moved or is locked by another program. Save and close it, then choose it again.',

  preparing: (percent: string) => `Compressing the file: ${percent}`,
  sending: (sent: string, total: string) => `Sending: ${sent} of ${total}`,
  sendingUnmeasured: (total: string) => `Sending ${total}…`,
  waiting: 'Sent. The platform reads the file…',
  answered: (rows: string) => `Rows answered: ${rows}`,
  answeredOf: (rows: string, total: string) => `Rows answered: ${rows} of about ${total}`,
  stopped: 'You stopped the sending.',
  stoppedHelp:
    'Rows that had been answered may already be written. Sending the same file again is safe: rows that are already there count as unchanged.',

  done: (rows: string) => `All ${rows} rows are in`,
  doneFailed: (failed: string, rows: string) => `${failed} of ${rows} rows need your attention`,
  dryDone: (rows: string) => `Trial: all ${rows} rows are right`,
  dryFailed: (failed: string, rows: string) =>
    `Trial: ${failed} of ${rows} rows would need your attention`,
  dryNothing: 'This was a trial. Nothing was written.',
  failed: 'The file was not accepted as a whole',
  rolledBack: 'Nothing was written',
  rolledBackHelp:
    'You asked for all or nothing, and at least one row failed. Mend the rows below and send the file again.',
  empty: 'The file has no rows',
  emptyHelp: 'Only a header was found. Fill in the rows below the header, save, and send again.',
  sendForReal: 'Send for real now',
  status: 'Result',
  rowsCount: 'Rows',
  meaning: 'What it means',
  statusName: {
    CREATED: 'Created',
    UPDATED: 'Updated',
    UNCHANGED: 'Unchanged',
    STALE: 'Older than known',
    REMOVED: 'Removed',
    PARKED: 'Parked',
    REJECTED: 'Rejected',
  },
  statusMeaning: {
    CREATED: 'The record was not known; it was added.',
    UPDATED: 'The record was known; its fields were changed.',
    UNCHANGED: 'The platform already has exactly this. Nothing to do.',
    STALE:
      'The platform has a newer version of this record, so the row was not applied. Not an error; check whether the file is old.',
    REMOVED:
      'The file replaces all records of its scope, and this one is not in it; it was removed.',
    PARKED:
      'The row is kept but waits: it refers to something the platform does not know yet. Send what is missing, then “Try parked rows again”.',
    REJECTED: 'The row is wrong and was not taken. Mend it and send it again.',
  },
  failedRows: 'Rows that need attention',
  failedFirst: (shown: string, all: string) =>
    `The first ${shown} of ${all} are shown. Download all of them with the button above.`,
  line: 'Line',
  externalId: 'External id',
  reasons: 'Reasons',
  noReason: 'The platform gave no reason.',
  frequent: 'Most frequent reasons',
  times: (count: string) => `${count} rows`,
  downloadFailed: (type: string) => `Download these rows (${type})`,
  mendHint:
    'The download has only the rows that failed, with a column of reasons. Mend them there, save, and drop that file in step 4. Rows that are in already need not be sent again.',
  mendHintWhole:
    'The download has only these rows, with a column of reasons. Mend them in your own file, and send that whole file: none of its rows is in yet, or it must stay complete.',
  receiptNumber: 'Receipt',

  receiptsOf: (source: string) => `Receipts of ${source}`,
  receiptsNone: 'Nothing was sent for this source yet.',
  refresh: 'Refresh',
  received: 'Received',
  kind: 'Kind',
  file: 'File',
  state: 'State',
  actions: 'Actions',
  states: {
    DONE: 'Done',
    FAILED: 'Failed',
    DRY_RUN: 'Trial',
    ROLLED_BACK: 'Nothing written',
    UNDONE: 'Undone',
    RUNNING: 'Running',
  } as Record<string, string>,
  retry: 'Try parked rows again',
  retryDone: (parked: string) => `The parked rows were tried again. Still parked: ${parked}.`,
  undo: 'Undo',
  undoQuestion: (rows: string, kind: string, when: string) =>
    `Undo the sending of ${rows} rows (${kind}, ${when})? Records that it created are removed, and records that it changed get their earlier content back.`,
  undoYes: 'Yes, undo it',
  undoDone: 'The sending was undone.',
  actionDone: 'Done.',
  keep: 'No, keep it',
  failedDownload: 'Failed rows',

  problem: {
    network: 'The platform cannot be reached.',
    networkHelp:
      'Check the network, then try again. Nothing is written twice: the attempt keeps its number.',
    cut: (rows: string) => `The connection broke after ${rows} rows had been answered.`,
    cutHelp:
      'Try again: the attempt keeps its number, so that nothing is written twice. The receipts below show what arrived.',
    malformed: 'The answer of the platform could not be read.',
    malformedHelp: 'Try again. If it happens again, tell the operators of the platform.',
    s400: 'The platform did not understand the request.',
    s400Help: 'Read the message below, mend the file or the options, and send again.',
    s401: 'The key is not valid, or it has expired.',
    s401Help: 'Paste the key again at the top of the page, or ask for a new one.',
    s403: 'This key may not do that.',
    s403Help:
      'Check the source in step 3. If it is right, ask the operators for a key that may send this kind for it.',
    s404: 'The platform does not know this.',
    s404Help: 'Reload the page and choose again. It may have been removed.',
    s409: 'This collides with something else.',
    s409Help:
      'Another file of this source may be in work, or the records have changed since. Wait a moment, refresh the receipts, and try again.',
    s413: 'The file is too large.',
    s413Help: 'Divide it into smaller files, or compress the CSV (.gz) and send that.',
    s415: 'The platform does not take this type of file.',
    s415Help: 'Use the template: XLSX, CSV or NDJSON.',
    s429: 'Too many requests in a short time.',
    s429Help: 'Wait a minute, then try again.',
    s429HelpSeconds: (seconds: string) => `Wait ${seconds} seconds, then try again.`,
    s500: 'The platform has a fault.',
    s500Help:
      'It is not your file. Try again in a few minutes; if it stays, tell the operators of the platform.',
    said: 'Message of the platform:',
  },
};

export type Messages = typeof en;

const vi: Messages = {
  title: 'Gửi dữ liệu',
  skip: 'Tới nội dung',
  language: 'Ngôn ngữ',

  keyTitle: 'Khóa API của bạn',
  keyHelp:
    'Dán khóa API mà đơn vị bạn đã được cấp. Khóa chỉ nằm trong thẻ trình duyệt này và bị xóa khi bạn đóng thẻ.',
  keyLabel: 'Khóa API',
  keyUse: 'Dùng khóa này',
  keyEmpty: 'Hãy dán khóa trước.',
  keyCharacters:
    'Đây không phải là khóa: khóa chỉ gồm chữ không dấu, chữ số và dấu câu, không có khoảng trắng. Hãy sao chép lại.',
  keyChange: 'Dùng khóa khác',
  keyDevelopment: 'Khóa dành cho phát triển',
  keyEnding: (end) => `Khóa có đuôi ${end}`,
  keyNone: 'Chưa có khóa',

  loading: 'Đang tải…',
  tryAgain: 'Thử lại',
  chooseKind: 'Bạn gửi dữ liệu gì?',
  searchKinds: 'Tìm loại dữ liệu',
  kindsFound: (shown, all) => `${shown} trên ${all} loại`,
  kindsNone: 'Không có loại dữ liệu nào khớp. Hãy tìm từ khác.',
  noKinds: 'Khóa này không được gửi loại dữ liệu nào. Hãy liên hệ đơn vị vận hành nền tảng.',
  chooseFirst: 'Hãy chọn trong danh sách loại dữ liệu bạn gửi. Các bước tiếp theo sẽ hiện ở đây.',

  getTemplate: 'Lấy tệp mẫu',
  templateXlsx: 'Mẫu Excel (XLSX)',
  templateCsv: 'Mẫu CSV',
  templateHint: 'Tệp mẫu có sẵn các cột đúng và một dòng ví dụ.',
  columns: (count, required) => `Các cột: ${count}, trong đó ${required} bắt buộc`,
  columnHeader: 'Cột',
  columnRequired: 'Bắt buộc',
  columnForm: 'Giá trị',
  columnDescription: 'Ý nghĩa',
  columnExample: 'Ví dụ',
  yes: 'có',
  formText: (max) => `văn bản, tối đa ${max} ký tự`,
  formPlainText: 'văn bản',
  formDigits: (width) => `mã gồm ${width} chữ số`,
  formCode: 'mã gồm các chữ số',
  formInteger: 'số nguyên',
  formRange: (min, max) => `số nguyên từ ${min} đến ${max}`,
  formDecimal: 'số thập phân',
  formBoolean: 'có hoặc không',
  formDate: 'ngày: 15/03/2026 hoặc 2026-03-15',
  formDateTime: 'thời điểm: 15/03/2026 08:30 hoặc 2026-03-15T08:30:00+07:00',
  formChoice: (values) => `một trong: ${values}`,
  formTexts: 'nhiều giá trị, cách nhau bằng dấu ;',

  sourceAndOptions: 'Nguồn và tùy chọn',
  source: 'Nguồn',
  sourceHint: 'Hệ thống hoặc đơn vị là chủ của các bản ghi này.',
  sourceNone: 'Khóa này không được gửi thay cho nguồn nào. Hãy liên hệ đơn vị vận hành nền tảng.',
  sourceMissing: 'Hãy cho biết nguồn trước.',
  sourceChoose: 'Chọn…',
  options: 'Tùy chọn',
  dryRun: 'Chỉ thử',
  dryRunHint: 'Kiểm tra từng dòng và trả lời như thật, nhưng không ghi gì.',
  atomic: 'Tất cả hoặc không',
  atomicHint: 'Chỉ cần một dòng hỏng thì không dòng nào được ghi.',
  replace: 'Thay thế toàn bộ',
  replaceHint: 'Tệp là danh sách đầy đủ. Bản ghi không có trong tệp sẽ bị thu hồi.',
  replaceWarningTitle: 'Các bản ghi không có trong tệp sẽ bị thu hồi.',
  replaceWarning:
    'Mọi bản ghi loại này mà nguồn này đã gửi trước đây nhưng không có trong tệp sẽ bị thu hồi khỏi nền tảng. Chỉ dùng khi tệp là danh sách đầy đủ, không dùng với một phần danh sách. Hãy chọn “Chỉ thử” trước để xem kết quả.',
  replaceUnderstood: 'Tôi hiểu: tệp này là danh sách đầy đủ của nguồn.',
  replaceMissing: 'Hãy xác nhận ở bước 3 rằng tệp là danh sách đầy đủ, hoặc chọn “Chỉ thử”.',

  chooseFile: 'Gửi tệp',
  dryBand: 'CHỈ THỬ — không ghi gì vào hệ thống',
  dropHere: 'Thả tệp vào đây, hoặc',
  browse: 'Chọn tệp…',
  fileTypes: 'XLSX, CSV hoặc NDJSON; CSV và NDJSON có thể nén thành .gz hoặc .zst.',
  otherFile: 'Tệp khác',
  send: 'Gửi',
  sendDry: 'Thử, không ghi',
  progress: 'Tiến độ',
  cancel: 'Dừng',

  formatCsv: 'CSV',
  formatNdjson: 'NDJSON',
  formatXlsx: 'Excel (XLSX)',
  compressed: 'đã nén',
  fileRefused: 'Không gửi được tệp này.',
  fileOne: 'Mỗi lần chỉ thả một tệp.',
  fileFolder: 'Đây là thư mục. Hãy thả chính tệp cần gửi.',
  fileEmpty: 'Tệp trống.',
  fileLock:
    'Đây là tệp Excel tạo ra khi bảng tính đang mở (tên bắt đầu bằng ~$). Hãy chọn chính bảng tính.',
  fileOldExcel:
    'Đây là bảng tính Excel kiểu cũ (.xls) hoặc có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu rồi lưu thành “Excel Workbook (.xlsx)”.',
  fileWord: 'Đây là văn bản hoặc bản trình chiếu, không phải bảng. Hãy chép bảng vào tệp mẫu.',
  fileOpenDocument: 'Đây là bảng tính OpenDocument. Hãy lưu thành “Excel (.xlsx)” hoặc CSV.',
  fileZip: 'Đây là tệp nén ZIP. Hãy giải nén rồi gửi tệp bên trong.',
  filePdf: 'Đây là tệp PDF. Hãy chép bảng vào tệp mẫu.',
  fileImage: 'Đây là hình ảnh. Hãy chép bảng vào tệp mẫu.',
  fileBinary: 'Nội dung không phải văn bản, dù tên tệp cho biết là văn bản.',
  fileJsonArray:
    'Đây là một tài liệu JSON. Hãy viết mỗi bản ghi trên một dòng (NDJSON), không có ngoặc và dấu phẩy bao quanh.',
  fileNotXlsx: 'Tên tệp kết thúc bằng .xlsx nhưng nội dung không phải bảng tính Excel.',
  fileIsXlsx:
    'Nội dung là bảng tính Excel nhưng tên tệp không kết thúc bằng .xlsx. Hãy đổi tên rồi chọn lại.',
  fileNotCompressed:
    'Tên tệp cho biết tệp đã nén, nhưng nội dung thì không. Hãy bỏ .gz hoặc .zst khỏi tên.',
  fileIsCompressed: (end) =>
    `Tệp đã được nén nhưng tên không cho biết điều đó. Hãy thêm ${end} vào tên.`,
  fileUnknown: (name) =>
    `Không biết “${name}” thuộc loại nào. Hãy gửi .xlsx, .csv hoặc .ndjson, hoặc bắt đầu từ tệp mẫu.`,
  fileUnreadable:
    'Trình duyệt không đọc được tệp nữa: tệp đã bị sửa, bị chuyển chỗ hoặc đang bị chương trình khác khóa. Hãy lưu và đóng tệp, rồi chọn lại.',

  preparing: (percent) => `Đang nén tệp: ${percent}`,
  sending: (sent, total) => `Đang gửi: ${sent} trên ${total}`,
  sendingUnmeasured: (total) => `Đang gửi ${total}…`,
  waiting: 'Đã gửi xong. Nền tảng đang đọc tệp…',
  answered: (rows) => `Số dòng đã trả lời: ${rows}`,
  answeredOf: (rows, total) => `Số dòng đã trả lời: ${rows} trên khoảng ${total}`,
  stopped: 'Bạn đã dừng việc gửi.',
  stoppedHelp:
    'Những dòng đã được trả lời có thể đã được ghi. Gửi lại chính tệp này là an toàn: dòng đã có sẽ được tính là không đổi.',

  done: (rows) => `Đã nhận đủ ${rows} dòng`,
  doneFailed: (failed, rows) => `${failed} trên ${rows} dòng cần bạn xem lại`,
  dryDone: (rows) => `Chạy thử: cả ${rows} dòng đều đúng`,
  dryFailed: (failed, rows) => `Chạy thử: ${failed} trên ${rows} dòng sẽ cần xem lại`,
  dryNothing: 'Đây là lần chạy thử. Không có gì được ghi.',
  failed: 'Tệp không được chấp nhận',
  rolledBack: 'Không có gì được ghi',
  rolledBackHelp:
    'Bạn đã chọn “Tất cả hoặc không” và có ít nhất một dòng hỏng. Hãy sửa các dòng dưới đây rồi gửi lại tệp.',
  empty: 'Tệp không có dòng dữ liệu nào',
  emptyHelp: 'Chỉ thấy dòng tiêu đề. Hãy điền dữ liệu bên dưới tiêu đề, lưu lại rồi gửi.',
  sendForReal: 'Gửi thật ngay',
  status: 'Kết quả',
  rowsCount: 'Số dòng',
  meaning: 'Ý nghĩa',
  statusName: {
    CREATED: 'Tạo mới',
    UPDATED: 'Cập nhật',
    UNCHANGED: 'Không đổi',
    STALE: 'Cũ hơn',
    REMOVED: 'Đã gỡ',
    PARKED: 'Tạm giữ',
    REJECTED: 'Bị từ chối',
  },
  statusMeaning: {
    CREATED: 'Bản ghi chưa có; đã được thêm.',
    UPDATED: 'Bản ghi đã có; các trường đã được thay đổi.',
    UNCHANGED: 'Nền tảng đã có đúng nội dung này. Không cần làm gì.',
    STALE:
      'Nền tảng đã có phiên bản mới hơn của bản ghi nên dòng này không được áp dụng. Không phải lỗi; hãy kiểm tra xem tệp có cũ không.',
    REMOVED:
      'Tệp thay thế toàn bộ bản ghi trong phạm vi và không còn bản ghi này; bản ghi đã được gỡ.',
    PARKED:
      'Dòng được giữ lại để chờ: nó nhắc tới thứ mà nền tảng chưa biết. Hãy gửi phần còn thiếu, rồi bấm “Thử lại dòng tạm giữ”.',
    REJECTED: 'Dòng sai và không được nhận. Hãy sửa rồi gửi lại.',
  },
  failedRows: 'Các dòng cần xem lại',
  failedFirst: (shown, all) =>
    `Chỉ hiện ${shown} dòng đầu trên ${all} dòng. Hãy tải đầy đủ bằng nút ở trên.`,
  line: 'Dòng',
  externalId: 'Mã bên ngoài',
  reasons: 'Lý do',
  noReason: 'Nền tảng không cho biết lý do.',
  frequent: 'Lý do thường gặp nhất',
  times: (count) => `${count} dòng`,
  downloadFailed: (type) => `Tải các dòng này (${type})`,
  mendHint:
    'Tệp tải về chỉ có các dòng hỏng, kèm cột lý do. Hãy sửa ngay trong đó, lưu lại rồi thả tệp ấy vào bước 4. Không cần gửi lại các dòng đã nhận.',
  mendHintWhole:
    'Tệp tải về chỉ có các dòng này, kèm cột lý do. Hãy sửa trong tệp gốc của bạn rồi gửi lại cả tệp: các dòng của tệp chưa được ghi, hoặc tệp phải là danh sách đầy đủ.',
  receiptNumber: 'Biên nhận',

  receiptsOf: (source) => `Biên nhận của ${source}`,
  receiptsNone: 'Nguồn này chưa gửi gì.',
  refresh: 'Làm mới',
  received: 'Nhận lúc',
  kind: 'Loại',
  file: 'Tệp',
  state: 'Trạng thái',
  actions: 'Thao tác',
  states: {
    DONE: 'Xong',
    FAILED: 'Thất bại',
    DRY_RUN: 'Chạy thử',
    ROLLED_BACK: 'Không ghi gì',
    UNDONE: 'Đã hoàn tác',
    RUNNING: 'Đang chạy',
  },
  retry: 'Thử lại dòng tạm giữ',
  retryDone: (parked) => `Đã thử lại các dòng tạm giữ. Còn tạm giữ: ${parked}.`,
  undo: 'Hoàn tác',
  undoQuestion: (rows, kind, when) =>
    `Hoàn tác lần gửi ${rows} dòng (${kind}, ${when})? Bản ghi do lần gửi này tạo ra sẽ bị gỡ bỏ; bản ghi đã bị thay đổi sẽ trở về nội dung cũ.`,
  undoYes: 'Có, hoàn tác',
  undoDone: 'Đã hoàn tác lần gửi.',
  actionDone: 'Đã xong.',
  keep: 'Không, giữ nguyên',
  failedDownload: 'Dòng hỏng',

  problem: {
    network: 'Không kết nối được tới nền tảng.',
    networkHelp:
      'Hãy kiểm tra mạng rồi thử lại. Không có gì bị ghi hai lần: lần gửi vẫn giữ nguyên số của nó.',
    cut: (rows) => `Kết nối bị đứt sau khi ${rows} dòng đã được trả lời.`,
    cutHelp:
      'Hãy thử lại: lần gửi vẫn giữ nguyên số của nó nên không có gì bị ghi hai lần. Các biên nhận bên dưới cho biết phần đã nhận.',
    malformed: 'Không đọc được câu trả lời của nền tảng.',
    malformedHelp: 'Hãy thử lại. Nếu vẫn vậy, hãy báo cho đơn vị vận hành nền tảng.',
    s400: 'Nền tảng không hiểu yêu cầu này.',
    s400Help: 'Hãy đọc thông báo bên dưới, sửa tệp hoặc tùy chọn rồi gửi lại.',
    s401: 'Khóa không hợp lệ hoặc đã hết hạn.',
    s401Help: 'Hãy dán lại khóa ở đầu trang, hoặc xin cấp khóa mới.',
    s403: 'Khóa này không có quyền làm việc đó.',
    s403Help:
      'Hãy kiểm tra nguồn ở bước 3. Nếu nguồn đúng, hãy xin đơn vị vận hành cấp khóa được gửi loại dữ liệu này cho nguồn ấy.',
    s404: 'Nền tảng không tìm thấy mục này.',
    s404Help: 'Hãy tải lại trang và chọn lại. Mục này có thể đã bị gỡ bỏ.',
    s409: 'Yêu cầu này trùng với một việc khác.',
    s409Help:
      'Có thể một tệp khác của nguồn này đang được xử lý, hoặc dữ liệu đã thay đổi sau đó. Hãy chờ một lát, làm mới biên nhận rồi thử lại.',
    s413: 'Tệp quá lớn.',
    s413Help: 'Hãy chia thành nhiều tệp nhỏ, hoặc nén tệp CSV (.gz) rồi gửi.',
    s415: 'Nền tảng không nhận loại tệp này.',
    s415Help: 'Hãy dùng tệp mẫu: XLSX, CSV hoặc NDJSON.',
    s429: 'Quá nhiều yêu cầu trong thời gian ngắn.',
    s429Help: 'Hãy chờ một phút rồi thử lại.',
    s429HelpSeconds: (seconds) => `Hãy chờ ${seconds} giây rồi thử lại.`,
    s500: 'Nền tảng đang gặp sự cố.',
    s500Help:
      'Không phải do tệp của bạn. Hãy thử lại sau vài phút; nếu vẫn vậy, hãy báo cho đơn vị vận hành nền tảng.',
    said: 'Thông báo của nền tảng:',
  },
};

export const MESSAGES: Record<Language, Messages> = { en, vi };
