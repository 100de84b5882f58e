//! Dates and times: which ones the server's TOML reader takes, and how Java prints them.

/// A part of a date or time that is out of range: its name and what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutOfRange(pub(super) &'static str, pub(super) &'static str);

/// `LocalDate.toString()` of the digits of year, month and day.
pub(super) fn date(year: &str, month: &str, day: &str) -> Result<String, OutOfRange> {
    let year = number(year, 4, 0..=9999, OutOfRange("year", "four digits"))?;
    let month = number(month, 2, 1..=12, OutOfRange("month", "two digits from 01 to 12"))?;
    let last_day = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day = number(day, 2, 1..=last_day, OutOfRange("day", "two digits, and a day that the month has"))?;
    Ok(format!("{year:04}-{month:02}-{day:02}"))
}

/// `LocalTime.toString()` of the digits of hour, minute, second and fraction.
pub(super) fn time(
    hour: &str,
    minute: &str,
    second: &str,
    fraction: Option<&str>,
) -> Result<String, OutOfRange> {
    let hour = number(hour, 2, 0..=23, OutOfRange("hour", "two digits from 00 to 23"))?;
    let minute = number(minute, 2, 0..=59, OutOfRange("minute", "two digits from 00 to 59"))?;
    let second = number(second, 2, 0..=59, OutOfRange("second", "two digits from 00 to 59"))?;
    let nanoseconds = fraction.map_or(Ok(0), nanoseconds)?;
    let mut printed = format!("{hour:02}:{minute:02}");
    if second > 0 || nanoseconds > 0 {
        printed.push_str(&format!(":{second:02}"));
    }
    match nanoseconds {
        0 => {}
        _ if nanoseconds % 1_000_000 == 0 => printed.push_str(&format!(".{:03}", nanoseconds / 1_000_000)),
        _ if nanoseconds % 1_000 == 0 => printed.push_str(&format!(".{:06}", nanoseconds / 1_000)),
        _ => printed.push_str(&format!(".{nanoseconds:09}")),
    }
    Ok(printed)
}

/// `ZoneOffset.toString()`. Neither hour nor minute needs two digits, and with `-00` the minutes count as
/// positive.
pub(super) fn offset(is_negative: bool, hour: &str, minute: &str) -> Result<String, OutOfRange> {
    let wrong = OutOfRange("offset", "from -18:00 to +18:00");
    let hour: u32 = hour.parse().map_err(|_| wrong)?;
    let minute: u32 = minute.parse().map_err(|_| wrong)?;
    if hour > 18 || minute > 59 || hour == 18 && minute > 0 {
        return Err(wrong);
    }
    match (hour, minute, is_negative) {
        (0, 0, _) => Ok("Z".to_owned()),
        (1.., _, true) => Ok(format!("-{hour:02}:{minute:02}")),
        _ => Ok(format!("+{hour:02}:{minute:02}")),
    }
}

/// Which of Java's classes printed a date or time, in the plural.
pub(super) fn sort(printed: &str) -> &'static str {
    match printed.split_once('T') {
        None if printed.contains(':') => "times",
        None => "dates",
        Some((_, time)) if time.contains(['Z', '+', '-']) => "dates with time and offset",
        Some(_) => "dates with time",
    }
}

fn nanoseconds(fraction: &str) -> Result<u32, OutOfRange> {
    if fraction.len() > 9 {
        return Err(OutOfRange("fraction of a second", "at most nine digits"));
    }
    Ok(format!("{fraction:0<9}").parse().unwrap_or(0))
}

fn number(
    digits: &str,
    length: usize,
    range: std::ops::RangeInclusive<u32>,
    wrong: OutOfRange,
) -> Result<u32, OutOfRange> {
    let value = digits.parse().ok().filter(|value| range.contains(value));
    value.filter(|_| digits.len() == length).ok_or(wrong)
}
