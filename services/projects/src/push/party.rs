//! Kinds of parties, their personal data and their rights.

use service_kit::push::{Key, Parent, PushField, PushKind, Refusal};
use tabular::Form;

use super::CODE;
use super::land::PARCELS;

/// Parties.
pub static PARTIES: PushKind = PushKind {
    name: "parties",
    row_type: "PartyRow",
    mutation: "pushParties",
    label: ("Parties", "Chủ sử dụng đất"),
    description: (
        "Who has rights to parcels, without personal data.",
        "Hộ, cá nhân, tổ chức có quyền đối với thửa đất; không gồm dữ liệu cá nhân.",
    ),
    table: "projects.party",
    key: Key::Id,
    example: "HO-MAU-001",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã chủ sử dụng"), CODE)
            .required()
            .about("Code of the party, without meaning for strangers.", "Mã chủ sử dụng, không chứa dữ liệu cá nhân.")
            .example("HO-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại"),
            Form::Choice(&[
                ("HOUSEHOLD", "Hộ gia đình"),
                ("INDIVIDUAL", "Cá nhân"),
                ("ORGANIZATION", "Tổ chức"),
                ("RELIGIOUS", "Cơ sở tôn giáo"),
                ("COMMUNITY", "Cộng đồng dân cư"),
            ]),
        )
        .required()
        .about("Kind of the party.", "Loại chủ sử dụng.")
        .example("HOUSEHOLD"),
        PushField::new("vulnerable", "vulnerable", ("Vulnerable", "Đối tượng yếu thế"), Form::Boolean).about(
            "Whether the party is poor, disabled, of merit or alone.",
            "Hộ nghèo, khuyết tật, có công hoặc neo đơn.",
        ),
    ],
    authors: &["recorded_by"],
    entity: Some("party"),
    refusals: &[Refusal {
        constraint: "party_code_key",
        field: "code",
        message: ("another party has this code", "mã đã được dùng"),
    }],
    ..PushKind::PLAIN
};

/// Personal data of parties.
pub static IDENTITIES: PushKind = PushKind {
    name: "party-identities",
    row_type: "PartyIdentityRow",
    mutation: "pushPartyIdentities",
    label: ("Personal data of parties", "Dữ liệu cá nhân của chủ sử dụng"),
    description: (
        "Name and identity of parties: personal data, which only handlers read, for a stated purpose.",
        "Họ tên, giấy tờ của chủ sử dụng: dữ liệu cá nhân, chỉ cán bộ xử lý được xem khi nêu mục đích.",
    ),
    table: "projects.party_identity",
    key: Key::Id,
    example: "HO-MAU-001",
    fields: &[
        PushField::new("party", "party_code", ("Party code", "Mã chủ sử dụng"), CODE)
            .required()
            .names("party")
            .about("Code of the party.", "Mã hộ, cá nhân hoặc tổ chức có đất.")
            .example("HO-MAU-001"),
        PushField::new("name", "name", ("Name", "Họ tên"), Form::Text(300))
            .required()
            .personal()
            .about("Name.", "Họ tên.")
            .example("Chủ hộ mẫu"),
        PushField::new("identityNumber", "identity_number", ("Identity number", "Số giấy tờ"), Form::Text(50))
            .personal()
            .about("Identity number.", "Số giấy tờ."),
        PushField::new("address", "address", ("Address", "Địa chỉ"), Form::Text(500))
            .personal()
            .about("Address.", "Địa chỉ."),
        PushField::new("phone", "phone", ("Telephone", "Điện thoại"), Form::Text(50))
            .personal()
            .about("Telephone.", "Điện thoại."),
    ],
    authors: &["recorded_by"],
    refusals: &[Refusal {
        constraint: "party_identity_party",
        field: "party",
        message: ("the party has another row", "chủ sử dụng đã có bản ghi khác"),
    }],
    ..PushKind::PLAIN
};

/// Rights.
pub static RIGHTS: PushKind = PushKind {
    name: "parcel-rights",
    row_type: "ParcelRightRow",
    mutation: "pushParcelRights",
    label: ("Rights", "Quyền đối với thửa đất"),
    description: (
        "Rights of parties to parcels. The shares of one kind of right sum to 1.",
        "Quyền của chủ sử dụng đối với thửa đất. Tổng tỷ lệ của một loại quyền bằng 1.",
    ),
    table: "projects.parcel_right",
    key: Key::Id,
    example: "Q-MAU-001",
    fields: &[
        PushField::new("parcel", "", ("Parcel", "Mã thửa nguồn"), Form::Text(200))
            .required()
            .about(
                "External id of the parcel case in the same source.",
                "Mã bản ghi nguồn của thửa đất, cùng nguồn gửi.",
            )
            .example("TD-MAU-001"),
        PushField::new("party", "party_code", ("Party code", "Mã chủ sử dụng"), CODE)
            .required()
            .names("party")
            .about("Code of the party.", "Mã hộ, cá nhân hoặc tổ chức có đất.")
            .example("HO-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại quyền"),
            Form::Choice(&[("LAND_USE", "Quyền sử dụng đất"), ("HOUSE", "Nhà ở"), ("CROPS", "Cây trồng")]),
        )
        .about("Kind of the right; LAND_USE if not stated.", "Loại quyền; nếu trống là quyền sử dụng đất.")
        .example("LAND_USE"),
        PushField::new("share", "share", ("Share", "Tỷ lệ"), Form::SHARE)
            .about("Share above 0 and up to 1; 1 if not stated.", "Tỷ lệ trên 0 đến 1; nếu trống là 1.")
            .example("1"),
    ],
    authors: &["recorded_by"],
    parent: Some(Parent { kind: &PARCELS, field: "parcel", column: "parcel_id" }),
    refusals: &[Refusal {
        constraint: "parcel_right_once",
        field: "party",
        message: ("the party has this right to the parcel already", "chủ sử dụng đã có quyền này đối với thửa"),
    }],
    ..PushKind::PLAIN
};
