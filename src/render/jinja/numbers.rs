//! How Java writes numbers.

/// `Float.toString`.
pub(super) fn float_text(number: f32) -> String {
    java_text(
        number.is_nan(),
        number.is_infinite(),
        number.is_sign_negative(),
        number == 0.0,
        &format!("{number:e}"),
    )
}

/// `Double.toString`.
pub(super) fn double_text(number: f64) -> String {
    java_text(
        number.is_nan(),
        number.is_infinite(),
        number.is_sign_negative(),
        number == 0.0,
        &format!("{number:e}"),
    )
}

fn java_text(nan: bool, infinite: bool, negative: bool, zero: bool, scientific: &str) -> String {
    let sign = if negative { "-" } else { "" };
    if nan {
        return "NaN".to_owned();
    }
    if infinite {
        return format!("{sign}Infinity");
    }
    if zero {
        return format!("{sign}0.0");
    }
    let (mantissa, exponent) =
        scientific.trim_start_matches('-').split_once('e').unwrap_or((scientific, "0"));
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (head, tail) = match exponent {
        -3..=-1 => ("0".to_owned(), "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0)) + &digits),
        0..=6 => {
            let length = usize::try_from(exponent + 1).unwrap_or(1);
            let padded = format!("{digits:0<length$}");
            let (head, tail) = padded.split_at(length);
            (head.to_owned(), tail.to_owned())
        }
        _ => {
            let (head, tail) = digits.split_at(1);
            (head.to_owned(), tail.to_owned())
        }
    };
    let tail = if tail.is_empty() { "0" } else { &tail };
    if (-3..=6).contains(&exponent) {
        format!("{sign}{head}.{tail}")
    } else {
        format!("{sign}{head}.{tail}E{exponent}")
    }
}
