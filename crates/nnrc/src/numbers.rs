//! Numbers and lists as text.

use serde_json::Value;

/// A number for people: four significant digits, exponent form where it is shorter.
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    if (1e-4..1e6).contains(&value.abs()) {
        let digits = (3 - value.abs().log10().floor() as i32).max(0) as usize;
        let text = format!("{value:.digits$}");
        if text.contains('.') {
            return text.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        return text;
    }
    let text = format!("{value:.3e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

/// A number as JSON: whole ones without a point, and null for what is no number.
pub fn json(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

/// A count with separators: `78,400`.
pub fn count(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 reaction`, `2 reactions`.
pub fn plural(value: usize, thing: &str) -> String {
    format!("{} {thing}{}", count(value), if value == 1 { "" } else { "s" })
}

/// `a`, `a and b`, `a, b and c`.
pub fn enumeration(items: &[String]) -> String {
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => items.concat(),
    }
}

/// A file size for people.
pub fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        ..1e3 => format!("{bytes} B"),
        ..1e6 => format!("{} kB", short((bytes / 1e3 * 10.0).round() / 10.0)),
        _ => format!("{} MB", short((bytes / 1e6 * 10.0).round() / 10.0)),
    }
}

/// A duration for people; estimates beyond a day are no longer worth a number.
pub fn duration(seconds: f64) -> String {
    match seconds {
        ..0.1 => "under 0.1 s".to_owned(),
        ..10.0 => format!("about {seconds:.1} s"),
        ..120.0 => format!("about {seconds:.0} s"),
        ..7200.0 => format!("about {:.0} min", seconds / 60.0),
        ..86_400.0 => format!("about {:.0} hours", seconds / 3600.0),
        _ => "days".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(short(0.0), "0");
        assert_eq!(short(0.763_123), "0.7631");
        assert_eq!(short(1.0), "1");
        assert_eq!(short(-12.5), "-12.5");
        assert_eq!(short(123_456.0), "123456");
        assert_eq!(short(9_999.96), "10000");
        assert_eq!(short(1e-4), "0.0001");
        assert_eq!(short(1.4e-7), "1.4e-7");
        assert_eq!(short(1e6), "1e6");
        assert_eq!(count(7), "7");
        assert_eq!(count(78_400), "78,400");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(plural(1, "row"), "1 row");
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!([1, 2, 3].map(|count| enumeration(&names[..count])), ["a", "a and b", "a, b and c"]);
        assert_eq!(size(950), "950 B");
        assert_eq!(size(56_300), "56.3 kB");
        assert_eq!(duration(0.01), "under 0.1 s");
        assert_eq!(duration(3.0 * 3600.0), "about 3 hours");
        assert_eq!(duration(1e9), "days");
    }
}
