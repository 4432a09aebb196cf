//! Text within HTML, and JSON within a script element.

use serde_json::Value;

/// Text as HTML and as the value of an attribute. Characters that HTML does not allow become the replacement character.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// JSON that cannot end its script element, nor begin a comment.
pub fn json(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_stay_names() {
        let name = "</script><b>&\"'\u{0}]]>";
        assert_eq!(escape(name), "&lt;/script&gt;&lt;b&gt;&amp;&quot;&#39;\u{fffd}]]&gt;");
        let text = json(&json!({ "name": name }));
        assert!(!text.contains('<'), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json!({ "name": name }));
    }
}
