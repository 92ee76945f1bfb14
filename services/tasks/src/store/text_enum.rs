//! Vocabularies are stored as their spelling, in columns of type `text`.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

use crate::model::{
    BlockerKind, BlockerLevel, ExtensionStatus, RelationKind, RiskReason, SelfDeclaredRisk, TaskKind, TaskPriority,
    TaskStatus,
};

macro_rules! stored_as_text {
    ($($name:ty),+ $(,)?) => {$(
        impl Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                <str as Type<Postgres>>::type_info()
            }

            fn compatible(info: &PgTypeInfo) -> bool {
                <str as Type<Postgres>>::compatible(info)
            }
        }

        impl Decode<'_, Postgres> for $name {
            fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
                Ok(<&str as Decode<Postgres>>::decode(value)?.parse()?)
            }
        }

        impl Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <&str as Encode<Postgres>>::encode(self.as_str(), buffer)
            }
        }
    )+};
}

stored_as_text!(
    BlockerKind,
    BlockerLevel,
    ExtensionStatus,
    RelationKind,
    RiskReason,
    SelfDeclaredRisk,
    TaskKind,
    TaskPriority,
    TaskStatus,
);
