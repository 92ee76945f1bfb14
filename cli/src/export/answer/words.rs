//! Words of a file in Vietnamese and English.

/// Language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Vietnamese.
    Vietnamese,
    /// English.
    English,
}

/// A text in Vietnamese and in English.
pub type Words = (&'static str, &'static str);

impl Language {
    /// The text in this language.
    pub fn of(self, (vi, en): Words) -> &'static str {
        match self {
            Self::Vietnamese => vi,
            Self::English => en,
        }
    }
}

pub const ABOUT: Words = ("Thông tin", "About");
pub const TABLE: Words = ("Bảng", "Table");
pub const ITEM: Words = ("Mục", "Item");
pub const VALUE: Words = ("Giá trị", "Value");
pub const TITLE: Words = ("Tiêu đề", "Title");
pub const DOCUMENT: Words = ("Mã truy vấn (documentId)", "Document (documentId)");
pub const OPERATION: Words = ("Tên truy vấn", "Operation");
pub const VARIABLE: Words = ("Biến", "Variable");
pub const EXPORTED_AT: Words = ("Thời điểm xuất", "Exported at");
pub const TIME_ZONE: Words = ("Múi giờ", "Time zone");
pub const CALLER: Words = ("Người xuất", "Exported by");
pub const VISITOR: Words = ("khách, chỉ số liệu công khai", "a visitor, public figures only");
pub const ROLES: Words = ("Vai trò", "Roles");
pub const ORGANIZATION: Words = ("Cơ quan", "Organization");
pub const AREAS: Words = ("Địa bàn", "Areas");
pub const REQUEST: Words = ("Mã yêu cầu", "Request id");
pub const AS_OF: Words = ("Tính đến", "As of");
pub const SEVERAL_DAYS: Words = ("nhiều ngày", "several days");
pub const NOTHING: Words = ("Không có dữ liệu nào như vậy", "There is no such record");
pub const ROWS: Words = ("Số dòng", "Rows");
pub const TOTAL: Words = ("Tổng số dòng của danh sách (totalCount)", "Rows of the list in all (totalCount)");
pub const COMPLETE: Words = ("Đầy đủ", "Complete");
pub const UNKNOWN: Words = (
    "không rõ: truy vấn không hỏi tổng số dòng (totalCount)",
    "unknown: the operation does not ask for the number of rows (totalCount)",
);
pub const FRESHNESS: Words = ("Độ mới của số liệu", "Freshness of the figures");
pub const CUT: Words = ("Bị cắt ở giới hạn số dòng", "Cut at the limit of rows");
pub const LONG_TEXTS: Words =
    ("Số ô có văn bản dài bị cắt; tệp CSV có đủ", "Cells with a text that was cut; a CSV has it whole");
pub const OF: Words = ("trên tổng số", "of");
pub const ROWS_UNIT: Words = ("dòng", "rows");
pub const INCOMPLETE: Words = ("chưa đầy đủ", "incomplete");
