//! Words of a command line.

/// A word as a shell of POSIX reads it: between quotation marks where it must be.
pub fn word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./=,:@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_stands_between_quotation_marks() {
        let words = ["a-b_1.nnr", "noise.seed=1,2", "", "two words", "it's", "$(ls)", "ä"];
        let found = words.map(word);
        assert_eq!(found, ["a-b_1.nnr", "noise.seed=1,2", "''", "'two words'", r"'it'\''s'", "'$(ls)'", "ä"]);
    }
}
