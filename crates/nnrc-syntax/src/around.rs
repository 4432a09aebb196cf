//! What stands before a place of a text that is being written: the block, the statement, the open calls.

use crate::diagnostic::Span;
use crate::lexer::{Kind, Lexer};

/// What stands before a place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Around<'s> {
    /// The word of the block around the place, such as `train`; none at the top of the file.
    pub block: Option<&'s str>,
    /// The statement before the place and before the word at it, token by token, without comments.
    pub statement: Vec<&'s str>,
    /// What is called where parentheses are open, the innermost last; empty text for parentheses alone, lists and
    /// records.
    pub open: Vec<&'s str>,
    /// The word that the place is in or behind; empty where there is none.
    pub word: Span,
    /// Whether a number stands right before the word, so that it may become a unit.
    pub after_number: bool,
    /// Whether the place is in a string or a comment.
    pub in_text: bool,
}

impl<'s> Around<'s> {
    /// What stands before byte `place` of `text`.
    pub fn of(text: &'s str, place: usize) -> Self {
        let mut around = Self { word: Span::new(place, place), ..Self::default() };
        let mut before = "";
        for token in Lexer::new(text, 0).take_while(|token| token.start < place) {
            let own = token.text(text);
            let holds = place <= token.end;
            match token.kind {
                // The end of a comment is its line, and a string without its quote has no end.
                Kind::Comment => {
                    around.in_text = holds;
                    continue;
                }
                Kind::Text => around.in_text = place < token.end,
                Kind::OpenText => around.in_text = holds,
                Kind::Word | Kind::Unit if holds => {
                    around.word = Span::new(token.start, token.end);
                    return around;
                }
                Kind::Number if holds => {
                    around.in_text = true;
                    return around;
                }
                _ => {}
            }
            around.after_number = token.kind == Kind::Number;
            around.take(own, before);
            before = own;
        }
        around
    }

    fn take(&mut self, token: &'s str, before: &'s str) {
        let is_top = self.open.is_empty();
        match token {
            "{" if is_top && self.block.is_none() => {
                self.block = Some(self.statement.first().copied().unwrap_or_default());
                self.statement.clear();
            }
            "}" if is_top => {
                self.block = None;
                self.statement.clear();
            }
            ";" => {
                self.open.clear();
                self.statement.clear();
            }
            "(" | "[" | "{" => {
                let is_callee =
                    token == "(" && before.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
                self.open.push(if is_callee { before } else { "" });
                self.statement.push(token);
            }
            ")" | "]" | "}" => {
                self.open.pop();
                self.statement.push(token);
            }
            _ => self.statement.push(token),
        }
    }

    /// The token before the word.
    pub fn last(&self) -> &'s str {
        self.statement.last().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands before `|`, which is taken out.
    fn at(text: &str) -> (String, usize) {
        let place = text.find('¦').expect("a place");
        (text.replace('¦', ""), place)
    }

    fn words(text: &str) -> String {
        let (text, place) = at(text);
        let around = Around::of(&text, place);
        format!(
            "{} | {} | {}",
            around.block.unwrap_or("-"),
            around.statement.join(" "),
            around.open.join(" ")
        )
    }

    #[test]
    fn blocks_and_statements_begin_and_end() {
        assert_eq!(words("nnr 1; ¦"), "- |  | ");
        assert_eq!(words("nnr 1; netw¦"), "- |  | ");
        assert_eq!(words("network n { input x[2]; la¦ }"), "network |  | ");
        assert_eq!(words("network n { layer y = dense(2) | smo¦"), "network | layer y = dense ( 2 ) | | ");
        assert_eq!(words("network n { layer y = dense(2, ¦"), "network | layer y = dense ( 2 , | dense");
        assert_eq!(
            words("dataset d = csv(\"a\") { split = holdout(¦"),
            "dataset | split = holdout ( | holdout"
        );
        assert_eq!(words("chemistry { speeds = { forward = ¦"), "chemistry | speeds = { forward = | ");
        assert_eq!(words("train { data = d; } // train {\n¦"), "- |  | ");
    }

    #[test]
    fn the_word_is_that_at_the_place() {
        let (text, place) = at("train { lo¦ss = 1; }");
        let around = Around::of(&text, place);
        assert_eq!(&text[around.word.start as usize..around.word.end as usize], "loss");
        let (text, place) = at("simulate { until = 20 m¦; }");
        assert!(Around::of(&text, place).after_number);
        for inside in ["x = \"a¦b\";", "// a¦", "x = \"a¦\n", "x = 12¦"] {
            let (text, place) = at(inside);
            assert!(Around::of(&text, place).in_text, "{inside}");
        }
        for outside in ["x = \"ab\"¦;", "// a\n¦", "x = 12 ¦"] {
            let (text, place) = at(outside);
            assert!(!Around::of(&text, place).in_text, "{outside}");
        }
    }

    #[test]
    fn any_text_and_place_has_surroundings() {
        let text = "é } ) { ( [ ; \" x";
        for place in 0..=text.len() + 2 {
            Around::of(text, place);
        }
    }
}
