//! How a person writes a setting down, where it is no plain number, text or list: times, switches, names of headers.
//!
//! Each function reads one kind of value and says what is accepted when it gets another.

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
