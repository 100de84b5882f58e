//! `Double.toString` as JDK 8 to 18 write it.

/// Whole numbers from this binary exponent on are written with digits that a `double` cannot tell apart.
const FIRST_VAGUE_EXPONENT: u32 = 54;
/// Whole numbers with a greater binary exponent do not fit a `long`.
const LAST_LONG_EXPONENT: u32 = 62;

/// The text of a double: `8080.0`, `1.0E10`, `NaN`.
///
/// Up to 15 significant digits this is what every JDK writes. Beyond, JDK 19 and later write the shortest
/// text that is read back as the same number; earlier ones may write another last digit, which is followed
/// here for whole numbers only.
#[must_use]
pub fn double_to_string(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let size = number.abs();
    if size.is_infinite() {
        return format!("{sign}Infinity");
    }
    if size == 0.0 {
        return format!("{sign}0.0");
    }
    let (digits, exponent) = whole_digits(size).unwrap_or_else(|| shortest_digits(size));
    format!("{sign}{}", lay_out(&digits, exponent))
}

/// The digits of a whole number as `FloatingDecimal` takes them from a `long`, and the power of ten of the
/// first one.
fn whole_digits(size: f64) -> Option<(String, i32)> {
    let exponent = u32::try_from((size.to_bits() >> 52).checked_sub(1023)?).ok()?;
    if size.fract() != 0.0 || !(FIRST_VAGUE_EXPONENT..=LAST_LONG_EXPONENT).contains(&exponent) {
        return None;
    }
    let vague_digits = (1_u64 << (exponent - FIRST_VAGUE_EXPONENT)).ilog10();
    let unit = 10_u64.pow(vague_digits);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and below 2^63")]
    let whole = size as u64;
    let kept = (whole + unit / 2) / unit;
    let digits = kept.to_string();
    let power = digits.len() + usize::try_from(vague_digits).ok()? - 1;
    Some((digits.trim_end_matches('0').to_owned(), i32::try_from(power).ok()?))
}

fn shortest_digits(size: f64) -> (String, i32) {
    // Java writes two digits at least, and this is the only number whose second one is not 0.
    let smallest = f64::from_bits(1);
    let text = if size <= smallest { "4.9e-324".to_owned() } else { format!("{size:e}") };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.replace('.', ""), exponent.parse().unwrap_or_default())
}

fn lay_out(digits: &str, exponent: i32) -> String {
    let padded = |count: i32| {
        let missing = usize::try_from(count).unwrap_or_default().saturating_sub(digits.len());
        format!("{digits}{}", "0".repeat(missing))
    };
    match exponent {
        -3..0 => {
            let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or_default());
            format!("0.{zeros}{digits}")
        }
        0..7 => with_point(&padded(exponent + 2), exponent + 1),
        _ => format!("{}E{exponent}", with_point(&padded(2), 1)),
    }
}

fn with_point(digits: &str, place: i32) -> String {
    let (whole, rest) =
        digits.split_at_checked(usize::try_from(place).unwrap_or_default()).unwrap_or((digits, "0"));
    format!("{whole}.{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_read_as_in_java() {
        // Printed by JDK 17.
        for (number, expected) in [
            (8080.0, "8080.0"),
            (-0.0, "-0.0"),
            (0.001, "0.001"),
            (0.000_12, "1.2E-4"),
            (0.25, "0.25"),
            (1_234_567.5, "1234567.5"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (-1.5e300, "-1.5E300"),
            (65_098_562_420_506_300.0, "6.5098562420506304E16"),
            (9_223_372_036_854_775_807.0, "9.223372036854776E18"),
            (4_520_526_318_748_150_000.0, "4.5205263187481498E18"),
            (5e-324, "4.9E-324"),
            (1e-323, "1.0E-323"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(double_to_string(number), expected);
        }
    }
}
