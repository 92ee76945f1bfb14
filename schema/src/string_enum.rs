//! Enums with the same spelling in database columns, the API and error messages.
//!
//! Each variant has its spelling in the declaration, so renaming a variant in Rust does not change stored data.

use thiserror::Error;

/// A text that is not a value of the enum it was read as.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{value}` is not a value of {kind}; accepted: {}", accepted.join(", "))]
pub struct UnknownValue {
    /// The name of the enum.
    pub kind: &'static str,
    /// The start of the refused text.
    pub value: String,
    /// Every spelling that is accepted.
    pub accepted: &'static [&'static str],
}

impl UnknownValue {
    /// The error for `value`, of which only a short printable start is kept.
    pub fn new(kind: &'static str, value: &str, accepted: &'static [&'static str]) -> Self {
        Self { kind, value: crate::excerpt::excerpt(value), accepted }
    }
}

/// Declares an enum with one spelling for each value.
///
/// The enum gets `ALL`, `as_str`, `Display`, `FromStr` (with [`UnknownValue`] as its error) and serde by the
/// spelling. Attributes pass through, so a service can add its own derives.
///
/// # Example
///
/// ```
/// schema::string_enum! {
///     /// How urgent a task is.
///     pub enum Priority {
///         /// Before everything else.
///         Urgent = "URGENT",
///         /// In the usual order.
///         Normal = "NORMAL",
///     }
/// }
///
/// assert_eq!(Priority::Urgent.as_str(), "URGENT");
/// assert_eq!("NORMAL".parse(), Ok(Priority::Normal));
/// assert_eq!(
///     "LOW".parse::<Priority>().unwrap_err().to_string(),
///     "`LOW` is not a value of Priority; accepted: URGENT, NORMAL",
/// );
/// ```
#[macro_export]
macro_rules! string_enum {
    (
        $(#[$enum_attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $spelling:literal),+ $(,)?
        }
    ) => {
        $(#[$enum_attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {
            $($(#[$variant_attribute])* $variant),+
        }

        impl $name {
            /// Every value, in the order of declaration.
            $visibility const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling in the database and the API.
            $visibility const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $spelling),+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::string_enum::UnknownValue;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text {
                    $($spelling => Ok(Self::$variant),)+
                    _ => Err($crate::string_enum::UnknownValue::new(stringify!($name), text, &[$($spelling),+])),
                }
            }
        }

        impl $crate::string_enum::serde::Serialize for $name {
            fn serialize<S: $crate::string_enum::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::string_enum::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::string_enum::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text =
                    <::std::string::String as $crate::string_enum::serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err($crate::string_enum::serde::de::Error::custom)
            }
        }
    };
}

/// The macro refers to serde through this crate, so its users need no dependency on serde.
#[doc(hidden)]
pub use serde;
