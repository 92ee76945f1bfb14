//! From the bytes of a file to UTF-8: decompression, encoding, recognition of other formats.

pub(crate) mod encoding;
mod fonts;
mod inflate;
pub(crate) mod signature;
mod syllable;

pub(crate) use encoding::Decoder;
pub(crate) use fonts::{
    Legacy, either_fault, fault_of_font, font_advice, font_doubt, font_fault, font_name, is_unicode, legacy,
};
pub(crate) use inflate::Inflater;

use crate::fault::ReadError;

/// Receives the next bytes of a stage.
pub(crate) type Out<'s> = dyn FnMut(&[u8]) -> Result<(), ReadError> + 's;
