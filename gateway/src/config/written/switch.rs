//! Optional settings: `false` instead of a value disables the setting.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, MapAccess, SeqAccess, Visitor,
        value::{
            BoolDeserializer, F64Deserializer, I64Deserializer, MapAccessDeserializer, SeqAccessDeserializer,
            StrDeserializer, U64Deserializer,
        },
    },
};

struct Switch<T> {
    /// The value for `true`, if `true` is accepted.
    on: Option<fn() -> T>,
    value: PhantomData<T>,
}

/// A value, or `false`.
pub(crate) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(Switch { on: None, value: PhantomData })
}

/// A table, `true` for a table with default values, or `false`.
pub(crate) fn switch<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    deserializer.deserialize_any(Switch { on: Some(T::default), value: PhantomData })
}

/// Passes everything except a Boolean to `T`, so that the error of `T` says what is accepted.
impl<'de, T: Deserialize<'de>> Visitor<'de> for Switch<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value, or false for none")
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<Self::Value, E> {
        match (on, self.on) {
            (false, _) => Ok(None),
            (true, Some(on)) => Ok(Some(on())),
            (true, None) => T::deserialize(BoolDeserializer::new(on)).map(Some),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        T::deserialize(I64Deserializer::new(number)).map(Some)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(U64Deserializer::new(number)).map(Some)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        T::deserialize(F64Deserializer::new(number)).map(Some)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(StrDeserializer::new(text)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::deserialize(SeqAccessDeserializer::new(list)).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(table)).map(Some)
    }
}
