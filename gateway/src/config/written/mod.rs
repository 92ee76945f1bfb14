//! Deserializers for settings that are not plain numbers, texts or lists: times, optional settings, header names.
//!
//! Each function reads one kind of value. For another value, its error says what is accepted.

mod header;
mod number;
mod switch;
mod text;
mod time;

pub(crate) use self::{
    header::{WrittenName, WrittenValue, header_name, header_names},
    number::{amount, positive, share},
    switch::{optional, switch},
    text::{certificates, manifest, path, urls},
    time::{WrittenTime, optional_time, time, time_or_zero},
};
