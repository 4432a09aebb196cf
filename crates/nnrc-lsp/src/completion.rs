//! What can be written at a place.

use lsp_types::{CompletionItem, CompletionItemKind, CompletionTextEdit, TextEdit};
use nnrc_analysis::schema::{self, CALLABLES, Names as Kinds};
use nnrc_model::activation::SPECS;
use nnrc_syntax::around::Around;
use nnrc_syntax::parse_recovering;
use nnrc_syntax::words::UNITS;

use crate::document::Text;
use crate::names::{Kind, NODES, Names};

/// Something that can be written.
struct Proposal {
    label: String,
    /// What is written, where that is more than the label.
    text: String,
    kind: CompletionItemKind,
    says: String,
}

/// What can be written at a byte of the text.
pub fn completion(text: &Text, offset: usize) -> Vec<CompletionItem> {
    let around = Around::of(text.text(), offset);
    if around.in_text {
        return Vec::new();
    }
    let range = text.range(around.word);
    let (file, _) = parse_recovering(text.text());
    let proposals = Proposals { around: &around, names: Names::of(&file), all: Vec::new() }.collect();
    // Parentheses that are there already stay.
    let is_called = text.text().get(around.word.end as usize..).is_some_and(|rest| rest.starts_with('('));
    let written = |proposal: &Proposal| match proposal.kind {
        CompletionItemKind::FUNCTION if is_called => proposal.label.clone(),
        _ => proposal.text.clone(),
    };
    let item = |(at, proposal): (usize, Proposal)| CompletionItem {
        kind: Some(proposal.kind),
        // In the order of the language, not of the alphabet.
        sort_text: Some(format!("{at:04}")),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: written(&proposal) })),
        detail: Some(proposal.says).filter(|says| !says.is_empty()),
        label: proposal.label,
        ..CompletionItem::default()
    };
    proposals.into_iter().enumerate().map(item).collect()
}

struct Proposals<'a> {
    around: &'a Around<'a>,
    names: Names,
    all: Vec<Proposal>,
}

impl Proposals<'_> {
    fn collect(mut self) -> Vec<Proposal> {
        if self.around.after_number {
            self.words(UNITS, CompletionItemKind::UNIT);
        }
        match (self.around.block, self.around.open.last()) {
            (_, Some(&callee)) if !callee.is_empty() => self.argument(callee),
            (None, _) => self.item(),
            (Some("network"), _) => self.member(),
            (Some("expect"), _) => self.expectation(),
            (Some(block), _) => self.entry(block),
        }
        self.all
    }

    fn add(&mut self, label: &str, text: &str, kind: CompletionItemKind, says: &str) {
        if !self.all.iter().any(|one| one.label == label) {
            let (label, text, says) = (label.to_owned(), text.to_owned(), says.to_owned());
            self.all.push(Proposal { label, text, kind, says });
        }
    }

    fn words(&mut self, words: &[&str], kind: CompletionItemKind) {
        words.iter().for_each(|word| self.add(word, word, kind, ""));
    }

    fn keywords(&mut self, words: &[&str]) {
        self.words(words, CompletionItemKind::KEYWORD);
    }

    fn named(&mut self, kinds: &[Kind], kind: CompletionItemKind) {
        let names: Vec<String> = self.names.of_kinds(kinds).map(str::to_owned).collect();
        names.iter().for_each(|name| self.add(name, name, kind, ""));
    }

    fn nodes(&mut self) {
        self.named(NODES, CompletionItemKind::VARIABLE);
    }

    fn data(&mut self) {
        let names: Vec<String> = self.names.of_kinds(&[Kind::Data]).map(str::to_owned).collect();
        for name in names {
            for part in ["", ".train", ".test"] {
                let reference = format!("{name}{part}");
                self.add(&reference, &reference, CompletionItemKind::STRUCT, "");
            }
        }
    }

    fn constants(&mut self) {
        self.named(&[Kind::Constant], CompletionItemKind::CONSTANT);
    }

    /// What is called at this place.
    fn calls(&mut self, place: &str) {
        for callable in CALLABLES.iter().filter(|callable| callable.place == place) {
            let text = if callable.parameters.is_empty() {
                format!("{}()", callable.name)
            } else {
                format!("{}(", callable.name)
            };
            self.add(callable.name, &text, CompletionItemKind::FUNCTION, callable.says);
        }
    }

    /// The first word of the statement, and whether it is all there is before the place.
    fn first(&self) -> (&str, bool) {
        (self.around.statement.first().copied().unwrap_or_default(), self.around.statement.len() == 1)
    }

    fn item(&mut self) {
        match (self.first(), self.around.last()) {
            (("", _), _) => {
                for word in ["nnr", "const", "network", "expect"] {
                    self.add(word, word, CompletionItemKind::KEYWORD, "");
                }
                for block in schema::BLOCKS {
                    self.add(block.name, block.name, CompletionItemKind::KEYWORD, block.says);
                }
            }
            (("dataset", _), "=") => self.calls("source"),
            (("const", _), "=" | "+" | "-" | "*" | "/") => self.constants(),
            (("weights", true), _) => self.keywords(&["from"]),
            (("train", true), _) => self.named(&[Kind::Network], CompletionItemKind::CLASS),
            _ => {}
        }
    }

    fn member(&mut self) {
        let (first, _) = self.first();
        let after_from = self.around.statement.contains(&"from");
        match (first, self.around.last()) {
            ("", _) => self.keywords(&["input", "layer", "output"]),
            ("input", "]") => self.keywords(&["in", "as"]),
            ("input", "as") => self.calls("input"),
            ("layer", "=") => self.calls("layer"),
            ("layer", "|") => {
                for spec in SPECS {
                    let call = spec.facts.call();
                    self.add(spec.facts.name, &call, CompletionItemKind::FUNCTION, spec.facts.formula);
                }
            }
            ("layer", "from" | ",") if after_from => self.nodes(),
            ("layer", ")") => self.keywords(&["from"]),
            ("output", "output") => self.nodes(),
            ("output", "as") => self.calls("output"),
            ("output", _) => self.keywords(&["as"]),
            _ => {}
        }
    }

    fn expectation(&mut self) {
        let (first, _) = self.first();
        match (first, self.around.last()) {
            ("", _) => {
                self.keywords(&["for"]);
                self.calls("measure");
            }
            (_, "on") => self.data(),
            ("for", ":") => self.nodes(),
            (_, ")") if first != "for" => self.keywords(&["on"]),
            (_, "~" | "<=" | ">=" | "<" | ">" | "==" | "within") => self.constants(),
            _ if first == "for" && self.around.statement.contains(&":") || self.around.after_number => {
                self.keywords(&["within"]);
            }
            _ => {}
        }
    }

    fn entry(&mut self, block: &str) {
        let (first, is_alone) = self.first();
        let known = schema::block(block);
        match (first, self.around.last()) {
            ("", _) => {
                if block == "weights" {
                    let layers: Vec<String> =
                        self.names.of_kinds(&[Kind::Layer]).map(str::to_owned).collect();
                    for key in layers.iter().flat_map(|layer| [format!("{layer}.W"), format!("{layer}.b")]) {
                        self.add(&key, &format!("{key} = "), CompletionItemKind::PROPERTY, "");
                    }
                }
                for key in known.iter().flat_map(|block| block.keys) {
                    let text = format!("{} = ", key.name);
                    self.add(key.name, &text, CompletionItemKind::PROPERTY, key.says);
                }
                if block == "train" {
                    self.add("stop", "stop when ", CompletionItemKind::KEYWORD, "When training ends.");
                }
            }
            ("stop", "stop") if is_alone => self.keywords(&["when"]),
            ("stop", "when") => {
                let quantities = ["loss", "mse", "mae", "r2", "error", "accuracy"];
                self.words(&quantities, CompletionItemKind::VALUE);
                let judged = quantities.map(|quantity| format!("validation.{quantity}"));
                judged.iter().for_each(|one| self.add(one, one, CompletionItemKind::VALUE, ""));
            }
            (key, "=" | "[" | ",") => {
                if let Some(key) = known.and_then(|block| block.key(key)) {
                    self.words(key.values, CompletionItemKind::VALUE);
                    match key.names {
                        Kinds::Constants => {}
                        Kinds::Data => self.data(),
                        Kinds::Nodes => self.nodes(),
                    }
                }
                self.constants();
            }
            (_, "+" | "-" | "*" | "/") => self.constants(),
            _ => {}
        }
    }

    /// Within the parentheses of a call: its parameters, and what can be their values.
    fn argument(&mut self, callee: &str) {
        if !matches!(self.around.last(), "(" | "," | "=") {
            return;
        }
        if self.around.last() != "=" {
            let key = self.first().0;
            let place = format!("{}.{key}", self.around.block.unwrap_or_default());
            let activation = SPECS.iter().find(|spec| spec.facts.name == callee);
            let parameters: Vec<&str> = match activation {
                Some(spec) if self.around.block == Some("network") => {
                    spec.facts.parameters.iter().map(|parameter| parameter.name).collect()
                }
                _ => schema::callable(&place, callee)
                    .map_or_else(Vec::new, |callable| callable.parameters.to_vec()),
            };
            for parameter in parameters {
                self.add(parameter, &format!("{parameter} = "), CompletionItemKind::FIELD, "");
            }
        }
        match callee {
            "gradient" => self.calls("optimiser"),
            "like" => self.named(&[Kind::Data], CompletionItemKind::STRUCT),
            "accuracy" | "mse" | "mae" | "r2" | "max_error" => {
                self.named(&[Kind::Network], CompletionItemKind::CLASS);
            }
            _ => {}
        }
        match self.around.statement.as_slice() {
            [.., "bias" | "clip", "="] => self.words(&["true", "false"], CompletionItemKind::VALUE),
            [.., "redraw", "="] => {
                self.words(&["static", "presentation", "ou(tau = 1 s)"], CompletionItemKind::VALUE);
            }
            [.., "distribution", "="] => {
                self.words(&["lognormal", "uniform"], CompletionItemKind::VALUE);
            }
            _ => {}
        }
        self.constants();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Encoding;
    use nnrc_syntax::words::KEYWORDS;

    const FILE: &str = "const h = 0.1;\ndataset iris = rows([{ x = [0], t = [1] }]);\nnetwork n {\n    input x[1];\n    layer hidden = dense(2) | smooth_relu(h = h);\n    layer y = dense(1);\n    output y;\n}\n";

    /// The labels at `¦`, which stands behind the file.
    fn labels(tail: &str) -> Vec<String> {
        let text = format!("{FILE}{tail}");
        let place = text.find('¦').unwrap();
        let text = Text::new("m.nnr", text.replace('¦', ""), Encoding::Utf16);
        completion(&text, place).into_iter().map(|item| item.label).collect()
    }

    #[test]
    fn blocks_know_their_keys_and_keys_their_values() {
        assert_eq!(labels("train { lo¦ }")[..3], ["data", "validation", "loss"]);
        assert_eq!(labels("train { loss = ¦; }"), ["squared_error", "cross_entropy", "h"]);
        assert_eq!(labels("train { data = ¦ }"), ["iris", "iris.train", "iris.test", "h"]);
        assert_eq!(labels("simulate { record = [x, ¦] }"), ["x", "hidden", "y", "h"]);
        assert_eq!(labels("simulate { until = 20 ¦ }")[..4], ["s", "ms", "us", "min"]);
        assert!(labels("weights { ¦ }").starts_with(&["hidden.W".to_owned(), "hidden.b".to_owned()]));
        assert_eq!(labels("train { stop ¦ }"), ["when"]);
        assert!(labels("train { stop when ¦ }").contains(&"validation.loss".to_owned()));
        assert!(labels("\"¦\"").is_empty() && labels("// ¦").is_empty());
    }

    #[test]
    fn statements_of_networks_and_expectations_are_known() {
        assert_eq!(labels("network m { ¦ }"), ["input", "layer", "output"]);
        assert_eq!(labels("network m { layer y = ¦ }"), ["dense", "add", "concat"]);
        let activations = labels("network m { layer y = dense(1) | ¦ }");
        assert_eq!(activations.len(), SPECS.len());
        assert_eq!(labels("network m { layer z = dense(1) | smooth_leaky_relu(¦) }"), ["h", "slope"]);
        assert_eq!(labels("network m { layer z = dense(1) from ¦ }"), ["x", "hidden", "y"]);
        assert_eq!(labels("network m { input z[1] as ¦ }"), ["features"]);
        assert_eq!(labels("expect { accuracy(n) on ¦ }"), ["iris", "iris.train", "iris.test"]);
        assert_eq!(labels("expect { for [1]: ¦ }"), ["x", "hidden", "y"]);
        assert!(labels("expect { ¦ }").contains(&"max_error".to_owned()));
    }

    #[test]
    fn every_word_that_begins_an_item_is_proposed() {
        let labels = labels("¦");
        for word in KEYWORDS.iter().take_while(|word| **word != "input") {
            assert!(labels.contains(&(*word).to_owned()), "{word}");
        }
    }

    #[test]
    fn any_place_of_any_text_can_be_asked() {
        for text in ["", "é", "train { a = {", "network n { layer", "} ) ( {", FILE] {
            let text = Text::new("m.nnr", text.to_owned(), Encoding::Utf16);
            for offset in 0..=text.text().len() + 1 {
                completion(&text, offset);
            }
        }
    }
}
