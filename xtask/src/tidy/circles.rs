//! Circles of modules inside a crate: modules that name each other, directly or through others.
//!
//! A module names another one by a path from `crate`, `super` or `self`, or from one of its own modules. What a module
//! exports of those inside it is its face and no dependency, and tests do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::files::files;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

type Module = Vec<String>;
type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// One finding for each circle.
pub fn find(source: &Path) -> Vec<String> {
    let mut texts: BTreeMap<Module, String> = BTreeMap::new();
    for path in files(source, "rs") {
        let module = module(path.strip_prefix(source).unwrap());
        if !module.iter().any(|part| part == "tests" || part == "testing") {
            texts.insert(module, fs::read_to_string(path).unwrap());
        }
    }
    let known: BTreeSet<Module> = texts.keys().cloned().collect();
    let graph: Graph =
        texts.iter().map(|(module, text)| (module.clone(), named(module, text, &known))).collect();
    let name = source.parent().and_then(Path::file_name).unwrap().to_string_lossy().into_owned();
    circles(&graph).into_iter().map(|circle| format!("{name}: a circle of {}", words(&circle))).collect()
}

fn words(circle: &[Module]) -> String {
    let name = |module: &Module| if module.is_empty() { "the root".to_owned() } else { module.join("::") };
    circle.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The module of a file, by its path in `src`.
fn module(path: &Path) -> Module {
    let mut parts: Module =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod")
        || matches!(&parts[..], [one] if one == "lib" || one == "main")
    {
        parts.pop();
    }
    parts
}

/// The modules that a module names.
fn named(here: &Module, text: &str, known: &BTreeSet<Module>) -> BTreeSet<Module> {
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>().unwrap().into_iter().collect();
    let mut reader = Reader { here, known, found: BTreeSet::new() };
    reader.read(&tokens);
    reader.found.remove(here);
    reader.found
}

struct Reader<'a> {
    here: &'a Module,
    known: &'a BTreeSet<Module>,
    found: BTreeSet<Module>,
}

impl Reader<'_> {
    fn read(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            at = self.step(tokens, at);
        }
    }

    /// Reads what begins at `at`; where the rest begins.
    fn step(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        match &tokens[at] {
            TokenTree::Punct(sign) if sign.as_char() == '#' && is_test(tokens.get(at + 1)) => {
                at + 2 + item_end(&tokens[at + 2..])
            }
            TokenTree::Ident(word) if word == "use" => {
                let end = at + tokens[at..].iter().take_while(|token| !is(token, ';')).count();
                let is_face = at > 0 && (ident(&tokens[at - 1], "pub") || is_restriction(tokens, at));
                self.tree(&tokens[at + 1..end], &[], is_face);
                end
            }
            TokenTree::Ident(_) if at < 2 || !(is(&tokens[at - 1], ':') && is(&tokens[at - 2], ':')) => {
                let (path, length) = path(&tokens[at..]);
                if path.len() > 1 {
                    self.note(&path, false);
                }
                at + length.max(1)
            }
            TokenTree::Group(group) => {
                self.read(&group.stream().into_iter().collect::<Vec<_>>());
                at + 1
            }
            _ => at + 1,
        }
    }

    /// A tree of paths behind `use`.
    fn tree(&mut self, tokens: &[TokenTree], prefix: &[String], is_face: bool) {
        let (own, length) = path(tokens);
        let whole = [prefix, &own].concat();
        match tokens.get(length + if own.is_empty() { 0 } else { 2 }) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                inner.split(|token| is(token, ',')).for_each(|part| self.tree(part, &whole, is_face));
            }
            _ if !whole.is_empty() => self.note(&whole, is_face),
            _ => {}
        }
    }

    fn note(&mut self, path: &[String], is_face: bool) {
        let Some(module) = self.resolve(path) else { return };
        let is_inside = module.len() > self.here.len() && module.starts_with(self.here);
        if !(is_face && is_inside) {
            self.found.insert(module);
        }
    }

    /// The innermost module on a path.
    fn resolve(&self, path: &[String]) -> Option<Module> {
        let mut whole = self.here.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => {
                whole.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    whole.pop();
                    rest = &rest[1..];
                }
            }
            child => {
                let mut inner = whole.clone();
                inner.push(child.to_owned());
                if !self.known.contains(&inner) {
                    return None;
                }
            }
        }
        whole.extend_from_slice(rest);
        while !self.known.contains(&whole) {
            whole.pop()?;
        }
        Some(whole)
    }
}

/// `a::b::c` at the beginning of tokens: its parts, and how many tokens it takes.
fn path(tokens: &[TokenTree]) -> (Vec<String>, usize) {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        parts.push(word.to_string());
        at += 1;
        let goes_on =
            matches!(tokens.get(at..at + 3), Some([a, b, TokenTree::Ident(_)]) if is(a, ':') && is(b, ':'));
        if !goes_on {
            break;
        }
        at += 2;
    }
    (parts, at)
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(word) if word == name)
}

/// Whether `pub(crate)` or the like stands before `at`.
fn is_restriction(tokens: &[TokenTree], at: usize) -> bool {
    at > 1 && matches!(&tokens[at - 1], TokenTree::Group(_)) && ident(&tokens[at - 2], "pub")
}

fn is_test(token: Option<&TokenTree>) -> bool {
    token.is_some_and(|token| token.to_string().replace(' ', "") == "[cfg(test)]")
}

/// How many tokens an item takes: to its body or its semicolon.
fn item_end(tokens: &[TokenTree]) -> usize {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is(token, ';'),
    };
    tokens.iter().position(is_end).map_or(tokens.len(), |at| at + 1)
}

/// Modules that reach each other.
fn circles(graph: &Graph) -> Vec<Vec<Module>> {
    let reach: Graph = graph.keys().map(|start| (start.clone(), reached(graph, start))).collect();
    let mut circles: Vec<Vec<Module>> = Vec::new();
    for (module, others) in &reach {
        if circles.iter().any(|circle| circle.contains(module)) {
            continue;
        }
        let circle: Vec<Module> = reach
            .keys()
            .filter(|other| others.contains(*other) && reach[*other].contains(module))
            .cloned()
            .collect();
        if circle.len() > 1 {
            circles.push(circle);
        }
    }
    circles
}

fn reached(graph: &Graph, start: &Module) -> BTreeSet<Module> {
    let mut found = BTreeSet::new();
    let mut open = vec![start];
    while let Some(module) = open.pop() {
        for next in graph.get(module).into_iter().flatten() {
            if found.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(names: &[&str]) -> BTreeSet<Module> {
        names
            .iter()
            .map(|name| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn modules_are_named_by_every_kind_of_path() {
        let known = modules(&["", "a", "a::b", "c", "d", "e"]);
        let found = |text: &str| named(&vec!["a".to_owned()], text, &known);
        assert_eq!(found("use crate::{c::X, d as y}; use std::fmt;"), modules(&["c", "d"]));
        assert_eq!(found("fn f() { b::g(super::e::H { x: crate::c::x() }) }"), modules(&["a::b", "c", "e"]));
        assert_eq!(found("pub use b::B; pub(crate) use super::c::C;"), modules(&["c"]));
        assert_eq!(
            found("#[cfg(test)] mod tests { use crate::c; } use self::b::{X, Y as Z};"),
            modules(&["a::b"])
        );
        assert_eq!(found("fn f(x: other::c::X) -> crate::Y { x.c::<u8>() }"), modules(&[""]));
    }

    #[test]
    fn a_circle_holds_what_reaches_itself() {
        let edge = |from: &str, to: &[&str]| (modules(&[from]).pop_first().unwrap(), modules(to));
        let graph: Graph =
            [edge("a", &["b"]), edge("b", &["c"]), edge("c", &["a", "d"]), edge("d", &[])].into();
        assert_eq!(circles(&graph), [modules(&["a", "b", "c"]).into_iter().collect::<Vec<_>>()]);
    }
}
