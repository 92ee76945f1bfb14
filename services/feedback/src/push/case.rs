//! Kind of the cases.

use service_kit::push::{Key, PushField, PushKind, Refusal};
use tabular::Form;

use super::{CODE, LEVELS, STATUSES, refusal};

/// Cases.
pub static CASES: PushKind = PushKind {
    name: "feedback",
    row_type: "FeedbackRow",
    mutation: "pushFeedback",
    label: ("Feedback", "Phản ánh, kiến nghị"),
    description: (
        "Cases of citizen feedback with their state, without who sent them. Each row with another state begins it at its observed time, and deadlines follow from that.",
        "Phản ánh, kiến nghị và trạng thái, không gồm dữ liệu người gửi. Mỗi dòng có trạng thái mới bắt đầu trạng thái đó tại thời điểm ghi nhận; hạn xử lý được tính theo đó.",
    ),
    table: "feedback.feedback",
    key: Key::Id,
    example: "PA-MAU-001",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã phản ánh"), CODE)
            .required()
            .about("Number that the sender gets.", "Mã phản ánh cấp cho người gửi.")
            .example("PA-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại"),
            Form::Choice(&[
                ("FIELD", "Hiện trường"),
                ("ADMIN_PROCEDURE", "Thủ tục hành chính"),
                ("WASTE", "Lãng phí"),
                ("INITIATIVE", "Sáng kiến"),
            ]),
        )
        .about("Kind; FIELD if not stated.", "Loại; nếu trống là phản ánh hiện trường.")
        .example("FIELD"),
        PushField::new(
            "sender",
            "sender",
            ("Kind of sender", "Loại người gửi"),
            Form::Choice(&[("CITIZEN", "Người dân"), ("BUSINESS", "Doanh nghiệp"), ("ORGANIZATION", "Tổ chức")]),
        )
        .about("Kind of the sender; CITIZEN if not stated.", "Loại người gửi; nếu trống là người dân.")
        .example("CITIZEN"),
        PushField::new(
            "channel",
            "channel",
            ("Channel", "Kênh"),
            Form::Choice(&[
                ("IHANOI", "iHanoi"),
                ("HOTLINE_1022", "Tổng đài 1022"),
                ("PORTAL", "Cổng thông tin"),
                ("OPEN311", "Open311"),
                ("COUNTER", "Trực tiếp"),
            ]),
        )
        .required()
        .about("Channel through which it came.", "Kênh tiếp nhận.")
        .example("IHANOI"),
        PushField::new("category", "category_code", ("Category", "Mã lĩnh vực"), CODE)
            .required()
            .names("feedback category")
            .about("Code of an active category.", "Mã lĩnh vực đang dùng.")
            .example("GARBAGE"),
        PushField::new("level", "level", ("Level", "Mức độ"), LEVELS)
            .about(
                "Level, which decides the deadline; NORMAL if not stated.",
                "Mức độ, quyết định hạn xử lý; nếu trống là thông thường.",
            )
            .example("NORMAL"),
        PushField::new("area", "area_code", ("Area code", "Mã địa bàn"), Form::Digits(5))
            .names("area")
            .about("Code of the area.", "Mã địa bàn.")
            .example("00004"),
        PushField::new("lat", "lat", ("Latitude", "Vĩ độ"), Form::LATITUDE)
            .about("Latitude with at most 3 decimals.", "Vĩ độ, tối đa 3 chữ số thập phân.")
            .example("21.03"),
        PushField::new("lon", "lon", ("Longitude", "Kinh độ"), Form::LONGITUDE)
            .about("Longitude with at most 3 decimals.", "Kinh độ, tối đa 3 chữ số thập phân.")
            .example("105.82"),
        PushField::new("text", "text", ("Text", "Nội dung"), Form::Text(4000))
            .required()
            .about("Text as it may be shown.", "Nội dung được phép hiển thị.")
            .example("Rác tồn đọng ở đầu ngõ"),
        PushField::new("attributes", "attributes", ("Attributes", "Thuộc tính"), Form::Texts(500))
            .about(
                "Answers to the attributes of the category, each as code=value.",
                "Trả lời các thuộc tính của lĩnh vực, dạng mã=giá trị.",
            )
            .example("kind=HOUSEHOLD"),
        PushField::new("submittedAt", "submitted_at", ("Submitted at", "Thời điểm gửi"), Form::DateTime)
            .past()
            .required()
            .about("Time of the submission.", "Thời điểm người dân gửi.")
            .example("2026-03-02T09:00:00+07:00"),
        PushField::new("status", "status", ("State", "Trạng thái"), STATUSES)
            .about("State; RECEIVED if not stated.", "Trạng thái; nếu trống là đã tiếp nhận.")
            .example("RECEIVED"),
        PushField::new("reason", "reason", ("Reason", "Lý do"), Form::Text(4000)).about(
            "Reason of a rejection, or the question to the sender; needed for both.",
            "Lý do từ chối hoặc câu hỏi gửi người dân; bắt buộc với hai trạng thái này.",
        ),
        PushField::new("reply", "reply", ("Reply", "Trả lời"), Form::Text(4000))
            .about("Answer to the sender; needed for RESOLVED.", "Nội dung trả lời; bắt buộc khi đã trả lời."),
        PushField::new("organization", "lead_organization_code", ("Organization code", "Mã đơn vị xử lý"), CODE)
            .names("organization")
            .about("Code of the organization that has it.", "Mã đơn vị xử lý."),
        PushField::new(
            "accountable",
            "accountable_position_code",
            ("Accountable position", "Mã chức danh chịu trách nhiệm"),
            CODE,
        )
        .names("position")
        .about("Code of the accountable position.", "Mã chức danh chịu trách nhiệm."),
        PushField::new(
            "aboutOrganization",
            "about_organization_code",
            ("Complained about", "Mã đơn vị bị phản ánh"),
            CODE,
        )
        .names("organization")
        .about(
            "Code of the organization that is complained about; it never sees who complained.",
            "Mã đơn vị bị phản ánh; đơn vị này không được xem người gửi.",
        ),
        PushField::new("project", "project_code", ("Project code", "Mã dự án"), CODE)
            .names("project")
            .about("Code of the project that it is about.", "Mã dự án liên quan."),
        PushField::new("programmes", "programme_codes", ("Programme codes", "Mã chương trình"), Form::Texts(64))
            .names("programme")
            .about("Codes of the programmes.", "Mã các chương trình, cách nhau bằng dấu chấm phẩy."),
        PushField::new("bottlenecks", "bottleneck_codes", ("Bottleneck codes", "Mã điểm nghẽn"), Form::Texts(64))
            .names("bottleneck")
            .about("Codes of the bottlenecks.", "Mã các điểm nghẽn, cách nhau bằng dấu chấm phẩy."),
        PushField::new("primary", "primary_code", ("Merged into", "Gộp vào phản ánh"), CODE).names("feedback").about(
            "Code of the case that it was merged into; for MERGED, and only for it.",
            "Mã phản ánh được gộp vào; chỉ dùng khi gộp.",
        ),
        PushField::new("public", "is_public", ("Public", "Công khai"), Form::Boolean)
            .about("Whether the case is published; yes if not stated.", "Có công khai hay không; nếu trống là có."),
        PushField::new("anonymous", "is_anonymous", ("Anonymous", "Ẩn danh"), Form::Boolean)
            .about("Whether the sender asked not to be named.", "Người gửi yêu cầu ẩn danh."),
    ],
    authors: &["recorded_by"],
    entity: Some("feedback"),
    refusals: &[
        Refusal {
            constraint: "feedback_code_key",
            field: "code",
            message: (
                "another case has this code; accepted: a code that is not in use",
                "mã đã được dùng; cần: mã chưa dùng",
            ),
        },
        Refusal {
            constraint: "feedback_point_whole",
            field: "lat",
            message: (
                "latitude and longitude go together; accepted: both or none",
                "vĩ độ và kinh độ đi cùng nhau; cần: cả hai hoặc không",
            ),
        },
        Refusal {
            constraint: "feedback_point_rounded",
            field: "lat",
            message: (
                "the point is more exact than may be shown; accepted: at most 3 decimals here, the exact point in feedback-senders",
                "tọa độ quá chính xác; cần: tối đa 3 chữ số thập phân, tọa độ chính xác gửi ở dữ liệu người gửi",
            ),
        },
        refusal::degrees("feedback_lat_check", "lat", true),
        refusal::degrees("feedback_lon_check", "lon", false),
        refusal::set("feedback_attributes_check", "attributes"),
        refusal::set("feedback_programme_codes_check", "programmes"),
        refusal::set("feedback_bottleneck_codes_check", "bottlenecks"),
        refusal::OBSERVED_AFTER_SUBMISSION,
        refusal::SUBMITTED_FIRST,
        refusal::PRIMARY_WHEN_MERGED,
        refusal::NOT_INTO_ITSELF,
        refusal::ACYCLIC,
        refusal::REJECTED_FOR_A_REASON,
        refusal::ASKED_A_QUESTION,
        refusal::RESOLVED_WITH_REPLY,
    ],
    ..PushKind::PLAIN
};
