//! Kinds of the tasks that sources push.

use service_kit::push::graphql::PushSet;
use service_kit::push::{A_DAY_OF_WORK, Effect, Key, Parent, PushField, PushKind, Refusal};
use tabular::Form;

use crate::store::push as store;

const CODE: Form = Form::Text(64);

const STATUSES: Form = Form::Choice(&[
    ("DRAFT", "Dự thảo"),
    ("ASSIGNED", "Đã giao"),
    ("RETURNED", "Trả lại"),
    ("IN_PROGRESS", "Đang thực hiện"),
    ("BLOCKED", "Vướng mắc"),
    ("SUBMITTED", "Chờ phê duyệt"),
    ("COMPLETED", "Hoàn thành"),
    ("CANCELLED", "Hủy"),
    ("SUPERSEDED", "Thay thế"),
]);

const RISKS: Form = Form::Choice(&[("LOW", "Thấp"), ("MEDIUM", "Trung bình"), ("HIGH", "Cao")]);

/// The task that a child belongs to.
const TASK: PushField = PushField::new("task", "", ("Task", "Mã nhiệm vụ nguồn"), Form::Text(200))
    .required()
    .about("External id of the task in the same source.", "Mã bản ghi nguồn của nhiệm vụ, cùng nguồn gửi.")
    .example("NV-MAU-001");

const OF_TASK: Option<Parent> = Some(Parent { kind: &TASKS, field: "task", column: "task_id" });

/// Tasks.
pub static TASKS: PushKind = PushKind {
    name: "tasks",
    row_type: "TaskRow",
    mutation: "pushTasks",
    label: ("Tasks", "Nhiệm vụ"),
    description: (
        "Tasks, schemes and directives with their state. A change of state or of the lead is logged as a transition, a later due date as an extension.",
        "Nhiệm vụ, đề án, chỉ đạo và trạng thái. Thay đổi trạng thái hoặc đơn vị chủ trì được ghi nhật ký, lùi hạn được ghi là gia hạn.",
    ),
    table: "tasks.task",
    key: Key::Id,
    example: "NV-MAU-001",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã nhiệm vụ"), CODE)
            .required()
            .about("Code of the task, as people use it.", "Mã nhiệm vụ.")
            .example("NV-MAU-001"),
        PushField::new("title", "title", ("Title", "Tên nhiệm vụ"), Form::Text(500))
            .required()
            .about("Title of the task.", "Tên nhiệm vụ.")
            .example("Nhiệm vụ mẫu"),
        PushField::new("action", "action", ("Action", "Việc cần làm"), Form::Text(4000))
            .about("Action to be taken, as a verb.", "Việc cần làm.")
            .example("Xây dựng kế hoạch"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại"),
            Form::Choice(&[("TASK", "Nhiệm vụ"), ("SCHEME", "Đề án"), ("DIRECTIVE", "Chỉ đạo")]),
        )
        .about("Task, scheme or directive; a task if not stated.", "Nhiệm vụ, đề án hoặc chỉ đạo.")
        .example("TASK"),
        PushField::new("status", "status", ("State", "Trạng thái"), STATUSES)
            .about("State; a draft if not stated.", "Trạng thái; nếu trống là dự thảo.")
            .example("IN_PROGRESS"),
        PushField::new("programmes", "programme_codes", ("Programme codes", "Mã chương trình"), Form::Texts(64))
            .names("programme")
            .about("Codes of the programmes.", "Mã các chương trình, cách nhau bằng dấu chấm phẩy."),
        PushField::new("group", "group_code", ("Group code", "Mã nhóm"), CODE)
            .names("task group")
            .about("Code of the group of tasks.", "Mã nhóm nhiệm vụ."),
        PushField::new("issuer", "issuer_organization_code", ("Issuer code", "Mã cơ quan giao"), CODE)
            .names("organization")
            .about("Code of the organization that issued the task.", "Mã cơ quan giao nhiệm vụ.")
            .example("UBND"),
        PushField::new("lead", "lead_organization_code", ("Lead code", "Mã đơn vị chủ trì"), CODE)
            .names("organization")
            .about(
                "Code of the lead organization; needed from ASSIGNED on.",
                "Mã đơn vị chủ trì; bắt buộc từ khi đã giao.",
            )
            .example("UBND"),
        PushField::new("leadRole", "lead_role", ("Role of the lead", "Vai trò chủ trì"), Form::Text(200))
            .about("Role of the lead organization.", "Vai trò của đơn vị chủ trì.")
            .example("Chủ trì"),
        PushField::new(
            "coordinators",
            "coordinating_organization_codes",
            ("Coordinator codes", "Mã đơn vị phối hợp"),
            Form::Texts(64),
        )
        .names("organization")
        .about("Codes of the coordinating organizations.", "Mã các đơn vị phối hợp, cách nhau bằng dấu chấm phẩy."),
        PushField::new(
            "accountable",
            "accountable_position_code",
            ("Accountable position", "Mã chức danh chịu trách nhiệm"),
            CODE,
        )
        .names("position")
        .about("Code of the accountable position.", "Mã chức danh chịu trách nhiệm."),
        PushField::new("approver", "approver_position_code", ("Approver position", "Mã chức danh phê duyệt"), CODE)
            .names("position")
            .about("Code of the position that approves.", "Mã chức danh phê duyệt."),
        PushField::new("legalBasis", "legal_basis", ("Legal basis", "Căn cứ pháp lý"), Form::Text(1000))
            .about("Document that is the legal basis.", "Văn bản căn cứ.")
            .example("01/KH-UBND"),
        PushField::new("deliverable", "deliverable", ("Product", "Sản phẩm"), Form::Text(2000))
            .about("Product of the task.", "Sản phẩm.")
            .example("Kế hoạch được ban hành"),
        PushField::new(
            "acceptanceCriteria",
            "acceptance_criteria",
            ("Acceptance criteria", "Tiêu chí nghiệm thu"),
            Form::Text(4000),
        )
        .about("Conditions under which the product is accepted.", "Điều kiện nghiệm thu sản phẩm."),
        PushField::new("startOn", "start_on", ("Start", "Ngày bắt đầu"), Form::Date)
            .about("First day of the work; needed from ASSIGNED on.", "Ngày bắt đầu; bắt buộc từ khi đã giao.")
            .example("2026-01-05"),
        PushField::new("baselineDue", "baseline_due", ("First due date", "Hạn ban đầu"), Form::Date)
            .about("Due date as first set; goes with the due date.", "Hạn giao ban đầu; đi cùng hạn hiện tại.")
            .example("2026-12-31"),
        PushField::new("currentDue", "current_due", ("Due date", "Hạn hoàn thành"), Form::Date)
            .about("Due date in force, inclusive; goes with the first due date.", "Hạn hiện tại; đi cùng hạn ban đầu.")
            .example("2026-12-31"),
        PushField::new("progress", "progress", ("Progress (%)", "Tiến độ (%)"), Form::Integer(0, 100))
            .about("Reported progress in percent.", "Tiến độ báo cáo, phần trăm.")
            .example("10"),
        PushField::new("selfDeclaredRisk", "self_declared_risk", ("Declared risk", "Rủi ro tự đánh giá"), RISKS)
            .about("Risk that the lead declares.", "Mức rủi ro đơn vị tự đánh giá.")
            .example("LOW"),
        PushField::new("bottlenecks", "bottleneck_codes", ("Bottleneck codes", "Mã điểm nghẽn"), Form::Texts(64))
            .names("bottleneck")
            .about("Codes of the bottlenecks.", "Mã các điểm nghẽn, cách nhau bằng dấu chấm phẩy."),
        PushField::new("projects", "project_codes", ("Project codes", "Mã dự án"), Form::Texts(64))
            .names("project")
            .about("Codes of the projects that the task serves.", "Mã các dự án, cách nhau bằng dấu chấm phẩy."),
        PushField::new("indicators", "indicator_codes", ("Indicator codes", "Mã chỉ tiêu"), Form::Texts(64))
            .names("indicator")
            .about(
                "Codes of the indicators that the task serves.",
                "Mã các chỉ tiêu mà nhiệm vụ phục vụ, cách nhau bằng dấu chấm phẩy.",
            ),
        PushField::new("areas", "area_codes", ("Area codes", "Mã địa bàn"), Form::Texts(5))
            .names("area")
            .about("Codes of the areas.", "Mã các địa bàn, cách nhau bằng dấu chấm phẩy."),
        PushField::new("conclusion", "conclusion_code", ("Briefing conclusion", "Kết luận giao ban"), CODE)
            .names("conclusion")
            .about(
                "Id of the conclusion of a briefing that the task came from.",
                "Mã định danh kết luận giao ban mà từ đó có nhiệm vụ.",
            ),
        PushField::new(
            "priority",
            "priority",
            ("Priority", "Mức ưu tiên"),
            Form::Choice(&[("LOW", "Thấp"), ("NORMAL", "Bình thường"), ("HIGH", "Cao"), ("URGENT", "Khẩn")]),
        )
        .about("Urgency.", "Mức ưu tiên.")
        .example("NORMAL"),
        PushField::new(
            "reportingCadenceDays",
            "reporting_cadence_days",
            ("Reporting interval (days)", "Chu kỳ báo cáo (ngày)"),
            Form::Integer(1, 366),
        )
        .about("Interval between two reports in days; 30 if not stated.", "Số ngày giữa hai lần báo cáo; mặc định 30.")
        .example("30"),
        PushField::new("submittedOn", "submitted_on", ("Submitted on", "Ngày trình"), Form::Date).past().about(
            "Day of the submission; needed for SUBMITTED and COMPLETED.",
            "Ngày trình; bắt buộc khi chờ phê duyệt và hoàn thành.",
        ),
        PushField::new("submittedBy", "submitted_by", ("Submitted by", "Người trình"), Form::Text(200))
            .about("Who submitted; needed for SUBMITTED.", "Người trình; bắt buộc khi chờ phê duyệt."),
        PushField::new("closedOn", "closed_on", ("Closed on", "Ngày kết thúc"), Form::Date)
            .past()
            .about("Day on which it was accepted, cancelled or superseded.", "Ngày nghiệm thu, hủy hoặc thay thế."),
    ],
    kept: &["status", "lead_organization_code", "current_due"],
    authors: &["recorded_by"],
    after: store::FOLLOWING,
    refusals: &[
        Refusal {
            constraint: "task_lead_from_assigned",
            field: "lead",
            message: (
                "a task that is no draft needs exactly one lead; accepted: the code of the lead organization",
                "nhiệm vụ không còn là dự thảo phải có đúng một đơn vị chủ trì; cần: mã đơn vị chủ trì",
            ),
        },
        Refusal {
            constraint: "task_start_from_assigned",
            field: "startOn",
            message: (
                "a task that is no draft needs its first day",
                "nhiệm vụ không còn là dự thảo phải có ngày bắt đầu",
            ),
        },
        Refusal {
            constraint: "task_baseline_with_due",
            field: "baselineDue",
            message: (
                "first due date and due date go together; accepted: both or none",
                "hạn ban đầu và hạn hiện tại đi cùng nhau; cần: cả hai hoặc không",
            ),
        },
        Refusal {
            constraint: "task_due_not_before_start",
            field: "currentDue",
            message: (
                "a due date is before the start; accepted: the start or a later day",
                "hạn sớm hơn ngày bắt đầu; cần: từ ngày bắt đầu trở đi",
            ),
        },
        Refusal { constraint: "task_start_plausible", field: "startOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "task_due_plausible", field: "currentDue", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "task_submission_dated",
            field: "submittedOn",
            message: (
                "SUBMITTED and COMPLETED need the day of the submission",
                "chờ phê duyệt và hoàn thành cần ngày trình",
            ),
        },
        Refusal {
            constraint: "task_submitter_known",
            field: "submittedBy",
            message: ("SUBMITTED needs who submitted", "chờ phê duyệt cần người trình"),
        },
        Refusal {
            constraint: "task_submitted_before_end",
            field: "submittedOn",
            message: (
                "it was submitted after it ended; accepted: the day of the end or an earlier one",
                "ngày trình sau ngày kết thúc; cần: không sau ngày kết thúc",
            ),
        },
        Refusal {
            constraint: "task_closure_dated",
            field: "closedOn",
            message: (
                "COMPLETED, CANCELLED and SUPERSEDED have the day of the end, other states have none",
                "hoàn thành, hủy, thay thế phải có ngày kết thúc, trạng thái khác thì không",
            ),
        },
        Refusal {
            constraint: "task_code_key",
            field: "code",
            message: (
                "another task has this code; accepted: a code that is not in use",
                "mã đã được nhiệm vụ khác dùng; cần: mã chưa dùng",
            ),
        },
    ],
    ..PushKind::PLAIN
};

/// Progress reports.
pub static UPDATES: PushKind = PushKind {
    name: "task-updates",
    row_type: "TaskUpdateRow",
    mutation: "pushTaskUpdates",
    label: ("Progress reports", "Báo cáo tiến độ"),
    description: (
        "Progress reports of tasks. The newest gives the progress of its task.",
        "Báo cáo tiến độ nhiệm vụ. Báo cáo mới nhất là tiến độ của nhiệm vụ.",
    ),
    table: "tasks.progress_update",
    key: Key::Id,
    example: "BC-MAU-001",
    fields: &[
        TASK,
        PushField::new("progress", "progress", ("Progress (%)", "Tiến độ (%)"), Form::Integer(0, 100))
            .required()
            .about("Progress in percent.", "Tiến độ, phần trăm.")
            .example("25"),
        PushField::new("selfDeclaredRisk", "self_declared_risk", ("Declared risk", "Rủi ro tự đánh giá"), RISKS)
            .about("Risk that the report declares.", "Mức rủi ro trong báo cáo.")
            .example("LOW"),
        PushField::new("note", "note", ("Text", "Nội dung"), Form::Text(4000))
            .about("Text of the report.", "Nội dung báo cáo.")
            .example("Đã xong dự thảo"),
    ],
    kept: &["task_id", "progress", "self_declared_risk"],
    authors: &["reported_by"],
    parent: OF_TASK,
    effect: Some(Effect { columns: store::REPORTED }),
    ..PushKind::PLAIN
};

/// Milestones.
pub static MILESTONES: PushKind = PushKind {
    name: "task-milestones",
    row_type: "TaskMilestoneRow",
    mutation: "pushTaskMilestones",
    label: ("Milestones", "Mốc nhiệm vụ"),
    description: ("Milestones of tasks.", "Các mốc của nhiệm vụ."),
    table: "tasks.milestone",
    key: Key::Id,
    example: "MOC-MAU-001",
    fields: &[
        TASK,
        PushField::new("title", "title", ("Title", "Tên mốc"), Form::Text(500))
            .required()
            .about("Title of the milestone.", "Tên mốc.")
            .example("Trình dự thảo"),
        PushField::new("dueOn", "due_on", ("Due on", "Hạn"), Form::Date)
            .required()
            .about("Due date.", "Hạn.")
            .example("2026-06-30"),
        PushField::new("completedOn", "completed_on", ("Completed on", "Ngày hoàn thành"), Form::Date)
            .past()
            .about("Day of completion.", "Ngày hoàn thành."),
    ],
    authors: &["created_by"],
    parent: OF_TASK,
    ..PushKind::PLAIN
};

/// Blockers.
pub static BLOCKERS: PushKind = PushKind {
    name: "task-blockers",
    row_type: "TaskBlockerRow",
    mutation: "pushTaskBlockers",
    label: ("Blockers", "Vướng mắc"),
    description: (
        "What blocks a task, and the level that can resolve it.",
        "Vướng mắc của nhiệm vụ và cấp giải quyết.",
    ),
    table: "tasks.blocker",
    key: Key::Id,
    example: "VM-MAU-001",
    fields: &[
        TASK,
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại vướng mắc"),
            Form::Choice(&[
                ("LEGAL", "Pháp lý"),
                ("LAND", "Đất đai"),
                ("FUNDING", "Kinh phí"),
                ("PROCEDURE", "Thủ tục"),
                ("COORDINATION", "Phối hợp"),
                ("CAPACITY", "Năng lực"),
                ("OTHER", "Khác"),
            ]),
        )
        .required()
        .about("Kind of the blocker.", "Loại vướng mắc.")
        .example("PROCEDURE"),
        PushField::new(
            "needsLevel",
            "needs_level",
            ("Needs level", "Cấp giải quyết"),
            Form::Choice(&[("ORGANIZATION", "Đơn vị"), ("CITY", "Thành phố"), ("CENTRAL", "Trung ương")]),
        )
        .required()
        .about("Level that can resolve it.", "Cấp có thẩm quyền giải quyết.")
        .example("CITY"),
        PushField::new("description", "description", ("Description", "Nội dung vướng mắc"), Form::Text(4000))
            .required()
            .about("Description of the blocker.", "Nội dung vướng mắc.")
            .example("Chờ thẩm định"),
        PushField::new("openedAt", "opened_at", ("Opened at", "Thời điểm phát sinh"), Form::DateTime)
            .past()
            .required()
            .about("Time when it was opened.", "Thời điểm phát sinh.")
            .example("2026-03-02T09:00:00+07:00"),
        PushField::new("resolvedAt", "resolved_at", ("Resolved at", "Thời điểm giải quyết"), Form::DateTime)
            .past()
            .about("Time when it was resolved.", "Thời điểm giải quyết."),
        PushField::new("resolution", "resolution", ("Resolution", "Kết quả giải quyết"), Form::Text(4000))
            .about("How it was resolved.", "Kết quả giải quyết."),
        PushField::new("requestDocument", "request_document", ("Request document", "Văn bản đề nghị"), Form::Text(500))
            .about(
                "Number and symbol of the document that asks the needed level for a decision.",
                "Số, ký hiệu văn bản đề nghị cấp có thẩm quyền giải quyết.",
            )
            .example("125/SXD-QH"),
        PushField::new("requestedOn", "requested_on", ("Requested on", "Ngày đề nghị"), Form::Date)
            .past()
            .about(
                "Day of the request to the city or to the central government. The task waits from this day on.",
                "Ngày đề nghị thành phố hoặc trung ương giải quyết. Nhiệm vụ chờ quyết định kể từ ngày này.",
            )
            .example("2026-03-05"),
        PushField::new("decision", "decision", ("Decision", "Nội dung trả lời"), Form::Text(4000))
            .about("Decision of the needed level.", "Nội dung trả lời của cấp có thẩm quyền."),
        PushField::new(
            "decisionDocument",
            "decision_document",
            ("Decision document", "Văn bản trả lời"),
            Form::Text(500),
        )
        .about("Number and symbol of the document with the decision.", "Số, ký hiệu văn bản trả lời."),
        PushField::new("decidedOn", "decided_on", ("Decided on", "Ngày trả lời"), Form::Date)
            .past()
            .about("Day of the decision.", "Ngày trả lời."),
    ],
    authors: &["opened_by"],
    parent: OF_TASK,
    refusals: &[
        Refusal {
            constraint: "blocker_check",
            field: "resolvedAt",
            message: ("it was resolved before it was opened", "thời điểm giải quyết trước thời điểm phát sinh"),
        },
        Refusal {
            constraint: "blocker_request_of_level",
            field: "requestedOn",
            message: (
                "only a blocker that needs the city or the central government has a request; accepted: CITY or CENTRAL",
                "chỉ vướng mắc cần thành phố hoặc trung ương giải quyết mới có văn bản đề nghị; cần: CITY hoặc CENTRAL",
            ),
        },
        Refusal {
            constraint: "blocker_request_dated",
            field: "requestedOn",
            message: ("the document of a request needs its day", "văn bản đề nghị cần có ngày đề nghị"),
        },
        Refusal {
            constraint: "blocker_decision_dated",
            field: "decidedOn",
            message: ("a decision and its document need their day", "nội dung và văn bản trả lời cần có ngày trả lời"),
        },
        Refusal {
            constraint: "blocker_decision_of_request",
            field: "requestedOn",
            message: ("a decision needs the day of its request", "trả lời cần có ngày đề nghị"),
        },
        Refusal {
            constraint: "blocker_decided_after_request",
            field: "decidedOn",
            message: (
                "it was decided before it was requested; accepted: the day of the request or a later one",
                "ngày trả lời trước ngày đề nghị; cần: từ ngày đề nghị trở đi",
            ),
        },
    ],
    ..PushKind::PLAIN
};

/// Reminders.
pub static REMINDERS: PushKind = PushKind {
    name: "task-reminders",
    row_type: "TaskReminderRow",
    mutation: "pushTaskReminders",
    label: ("Reminders", "Đôn đốc"),
    description: (
        "Reminders to the leads of tasks, with their answers.",
        "Văn bản đôn đốc đơn vị chủ trì và trả lời của đơn vị.",
    ),
    table: "tasks.reminder",
    key: Key::Id,
    example: "DD-MAU-001",
    fields: &[
        TASK,
        PushField::new("sentOn", "sent_on", ("Sent on", "Ngày đôn đốc"), Form::Date)
            .past()
            .required()
            .about("Day on which the reminder was sent.", "Ngày đôn đốc.")
            .example("2026-03-02"),
        PushField::new("document", "document", ("Document", "Văn bản đôn đốc"), Form::Text(500))
            .about("Number and symbol of the document that reminds.", "Số, ký hiệu văn bản đôn đốc.")
            .example("88/VP-TH"),
        PushField::new("text", "text", ("Text", "Nội dung đôn đốc"), Form::Text(4000))
            .required()
            .about("Text of the reminder.", "Nội dung đôn đốc.")
            .example("Đề nghị báo cáo tiến độ"),
        PushField::new("sender", "sender_organization_code", ("Sender", "Mã cơ quan đôn đốc"), CODE)
            .names("organization")
            .about("Code of the organization that reminds.", "Mã cơ quan đôn đốc.")
            .example("UBND"),
        PushField::new("senderPosition", "sender_position_code", ("Sender's position", "Mã chức danh đôn đốc"), CODE)
            .names("position")
            .about("Code of the position of the official who reminds.", "Mã chức danh của người đôn đốc."),
        PushField::new("answerDue", "answer_due", ("Answer due", "Hạn trả lời"), Form::Date)
            .about("Last day on which an answer is in time.", "Hạn trả lời.")
            .example("2026-03-09"),
        PushField::new("answeredOn", "answered_on", ("Answered on", "Ngày trả lời"), Form::Date)
            .past()
            .about("Day of the answer.", "Ngày trả lời."),
        PushField::new("answer", "answer", ("Answer", "Nội dung trả lời"), Form::Text(4000))
            .about("Answer of the lead.", "Nội dung trả lời của đơn vị chủ trì."),
    ],
    authors: &["sent_by"],
    parent: OF_TASK,
    refusals: &[
        Refusal {
            constraint: "reminder_due_after_sent",
            field: "answerDue",
            message: (
                "the answer is due before the reminder; accepted: its day or a later one",
                "hạn trả lời trước ngày đôn đốc; cần: từ ngày đôn đốc trở đi",
            ),
        },
        Refusal {
            constraint: "reminder_answered_after_sent",
            field: "answeredOn",
            message: (
                "it was answered before it was sent; accepted: the day of the reminder or a later one",
                "ngày trả lời trước ngày đôn đốc; cần: từ ngày đôn đốc trở đi",
            ),
        },
        Refusal {
            constraint: "reminder_answer_dated",
            field: "answeredOn",
            message: ("an answer needs its day", "nội dung trả lời cần có ngày trả lời"),
        },
    ],
    ..PushKind::PLAIN
};

/// Evidence.
pub static EVIDENCE: PushKind = PushKind {
    name: "task-evidence",
    row_type: "TaskEvidenceRow",
    mutation: "pushTaskEvidence",
    label: ("Evidence", "Minh chứng"),
    description: ("Documents that show that the work is done.", "Tài liệu chứng minh kết quả."),
    table: "tasks.evidence",
    key: Key::Id,
    example: "MC-MAU-001",
    fields: &[
        TASK,
        PushField::new("title", "title", ("Title", "Tên tài liệu"), Form::Text(500))
            .required()
            .about("Title of the document.", "Tên tài liệu.")
            .example("Quyết định ban hành"),
        PushField::new("uri", "uri", ("Address", "Địa chỉ"), Form::Text(2000))
            .required()
            .about("Address with http or https.", "Địa chỉ bắt đầu bằng http hoặc https.")
            .example("https://example.gov.vn/qd-01.pdf"),
        PushField::new("addedAt", "added_at", ("Added at", "Thời điểm gửi"), Form::DateTime)
            .past()
            .required()
            .about("Time when it was added.", "Thời điểm gửi minh chứng.")
            .example("2026-03-02T09:00:00+07:00"),
    ],
    authors: &["added_by"],
    parent: OF_TASK,
    refusals: &[Refusal {
        constraint: "evidence_uri_web",
        field: "uri",
        message: (
            "the address is no web address; accepted: one that begins with http:// or https://",
            "địa chỉ không hợp lệ; cần: bắt đầu bằng http:// hoặc https://",
        ),
    }],
    ..PushKind::PLAIN
};

/// The kinds, for the mutations.
#[derive(Debug)]
pub struct Set;

impl PushSet for Set {
    const NAME: &'static str = "TasksPush";

    fn kinds() -> &'static [&'static PushKind] {
        KINDS
    }
}

/// Every kind, in the order in which one names the other.
pub static KINDS: &[&PushKind] = &[&TASKS, &UPDATES, &MILESTONES, &BLOCKERS, &REMINDERS, &EVIDENCE];
