//! What the constraints of a case mean for who pushes it, or an event that states something of it.

use service_kit::push::Refusal;

const fn refusal(constraint: &'static str, field: &'static str, message: (&'static str, &'static str)) -> Refusal {
    Refusal { constraint, field, message }
}

/// A number of degrees.
pub(super) const fn degrees(constraint: &'static str, field: &'static str, is_latitude: bool) -> Refusal {
    let message = if is_latitude {
        ("the latitude is no place; accepted: -90 to 90", "vĩ độ không hợp lệ; cần: từ -90 đến 90")
    } else {
        ("the longitude is no place; accepted: -180 to 180", "kinh độ không hợp lệ; cần: từ -180 đến 180")
    };
    refusal(constraint, field, message)
}

/// A list of codes without repetitions.
pub(super) const fn set(constraint: &'static str, field: &'static str) -> Refusal {
    let message = ("a value is there twice; accepted: each value once", "giá trị bị lặp; cần: mỗi giá trị một lần");
    refusal(constraint, field, message)
}

pub(super) const OBSERVED_AFTER_SUBMISSION: Refusal = refusal(
    "feedback_observed_after_submission",
    "observedAt",
    (
        "the row is true before the case was submitted; accepted: an observedAt that is not before submittedAt",
        "thời điểm ghi nhận trước thời điểm gửi; cần: observedAt không trước submittedAt",
    ),
);

pub(super) const PRIMARY_WHEN_MERGED: Refusal = refusal(
    "feedback_primary_when_merged",
    "primary",
    (
        "MERGED and the case that it was merged into go together; accepted: both or neither",
        "trạng thái gộp và mã phản ánh được gộp vào đi cùng nhau; cần: cả hai hoặc không",
    ),
);

pub(super) const NOT_INTO_ITSELF: Refusal = refusal(
    "feedback_not_into_itself",
    "primary",
    ("a case is not merged into itself; accepted: another case", "phản ánh không gộp vào chính nó; cần: phản ánh khác"),
);

pub(super) const ACYCLIC: Refusal = refusal(
    "feedback_acyclic",
    "primary",
    (
        "that case was merged into this one; accepted: a case whose chain of merges does not end here",
        "phản ánh kia đã được gộp vào phản ánh này; cần: phản ánh không tạo vòng gộp",
    ),
);

pub(super) const REJECTED_FOR_A_REASON: Refusal = refusal(
    "feedback_rejected_for_a_reason",
    "reason",
    ("found no reason; accepted: REJECTED with its reason", "thiếu lý do; cần: từ chối kèm lý do"),
);

pub(super) const ASKED_A_QUESTION: Refusal = refusal(
    "feedback_asked_a_question",
    "reason",
    (
        "found no question; accepted: WAITING_CITIZEN with the question to the sender",
        "thiếu câu hỏi; cần: chờ người dân kèm câu hỏi gửi người dân",
    ),
);

pub(super) const RESOLVED_WITH_REPLY: Refusal = refusal(
    "feedback_resolved_with_reply",
    "reply",
    (
        "found no reply; accepted: RESOLVED with the answer to the sender",
        "thiếu nội dung trả lời; cần: đã trả lời kèm nội dung trả lời",
    ),
);

pub(super) const STEP_AFTER_SUBMISSION: Refusal = refusal(
    "step_after_submission",
    "observedAt",
    (
        "the event is before the submission of its case; accepted: an observedAt that is not before the submittedAt of the case",
        "diễn biến trước thời điểm gửi phản ánh; cần: observedAt không trước submittedAt của phản ánh",
    ),
);

pub(super) const RATING_AFTER_SUBMISSION: Refusal = refusal(
    "rating_after_submission",
    "ratedAt",
    (
        "the rating is before the submission of its case; accepted: a ratedAt that is not before the submittedAt of the case",
        "đánh giá trước thời điểm gửi phản ánh; cần: ratedAt không trước submittedAt của phản ánh",
    ),
);

pub(super) const SUBMITTED_FIRST: Refusal = refusal(
    "feedback_submitted_first",
    "submittedAt",
    (
        "something that is stored of the case was before this time; accepted: a time that is not after its first row, event or rating",
        "đã có dữ liệu của phản ánh trước thời điểm này; cần: thời điểm gửi không sau dòng, diễn biến hoặc đánh giá đầu tiên",
    ),
);
