//! Words for the codes of the platform. A code without words is never shown as if it were one.

use crate::client::Language;

/// Code, English, Vietnamese.
type Words = [(&'static str, &'static str, &'static str)];

pub const SEVERITIES: &Words = &[
    ("CRITICAL", "Critical", "Đặc biệt nghiêm trọng"),
    ("HIGH", "High", "Nghiêm trọng"),
    ("MEDIUM", "Medium", "Cần theo dõi"),
];

pub const ALERT_KINDS: &Words = &[
    ("OVERDUE", "Task or project past its date", "Nhiệm vụ, dự án quá hạn"),
    ("AT_RISK", "Task at risk of delay", "Nhiệm vụ có nguy cơ chậm"),
    ("NOTICE_LAPSING", "Notice of land recovery about to lapse", "Thông báo thu hồi đất sắp hết hiệu lực"),
    ("PAYMENT_LATE", "Compensation paid late", "Chậm chi trả bồi thường"),
    ("KPI_RED", "Target in red", "Chỉ tiêu ở mức đỏ"),
    ("SLA_BREACH", "Feedback past its deadline", "Phản ánh, kiến nghị quá hạn"),
    ("SATISFACTION_FALLING", "Falling satisfaction", "Mức độ hài lòng giảm"),
    ("SOURCE_SILENT", "Silent source of data", "Nguồn dữ liệu im lặng"),
    ("NO_HOLDER", "Responsibility without a holder", "Trách nhiệm chưa có người giữ"),
];

pub const RISKS: &Words = &[
    ("BLOCKED", "Blocked", "Đang vướng mắc"),
    ("PREDECESSOR_OVERDUE", "A task before it is overdue", "Nhiệm vụ đi trước quá hạn"),
    ("BEHIND_SCHEDULE", "Progress behind schedule", "Tiến độ chậm so với kế hoạch"),
    ("NO_UPDATE", "No report in time", "Chưa cập nhật tiến độ theo định kỳ"),
    ("SELF_DECLARED_HIGH", "The lead declares a high risk", "Đơn vị tự đánh giá nguy cơ cao"),
];

pub const TASK_STATES: &Words = &[
    ("DRAFT", "draft", "dự thảo, chưa giao"),
    ("ASSIGNED", "assigned", "đã giao"),
    ("RETURNED", "returned", "bị trả lại"),
    ("IN_PROGRESS", "in progress", "đang thực hiện"),
    ("BLOCKED", "blocked", "vướng mắc"),
    ("SUBMITTED", "awaits approval", "chờ phê duyệt"),
    ("COMPLETED", "completed", "hoàn thành"),
    ("CANCELLED", "cancelled", "đã hủy"),
    ("SUPERSEDED", "superseded", "được thay thế"),
];

pub const LEVELS: &Words = &[("CITY", "City", "Thành phố"), ("CENTRAL", "Central government", "Trung ương")];

pub const CHANGE_DATASETS: &Words = &[
    ("TASKS", "Tasks", "Nhiệm vụ"),
    ("PROJECTS", "Projects", "Dự án"),
    ("CLEARANCE", "Parcels", "Thửa đất giải phóng mặt bằng"),
    ("KPIS", "Targets", "Chỉ tiêu"),
    ("FEEDBACK", "Feedback", "Phản ánh, kiến nghị"),
];

pub const CHANGE_KINDS: &Words = &[
    ("CREATED", "Created", "Tạo mới"),
    ("MOVED", "Moved on", "Chuyển bước"),
    ("FINISHED", "Finished", "Hoàn thành"),
    ("SLIPPED", "Slipped", "Lùi thời hạn"),
    ("TURNED_RED", "Turned red", "Chuyển sang mức đỏ"),
    ("CORRECTED", "Corrected", "Đính chính"),
    ("DELETED", "Deleted", "Xóa"),
];

pub const RATINGS: &Words = &[
    ("GREEN", "Green", "Xanh"),
    ("AMBER_GREEN", "Amber-green", "Vàng – xanh"),
    ("AMBER", "Amber", "Vàng"),
    ("AMBER_RED", "Amber-red", "Vàng – đỏ"),
    ("RED", "Red", "Đỏ"),
];

pub const COMPONENTS: &Words = &[
    ("TASKS_ON_TIME", "Tasks done on time", "Nhiệm vụ đúng hạn"),
    ("PROJECTS_IN_TIME", "Projects that are not late", "Dự án không chậm tiến độ"),
    ("PARTIES_CLEARED", "Parties whose land is handed over", "Chủ sử dụng đất đã bàn giao mặt bằng"),
    ("KPIS_ON_TRACK", "Targets on track", "Chỉ tiêu đạt tiến độ"),
    ("FEEDBACK_ON_TIME", "Feedback answered on time", "Phản ánh giải quyết đúng hạn"),
    ("SATISFACTION", "Satisfaction of the people", "Mức độ hài lòng của người dân"),
];

pub const DATASETS: &Words = &[
    ("tasks", "tasks", "nhiệm vụ"),
    ("projects", "projects", "dự án"),
    ("clearance", "land clearance", "giải phóng mặt bằng"),
    ("kpis", "targets", "chỉ tiêu"),
    ("feedback", "citizen feedback", "phản ánh, kiến nghị"),
];

pub const ROLES: &Words = &[
    ("ISSUER", "issuer", "giao việc"),
    ("LEAD", "lead", "chủ trì"),
    ("APPROVER", "approver", "phê duyệt"),
    ("INSPECTOR", "inspector", "kiểm tra"),
    ("WARD", "ward or commune", "phường, xã"),
    ("DEPARTMENT", "department", "sở, ngành"),
    ("IOC", "operations center", "trung tâm điều hành"),
    ("HANDLER", "case handler", "xử lý hồ sơ"),
    ("AUDITOR", "auditor", "giám sát nhật ký"),
    ("ADMIN", "administrator", "quản trị"),
];

/// Why the platform did not answer a part.
pub const FAILURES: &Words = &[
    ("SUBGRAPH_UNAVAILABLE", "a service is unavailable", "dịch vụ không hoạt động"),
    ("TIMEOUT", "it took too long", "quá thời gian chờ"),
    ("BUDGET_LIMIT_EXCEEDED", "too many rows to read", "vượt giới hạn số dòng được đọc"),
    ("RATE_LIMITED", "too many requests", "quá nhiều yêu cầu"),
];

/// Root fields of the operation, as parts of the document.
pub const PARTS: &Words = &[
    ("viewer", "rights of the credential", "quyền của khóa"),
    ("sources", "sources of data", "nguồn dữ liệu"),
    ("tasks", "measures of tasks", "chỉ số nhiệm vụ"),
    ("tasksBefore", "measures of tasks of the period before", "chỉ số nhiệm vụ kỳ trước"),
    ("tasksNext", "tasks due in the next period", "nhiệm vụ đến hạn kỳ sau"),
    ("lateOrganizations", "organizations with overdue tasks", "đơn vị có nhiệm vụ quá hạn"),
    ("overdue", "list of overdue tasks", "danh sách nhiệm vụ quá hạn"),
    ("dueNext", "list of tasks due in the next period", "danh sách nhiệm vụ đến hạn kỳ sau"),
    ("waiting", "list of tasks that wait for a decision", "danh sách nhiệm vụ chờ cấp trên quyết định"),
    ("city", "scorecard of the city", "thẻ điểm thành phố"),
    ("cityYear", "composite score of the city", "điểm tổng hợp của thành phố"),
    ("areas", "scorecards of wards and communes", "thẻ điểm phường, xã"),
    ("organizations", "scorecards of departments", "thẻ điểm sở, ngành"),
    ("redTargets", "list of red targets", "danh sách chỉ tiêu ở mức đỏ"),
    ("alerts", "alerts", "cảnh báo"),
    ("changes", "numbers of changes", "số lượng thay đổi"),
    ("changesAfter", "numbers of changes after the period", "số lượng thay đổi sau kỳ"),
    ("important", "list of important changes", "danh sách thay đổi quan trọng"),
    ("briefings", "conclusions and open points of briefings", "kết luận giao ban và nội dung chuyển kỳ sau"),
    ("earlierBriefings", "briefings before the period", "các kỳ giao ban trước"),
];

/// The words for a code, if it has some.
pub fn word(words: &Words, code: &str, language: Language) -> Option<&'static str> {
    let (_, english, vietnamese) = words.iter().find(|(known, ..)| *known == code)?;
    Some(language.pick(english, vietnamese))
}

/// The words for codes, in a row; codes without words are counted as others.
pub fn listed<'a>(words: &Words, codes: impl IntoIterator<Item = &'a str>, language: Language) -> String {
    let other = language.pick("other", "khác");
    let mut said: Vec<&str> = codes.into_iter().map(|code| word(words, code, language).unwrap_or(other)).collect();
    said.dedup();
    said.join("; ")
}
