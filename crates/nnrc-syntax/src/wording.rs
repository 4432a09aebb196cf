//! How names, texts and numbers stand in a message, and text in a file.

/// Text out of a file in a message: of a long one only how it begins.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Names in a row, each in backticks; of very many, and of long ones, only how they begin.
pub fn words(names: &[&str]) -> String {
    const SHOWN: usize = 30;
    let mut shown: Vec<String> =
        names.iter().take(SHOWN).map(|name| format!("`{}`", shortened(name))).collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len() - SHOWN));
    }
    shown.join(", ")
}

/// A number as people write it.
pub fn shown(number: f64) -> String {
    if number == 0.0 || (1e-4..1e16).contains(&number.abs()) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// Text as the language writes it: with its quotes and escapes.
pub fn text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
