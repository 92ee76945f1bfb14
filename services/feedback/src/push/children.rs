//! Kinds of what hangs on a case: its sender, events, attachments and ratings.

use service_kit::push::{Effect, Key, Parent, PushField, PushKind, Refusal};
use tabular::Form;

use super::case::CASES;
use super::{CODE, LEVELS, STATUSES, refusal};
use crate::store::push as store;

/// The case that a row belongs to.
const CASE: PushField = PushField::new("feedback", "", ("Case", "Mã phản ánh nguồn"), Form::Text(200))
    .required()
    .about("External id of the case in the same source.", "Mã bản ghi nguồn của phản ánh, cùng nguồn gửi.")
    .example("PA-MAU-001");

const OF_CASE: Option<Parent> = Some(Parent { kind: &CASES, field: "feedback", column: "feedback_id" });

/// Senders: personal data.
pub static SENDERS: PushKind = PushKind {
    name: "feedback-senders",
    row_type: "FeedbackSenderRow",
    mutation: "pushFeedbackSenders",
    label: ("Senders of feedback", "Người gửi phản ánh"),
    description: (
        "Who sent a case, and the exact point: personal data, which only handlers of the case read, for a stated purpose.",
        "Người gửi và tọa độ chính xác: dữ liệu cá nhân, chỉ cán bộ xử lý phản ánh được xem khi nêu mục đích.",
    ),
    table: "feedback.sender",
    key: Key::Id,
    example: "NG-MAU-001",
    fields: &[
        CASE,
        PushField::new("name", "name", ("Name", "Họ tên"), Form::Text(300))
            .personal()
            .about("Name.", "Họ tên.")
            .example("Người gửi mẫu"),
        PushField::new("phone", "phone", ("Telephone", "Điện thoại"), Form::Text(50))
            .personal()
            .about("Telephone.", "Điện thoại."),
        PushField::new("email", "email", ("E-mail", "Thư điện tử"), Form::Text(300))
            .personal()
            .about("E-mail address.", "Địa chỉ thư điện tử."),
        PushField::new("identityNumber", "identity_number", ("Identity number", "Số giấy tờ"), Form::Text(50))
            .personal()
            .about("Identity number.", "Số giấy tờ."),
        PushField::new("address", "address", ("Address", "Địa chỉ"), Form::Text(500))
            .personal()
            .about("Address.", "Địa chỉ."),
        PushField::new("exactLat", "exact_lat", ("Exact latitude", "Vĩ độ chính xác"), Form::LATITUDE)
            .personal()
            .about("Latitude of the exact point.", "Vĩ độ chính xác."),
        PushField::new("exactLon", "exact_lon", ("Exact longitude", "Kinh độ chính xác"), Form::LONGITUDE)
            .personal()
            .about("Longitude of the exact point.", "Kinh độ chính xác."),
    ],
    authors: &["recorded_by"],
    parent: OF_CASE,
    refusals: &[
        Refusal {
            constraint: "sender_feedback",
            field: "feedback",
            message: ("the case has another row of its sender", "phản ánh đã có người gửi khác"),
        },
        Refusal {
            constraint: "sender_point_whole",
            field: "exactLat",
            message: (
                "latitude and longitude go together; accepted: both or none",
                "vĩ độ và kinh độ đi cùng nhau; cần: cả hai hoặc không",
            ),
        },
        refusal::degrees("sender_exact_lat_check", "exactLat", true),
        refusal::degrees("sender_exact_lon_check", "exactLon", false),
    ],
    ..PushKind::PLAIN
};

/// Events.
pub static EVENTS: PushKind = PushKind {
    name: "feedback-events",
    row_type: "FeedbackEventRow",
    mutation: "pushFeedbackEvents",
    label: ("Events of feedback", "Diễn biến phản ánh"),
    description: (
        "What happened to a case. An event with a state, a level or an organization states it of its case from its observed time on; a late one takes its place.",
        "Diễn biến của phản ánh. Diễn biến có trạng thái, mức độ hoặc đơn vị sẽ cập nhật phản ánh kể từ thời điểm ghi nhận; gửi muộn vẫn vào đúng chỗ.",
    ),
    table: "feedback.step",
    key: Key::Id,
    example: "DB-MAU-001",
    fields: &[
        CASE,
        PushField::new("status", "status", ("State", "Trạng thái"), STATUSES)
            .about("State that begins; none for a note.", "Trạng thái bắt đầu; để trống nếu là ghi chú.")
            .example("ACCEPTED"),
        PushField::new("organization", "organization_code", ("Organization code", "Mã đơn vị xử lý"), CODE)
            .names("organization")
            .about("Code of the organization that gets the case.", "Mã đơn vị nhận xử lý."),
        PushField::new("accountable", "position_code", ("Accountable position", "Mã chức danh chịu trách nhiệm"), CODE)
            .names("position")
            .about("Code of the accountable position.", "Mã chức danh chịu trách nhiệm."),
        PushField::new("level", "level", ("Level", "Mức độ"), LEVELS)
            .about("Level from then on; the deadline is computed anew.", "Mức độ kể từ đó; hạn xử lý được tính lại."),
        PushField::new("primary", "primary_code", ("Merged into", "Gộp vào phản ánh"), CODE).names("feedback").about(
            "Code of the case that it was merged into; for MERGED, and only for it.",
            "Mã phản ánh được gộp vào; chỉ dùng khi gộp.",
        ),
        PushField::new("reason", "reason", ("Reason", "Lý do"), Form::Text(4000))
            .about("Reason, or the question to the sender.", "Lý do hoặc câu hỏi gửi người dân."),
        PushField::new("reply", "reply", ("Reply", "Trả lời"), Form::Text(4000))
            .about("Answer to the sender; needed for RESOLVED.", "Nội dung trả lời; bắt buộc khi đã trả lời."),
        PushField::new("note", "note", ("Note", "Ghi chú"), Form::Text(4000)).about("Note.", "Ghi chú."),
        PushField::new("public", "is_public", ("Public", "Công khai"), Form::Boolean).about(
            "Whether the sender and the public may read it; yes if not stated.",
            "Người gửi và công chúng được xem; nếu trống là có.",
        ),
    ],
    kept: &["feedback_id", "status", "organization_code", "position_code", "level", "primary_code", "reason", "reply"],
    authors: &["recorded_by"],
    parent: OF_CASE,
    effect: Some(Effect { columns: store::STATED }),
    after: store::REOPENED,
    refusals: &[
        Refusal {
            constraint: "step_says_something",
            field: "status",
            message: (
                "the event says nothing; accepted: a state, a level, an organization or a note",
                "diễn biến trống; cần: trạng thái, mức độ, đơn vị hoặc ghi chú",
            ),
        },
        Refusal {
            constraint: "step_merged_into",
            field: "primary",
            message: (
                "MERGED and the case that it was merged into go together; accepted: both or neither",
                "trạng thái gộp và mã phản ánh được gộp vào đi cùng nhau; cần: cả hai hoặc không",
            ),
        },
        refusal::STEP_AFTER_SUBMISSION,
        // What an event states about its case breaks the rules of the case.
        refusal::OBSERVED_AFTER_SUBMISSION,
        refusal::PRIMARY_WHEN_MERGED,
        refusal::NOT_INTO_ITSELF,
        refusal::ACYCLIC,
        refusal::REJECTED_FOR_A_REASON,
        refusal::ASKED_A_QUESTION,
        refusal::RESOLVED_WITH_REPLY,
    ],
    ..PushKind::PLAIN
};

/// Attachments.
pub static ATTACHMENTS: PushKind = PushKind {
    name: "feedback-attachments",
    row_type: "FeedbackAttachmentRow",
    mutation: "pushFeedbackAttachments",
    label: ("Attachments of feedback", "Tệp đính kèm phản ánh"),
    description: (
        "Documents and pictures of a case, as references.",
        "Tài liệu, hình ảnh của phản ánh, dạng đường dẫn.",
    ),
    table: "feedback.attachment",
    key: Key::Id,
    example: "TEP-MAU-001",
    fields: &[
        CASE,
        PushField::new(
            "role",
            "role",
            ("Role", "Vai trò"),
            Form::Choice(&[("REPORT", "Người gửi cung cấp"), ("EVIDENCE", "Minh chứng xử lý")]),
        )
        .about("REPORT if not stated.", "Nếu trống là do người gửi cung cấp.")
        .example("REPORT"),
        PushField::new("title", "title", ("Title", "Tên tệp"), Form::Text(500))
            .required()
            .about("Title.", "Tên tệp.")
            .example("Ảnh hiện trường"),
        PushField::new("uri", "uri", ("Address", "Địa chỉ"), Form::Text(2000))
            .required()
            .about("Address with http or https.", "Địa chỉ bắt đầu bằng http hoặc https.")
            .example("https://example.gov.vn/anh-01.jpg"),
    ],
    authors: &["recorded_by"],
    parent: OF_CASE,
    refusals: &[Refusal {
        constraint: "attachment_uri_web",
        field: "uri",
        message: (
            "the address is no web address; accepted: one that begins with http:// or https://",
            "địa chỉ không hợp lệ; cần: bắt đầu bằng http:// hoặc https://",
        ),
    }],
    ..PushKind::PLAIN
};

/// Ratings.
pub static RATINGS: PushKind = PushKind {
    name: "feedback-ratings",
    row_type: "FeedbackRatingRow",
    mutation: "pushFeedbackRatings",
    label: ("Ratings of feedback", "Đánh giá phản ánh"),
    description: (
        "What senders think of the answers. A rating counts from an answer on. Of several ratings of a case the last counts; that of a merged case counts for the case that it was merged into.",
        "Mức hài lòng của người gửi. Đánh giá được tính từ khi phản ánh được trả lời. Nếu đánh giá nhiều lần, lần cuối được tính; đánh giá của phản ánh đã gộp tính cho phản ánh được gộp vào.",
    ),
    table: "feedback.rating",
    key: Key::Id,
    example: "DG-MAU-001",
    fields: &[
        CASE,
        PushField::new("score", "score", ("Score", "Điểm"), Form::Integer(1, 5))
            .required()
            .about("Score from 1 to 5; 4 and 5 count as satisfied.", "Điểm từ 1 đến 5; 4 và 5 là hài lòng.")
            .example("5"),
        PushField::new("comment", "comment", ("Comment", "Nhận xét"), Form::Text(4000))
            .about("What the sender says.", "Nhận xét."),
        PushField::new("ratedAt", "rated_at", ("Rated at", "Thời điểm đánh giá"), Form::DateTime)
            .past()
            .required()
            .about("Time of the rating.", "Thời điểm đánh giá.")
            .example("2026-03-05T09:00:00+07:00"),
    ],
    authors: &["recorded_by"],
    parent: OF_CASE,
    refusals: &[refusal::RATING_AFTER_SUBMISSION],
    ..PushKind::PLAIN
};
