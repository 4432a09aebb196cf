//! From a statement that does not parse to words: what was found, what was expected, what to write.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

use crate::codes;
use crate::diagnostic::{
    Applicability::{Automatic, Suggestion},
    Diagnostic, Edit, Span,
};
use crate::expected::{self, Context};
use crate::grammar::{Grammar, Rule};
use crate::lexer::{Kind, Lexer, Token};
use crate::suggest::{Near, suggest};
use crate::words;

/// A statement that does not parse.
pub(crate) struct Slip<'s> {
    /// The text as the parser saw it, with matching brackets.
    pub text: &'s str,
    /// First byte of the statement.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What it should have been.
    pub context: Context,
    /// Where the text of the user ends; braces that balance it may follow.
    pub source_end: usize,
}

/// What is wrong, and where the statement would parse once a `;` is added.
pub(crate) struct Explanation {
    /// For the user.
    pub diagnostic: Diagnostic,
    /// Where the `;` is missing, if only that is.
    pub semicolon_missing: Option<usize>,
}

/// Where the parse stopped and what could have followed.
struct Stop<'s> {
    slip: &'s Slip<'s>,
    found: Option<Token>,
    before: Option<Token>,
    expected: Vec<Rule>,
}

/// Explains why a statement does not parse.
pub(crate) fn explain(slip: &Slip<'_>) -> Explanation {
    let rest = slip.text.get(slip.start..).unwrap_or("");
    let first = Lexer::new(slip.text, slip.start).next().map_or("", |token| token.text(slip.text));
    let rule =
        if first == "nnr" && slip.context == Context::Item { Rule::version } else { slip.context.rule() };
    let (position, expected) = match Grammar::parse(rule, rest) {
        // Only a version in the wrong place parses by its rule and yet not where it stands.
        Ok(_) => (0, Vec::new()),
        Err(error) => {
            let position = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            let expected = match error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives,
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            (position, summed_up(expected))
        }
    };
    let at = slip.start + position;
    let mut before = None;
    let mut found = None;
    for token in Lexer::new(slip.text, slip.start).filter(|token| token.kind != Kind::Comment) {
        if token.start >= at {
            found = Some(token).filter(|token| token.start < slip.source_end);
            break;
        }
        before = Some(token);
    }
    Stop { slip, found, before, expected }.explain()
}

/// The many ways a value can begin are one expectation.
fn summed_up(mut rules: Vec<Rule>) -> Vec<Rule> {
    if rules.contains(&Rule::number) && rules.contains(&Rule::string) {
        let begins_value = [Rule::negate, Rule::number, Rule::string, Rule::row, Rule::list, Rule::record];
        let brackets = [Rule::open_bracket, Rule::open_brace, Rule::open_paren];
        let also = [Rule::call, Rule::callee, Rule::path, Rule::head, Rule::group];
        rules.retain(|rule| !begins_value.contains(rule) && !also.contains(rule) && !brackets.contains(rule));
        rules.push(Rule::expr);
    }
    rules
}

impl Stop<'_> {
    fn explain(&self) -> Explanation {
        if self.misses_semicolon() && self.near_keyword().is_none() {
            let end = self.before.map(|before| before.end);
            return Explanation { diagnostic: self.missing_semicolon(), semicolon_missing: end };
        }
        let special = [
            Self::foreign_character,
            Self::version,
            Self::missing_value,
            Self::forbidden_name,
            Self::meaning,
            Self::misspelt_keyword,
            Self::unknown_unit,
            Self::number_shape,
            Self::wrong_sign,
            Self::wrong_place,
            Self::name_with_blanks,
            Self::keyword_as_column,
        ];
        let diagnostic =
            special.iter().find_map(|look| look(self)).unwrap_or_else(|| self.unexpected(self.expectation()));
        Explanation { diagnostic, semicolon_missing: None }
    }

    fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    fn found_text(&self) -> &str {
        self.found.map_or("", |token| token.text(self.slip.text))
    }

    fn before_text(&self) -> &str {
        self.before.map_or("", |token| token.text(self.slip.text))
    }

    /// The token after the one found.
    fn after_text(&self) -> &str {
        let Some(found) = self.found else { return "" };
        Lexer::new(self.slip.text, found.end).next().map_or("", |token| token.text(self.slip.text))
    }

    /// The token found, or the end of what was there.
    fn span(&self) -> Span {
        match (self.found, self.before) {
            (Some(found), _) => Span::new(found.start, found.end),
            (None, Some(before)) => Span::new(before.end, before.end),
            (None, None) => Span::new(self.slip.start, self.slip.end),
        }
    }

    fn found_words(&self) -> String {
        let text = self.found_text();
        match self.found.map(|token| token.kind) {
            None => "the end of the text".to_owned(),
            Some(Kind::Word) if words::is_keyword(text) => format!("the keyword `{text}`"),
            Some(Kind::Number) => format!("the number `{}`", clip(text)),
            Some(Kind::Text) => format!("the string `{}`", clip(text)),
            Some(_) => format!("`{}`", clip(text)),
        }
    }

    /// Nothing at all of a statement was recognised.
    fn at_start(&self) -> bool {
        self.before.is_none()
    }

    fn expectation(&self) -> String {
        if self.at_start() { self.slip.context.words().to_owned() } else { expected::phrase(&self.expected) }
    }

    fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(codes::SYNTAX, self.span(), message)
    }

    fn unexpected(&self, expectation: String) -> Diagnostic {
        let label = if expectation.len() > 60 {
            "not expected here".into()
        } else {
            format!("expected {expectation}")
        };
        self.error(format!("expected {expectation}, found {}", self.found_words())).label(label)
    }

    // ------------------------------------------------------------------------------ the `;`

    fn misses_semicolon(&self) -> bool {
        self.before.is_some() && self.expects(Rule::semicolon) && self.is_over()
    }

    /// Whether the statement ends before the token found: with its line, its block or the text.
    fn is_over(&self) -> bool {
        let (Some(before), Some(found)) = (self.before, self.found) else { return true };
        let between = self.slip.text.get(before.end..found.start).unwrap_or("");
        found.start >= self.slip.end || self.found_text() == "}" || between.contains('\n')
    }

    fn missing_semicolon(&self) -> Diagnostic {
        let end = self.before.map_or(self.slip.start, |before| before.end);
        let statement = self.slip.text.get(self.slip.start..end).unwrap_or("");
        let error =
            Diagnostic::error(codes::SYNTAX, Span::new(end, end), "missing `;` at the end of this statement")
                .label("expected `;`");
        let help = if statement.len() <= 60 && !statement.contains('\n') {
            format!("write `{statement};`")
        } else {
            "end the statement with `;`".to_owned()
        };
        error.fix(help, Automatic, vec![Edit::insert(end, ";")])
    }

    // ------------------------------------------------------------------------------ the cases

    fn foreign_character(&self) -> Option<Diagnostic> {
        let text = self.found_text();
        let after = self.after_text();
        if text == "#" || text == "/" && after == "*" {
            let error = self
                .error(format!("a comment does not begin with `{}`", if text == "#" { "#" } else { "/*" }))
                .label("not a comment");
            let help = "write `// …`, up to the end of the line";
            // What follows `/*` may end within the line.
            return Some(if text == "#" { error.replace(help, Automatic, "//") } else { error.help(help) });
        }
        if text == "'" {
            let error = self.error("strings stand in double quotes").label("found `'`");
            return Some(self.straight_quotes(error, "write `\"…\"`", &['\'']));
        }
        if self.found.is_none_or(|token| token.kind != Kind::Unknown) || self.is_micro() || text == "^" {
            return None;
        }
        let character = text.chars().next().unwrap_or(' ');
        let code = u32::from(character);
        let words = match character {
            '\u{a0}' | '\u{202f}' | '\u{2007}' => "a no-break space".to_owned(),
            '−' | '–' | '—' => format!("`{character}`, which is no minus sign of the language"),
            '“' | '”' | '„' => format!("`{character}`, which is no straight quote"),
            _ if character.is_control() || character.is_whitespace() => "an invisible character".to_owned(),
            _ => format!("`{character}`"),
        };
        let error = self.error(format!("unexpected character: {words} (U+{code:04X})"));
        Some(match character {
            '−' | '–' | '—' => error.label("not a minus sign").replace("write `-`", Automatic, "-"),
            '“' | '”' | '„' => {
                self.straight_quotes(error.label("not a quote"), "write `\"`", &['“', '”', '„', '"'])
            }
            _ if character.is_alphabetic() => error
                .label("not allowed here")
                .help("names consist of the letters a to z and A to Z, digits and `_`"),
            _ if character.is_whitespace() => error.label("not allowed here").replace(
                "remove it, or replace it by a plain blank or sign",
                Automatic,
                " ",
            ),
            _ => error.label("not allowed here").help("remove it, or replace it by a plain blank or sign"),
        })
    }

    /// The quote found and its partner on the same line become straight ones, where there is a partner and nothing
    /// within that would end the string or begin an escape.
    fn straight_quotes(&self, error: Diagnostic, help: &str, partners: &[char]) -> Diagnostic {
        let rest = self.found.and_then(|found| Some((found, self.slip.text.get(found.end..)?)));
        let Some((found, rest)) = rest else { return error.help(help) };
        let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        match line.char_indices().find(|(_, c)| partners.contains(c) || matches!(c, '"' | '\\')) {
            Some((at, partner)) if partners.contains(&partner) => {
                let opening = Edit::replace(Span::new(found.start, found.end), "\"");
                let at = found.end + at;
                let closing = Edit::replace(Span::new(at, at + partner.len_utf8()), "\"");
                error.fix(help, Automatic, vec![opening, closing])
            }
            _ => error.help(help),
        }
    }

    /// `inputs = [sepal length (cm)]`: the names of columns are those of a file.
    fn name_with_blanks(&self) -> Option<Diagnostic> {
        let (before, found) = (self.before?, self.found?);
        let key = Lexer::new(self.slip.text, self.slip.start).next()?.text(self.slip.text);
        let is_name =
            before.kind == Kind::Word && matches!(found.kind, Kind::Word | Kind::Number | Kind::Unit);
        if !matches!(key, "inputs" | "target") || !is_name {
            return None;
        }
        let rest = self.slip.text.get(before.start..self.slip.end)?;
        let end = rest.find([',', ']', ';', '\n', '\r']).unwrap_or(rest.len());
        let name = rest[..end].trim_end();
        // The parenthesis of `onehot(iris type)` is none of the name.
        let name = if name.contains('(') { name } else { name.trim_end_matches(')') };
        let finding = self.unexpected(self.expectation());
        let help = format!("a name with a blank is written as text: `\"{}\"`", clip(name));
        if name.contains(['"', '\\']) {
            return Some(finding.help(help));
        }
        let place = Span::new(before.start, before.start + name.len());
        Some(finding.fix(help, Automatic, vec![Edit::replace(place, format!("\"{name}\""))]))
    }

    /// `inputs = [in, out]`: a file may call its columns by words of the language.
    fn keyword_as_column(&self) -> Option<Diagnostic> {
        let key = Lexer::new(self.slip.text, self.slip.start).next()?.text(self.slip.text);
        if !matches!(key, "inputs" | "target") {
            return None;
        }
        // In `onehot(output)` the word could still be the name of an argument.
        let before = self.before.filter(|_| self.found_text() == ")");
        let is_word = |token: &Token| {
            let word = token.text(self.slip.text);
            words::is_keyword(word) || words::is_reserved(word)
        };
        let token = [self.found, before].into_iter().flatten().find(is_word)?;
        let text = format!("\"{}\"", token.text(self.slip.text));
        let finding = self.unexpected(self.expectation());
        let edit = Edit::replace(Span::new(token.start, token.end), text.as_str());
        Some(finding.fix(
            format!("a column of that name is written as text: `{text}`"),
            Automatic,
            vec![edit],
        ))
    }

    fn is_micro(&self) -> bool {
        matches!(self.found_text(), "µ" | "μ")
    }

    fn version(&self) -> Option<Diagnostic> {
        let first = Lexer::new(self.slip.text, self.slip.start).next()?;
        if self.slip.context != Context::Item || first.text(self.slip.text) != "nnr" {
            return None;
        }
        if self.expected.is_empty() {
            let error = self.error("the version must be the first statement of the file");
            let statement = self.slip.text.get(self.slip.start..self.slip.end)?.trim_end();
            let place = Span::new(self.slip.start, self.slip.start + statement.len());
            // A mark of byte order stands before the first statement.
            let first = self.slip.text.len() - self.slip.text.trim_start_matches('\u{feff}').len();
            let edits = vec![Edit::insert(first, format!("{statement}\n")), Edit::remove(place)];
            let help = "move `nnr 1;` to the first line";
            return Some(error.label("too late here").fix(help, Automatic, edits));
        }
        Some(self.unexpected(self.expectation()).help("write `nnr 1;`"))
    }

    /// `units =` and nothing more on the line.
    fn missing_value(&self) -> Option<Diagnostic> {
        let before = self.before.filter(|_| self.expects(Rule::expr) && self.is_over())?;
        let sign = clip(before.text(self.slip.text));
        let error = Diagnostic::error(
            codes::SYNTAX,
            Span::new(before.end, before.end),
            format!("missing value behind `{sign}`"),
        );
        Some(error.label("expected a value"))
    }

    /// A keyword or a word kept for later where a name belongs.
    fn forbidden_name(&self) -> Option<Diagnostic> {
        let word = self.found_text();
        let kept = words::is_reserved(word);
        if kept && self.at_start() && self.slip.context == Context::Item {
            let error = Diagnostic::error(
                codes::RESERVED_WORD,
                self.span(),
                format!("`{word}` is kept for a later version"),
            );
            return Some(error.label("not part of version 1 of the language").help("remove this statement"));
        }
        if !self.expects(Rule::name) || !(kept || words::is_keyword(word)) {
            return None;
        }
        // `output` and then `layer y = …` on the next line: the name is simply not there.
        if self.is_over() {
            return None;
        }
        let reason = if kept { "is kept for a later version" } else { "is a keyword" };
        let message = format!("`{word}` {reason} and cannot be a name");
        let error = Diagnostic::error(codes::RESERVED_WORD, self.span(), message).label("expected a name");
        Some(error.help(format!("choose another name, such as `{word}_1`")))
    }

    /// `as` without what it needs: a call.
    fn meaning(&self) -> Option<Diagnostic> {
        if self.slip.context != Context::Member {
            return None;
        }
        let words: Vec<&str> = Lexer::new(self.slip.text, self.slip.start)
            .filter(|token| token.kind != Kind::Comment)
            .take_while(|token| self.before.is_some_and(|before| token.start <= before.start))
            .map(|token| token.text(self.slip.text))
            .collect();
        let (is_bare, is_name) = match words.as_slice() {
            [.., _, "as"] => (words.len() > 2 && !self.expects(Rule::semicolon), false),
            [_, .., "as", _] => (false, words.len() > 3 && self.expects(Rule::open_paren)),
            _ => (false, false),
        };
        if !is_bare && !is_name {
            return None;
        }
        let help = if words.first() == Some(&"input") {
            "write `as features([\"width\", \"length\"])`, a name for each value"
        } else {
            "write `as classes([\"red\", \"blue\"])`, `as binary(threshold = 0.5)` or `as values()`"
        };
        let expectation = if is_bare { "what it is".to_owned() } else { self.expectation() };
        Some(self.unexpected(expectation).help(help))
    }

    fn near_keyword(&self) -> Option<Near> {
        let word =
            self.found.filter(|token| token.kind == Kind::Word && !words::is_keyword(self.found_text()))?;
        // A key may be called anything; `stop` is only meant where the key is not followed by `=`.
        if self.at_start() && self.slip.context == Context::Entry {
            return None;
        }
        let keywords = self.expected.iter().filter_map(|rule| expected::keyword(*rule));
        suggest(word.text(self.slip.text), keywords)
    }

    fn misspelt_keyword(&self) -> Option<Diagnostic> {
        if let Some(meant) = self.near_keyword() {
            let error = self.error(format!("expected `{meant}`, found `{}`", clip(self.found_text())));
            return Some(error.label("misspelt?").did_you_mean(Some(meant)));
        }
        // `stpo when loss < 1;` parses as far as the key.
        let first =
            self.before.filter(|_| self.slip.context == Context::Entry && self.found_text() == "when")?;
        if first.start != self.slip.start {
            return None;
        }
        let error = Diagnostic::error(
            codes::SYNTAX,
            Span::new(first.start, first.end),
            format!("expected `stop`, found `{}`", clip(first.text(self.slip.text))),
        );
        Some(error.label("before `when`").replace("did you mean `stop when …`?", Automatic, "stop"))
    }

    fn unknown_unit(&self) -> Option<Diagnostic> {
        let number = self.before.filter(|token| token.kind == Kind::Number && self.expects(Rule::unit))?;
        let found = self.found.filter(|token| token.kind == Kind::Word || self.is_micro())?;
        if words::is_keyword(self.found_text()) {
            return None;
        }
        let rest = self.slip.text.get(found.start..)?;
        let length = rest
            .char_indices()
            .find(|(_, letter)| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | 'µ' | 'μ')))
            .map_or(rest.len(), |(at, _)| at);
        let (word, span) = (&rest[..length], Span::new(found.start, found.start + length));
        let end = number.end;
        let number = clip(number.text(self.slip.text));
        let error = Diagnostic::error(codes::UNKNOWN_UNIT, span, format!("unknown unit `{}`", clip(word)))
            .label("not a unit of the language");
        let exponent = word.strip_prefix(['e', 'E']).filter(|power| power.parse::<u16>().is_ok());
        if exponent.is_some() {
            let help = format!("a number has no blanks: write `{number}{word}`");
            return Some(error.fix(help, Automatic, vec![Edit::remove(Span::new(end, found.start))]));
        }
        let error = match words::meant_unit(word) {
            Some(unit) => {
                // A unit needs no blank, and has one in the canonical layout.
                let text = if found.start == end { format!(" {unit}") } else { unit.to_owned() };
                // `Ms` may be mega, `m` a metre or milli: who means what decides.
                let is_clear = word.len() > 1 && !word.eq_ignore_ascii_case(unit);
                let sure = if is_clear { Automatic } else { Suggestion };
                error.replace(format!("write `{number} {unit}`"), sure, text)
            }
            None => error,
        };
        Some(error.help(
            "units: s ms us min h, M mM uM nM pM, L mL uL nL pL fL, /s /min /h, /M/s … /nM/s, uM/s nM/s",
        ))
    }

    fn number_shape(&self) -> Option<Diagnostic> {
        let text = self.slip.text;
        let (found, before) = (self.found?, self.before);
        if self.found_text() != "." {
            return None;
        }
        if self.expects(Rule::expr)
            || self.expects(Rule::arg)
            || self.expects(Rule::close_bracket) && before.is_none()
        {
            let digits = Lexer::new(text, found.end).next().filter(|next| next.kind == Kind::Number)?;
            let error = self.error("a number needs a digit before the point").label("no digit before this");
            let help = format!("write `0.{}`", clip(digits.text(text)));
            return Some(error.fix(help, Automatic, vec![Edit::insert(found.start, "0")]));
        }
        let number = before.filter(|before| before.kind == Kind::Number && before.end == found.start)?;
        let error = self.error("a number needs a digit after the point").label("no digit after this");
        let help = format!("write `{}.0`", clip(number.text(text)));
        Some(error.fix(help, Automatic, vec![Edit::insert(found.end, "0")]))
    }

    /// Signs of other languages, and signs of this one in the wrong statement.
    fn wrong_sign(&self) -> Option<Diagnostic> {
        let key = clip(self.before_text());
        let generic = || self.unexpected(self.expectation());
        let replaced = |help: String, text: &str| Some(generic().replace(help, Automatic, text));
        let removed = |error: Diagnostic, help: &str| Some(error.replace(help, Automatic, ""));
        let help = match (self.found_text(), self.after_text()) {
            ("=", _) if self.expects(Rule::cmp) => {
                "write `==` for equal, or `~` with `within` for nearly equal".into()
            }
            (":" | "==", _) if self.expects(Rule::equals) => {
                // `key: value` of other languages has no blank before the colon.
                let is_joined = self.before.zip(self.found).is_some_and(|(key, sign)| key.end == sign.start);
                return replaced(format!("write `{key} = …`"), if is_joined { " =" } else { "=" });
            }
            ("{", _) if self.expects(Rule::equals) => format!("write `{key} = {{ … }};`"),
            ("=", "{") if self.slip.context == Context::Item => {
                return removed(generic(), &format!("write `{key} {{ … }}`"));
            }
            (unit, _) if words::UNITS.contains(&unit) && self.expects(Rule::semicolon) => {
                format!("a unit stands behind a number: multiply by `1 {unit}`")
            }
            // Behind a comma in the line there is more of a list.
            (",", _) if self.expects(Rule::semicolon) => "statements end with `;`".into(),
            (";", _) if self.at_start() => {
                let error = self.error("this `;` ends nothing").label("remove it");
                let is_item = self.slip.context == Context::Item;
                return removed(
                    error,
                    if is_item { "blocks end with `}` alone" } else { "a statement ends with one `;`" },
                );
            }
            ("->" | "-", ">") | ("=", ">") => "layers are joined by `|`, keys and values by `=`".into(),
            ("^", _) => "there is no power; write a product".into(),
            ("-", _) if self.before_text() == "-" => "write one `-`, or parentheses: `-(-1)`".into(),
            ("+", _) if self.expects(Rule::expr) => return removed(generic(), "a number needs no `+`"),
            ("|", _) if self.expects(Rule::semicolon) => "only the calls of a layer are joined by `|`".into(),
            _ => return None,
        };
        Some(generic().help(help))
    }

    /// A statement that belongs into another block.
    fn wrong_place(&self) -> Option<Diagnostic> {
        let first = Lexer::new(self.slip.text, self.slip.start).next()?.text(self.slip.text);
        let second_is = |text| self.found_text() == text || self.after_text() == text;
        let help = match (self.slip.context, first) {
            (Context::Item, "input" | "layer" | "output") => {
                format!("`{first}` belongs into a block `network NAME {{ … }}`")
            }
            (Context::Item, "for") => "`for` belongs into a block `expect { … }`".to_owned(),
            (Context::Item, "stop") => "`stop when` belongs into a block `train { … }`".to_owned(),
            (Context::Item, _) if self.at_start() && second_is("=") => {
                "settings belong into a block such as `chemistry { … }`; a constant is written `const NAME = value;`"
                    .to_owned()
            }
            (Context::Member, _) if self.at_start() && second_is("=") => {
                format!("write `layer {} = …;`, or move this into another block", clip(first))
            }
            (Context::Entry, "for") if self.found_text() == "[" => {
                "`for` belongs into a block `expect { … }`".to_owned()
            }
            (Context::Expectation, _) if self.expects(Rule::open_paren) => {
                "write `for [inputs]: layer ~ value;` or a measure such as `accuracy() >= 0.9;`".to_owned()
            }
            _ => return None,
        };
        Some(self.unexpected(self.expectation()).help(help))
    }
}

/// A text short enough for a message.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
