//! Identifiers of generated code: words of the model in the case that Rust expects, each used once.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};

/// Identifiers of one scope.
#[derive(Debug, Default)]
pub(crate) struct Names {
    used: BTreeSet<String>,
}

impl Names {
    /// A scope in which these are taken.
    pub fn new(taken: &[&str]) -> Self {
        Self { used: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// A name in snake case.
    pub fn snake(&mut self, words: &str) -> Ident {
        self.unique(&words_of(words).join("_").to_lowercase())
    }

    /// A name in upper case.
    pub fn upper(&mut self, words: &str) -> Ident {
        self.unique(&words_of(words).join("_").to_uppercase())
    }

    fn unique(&mut self, wanted: &str) -> Ident {
        let starts_well = wanted.starts_with(|c: char| c.is_ascii_alphabetic());
        let wanted = if starts_well { wanted.to_owned() } else { format!("x{wanted}") };
        let is_free = |name: &str| !self.used.contains(name) && syn::parse_str::<Ident>(name).is_ok();
        let mut name = wanted.clone();
        let mut count = 2;
        while !is_free(&name) {
            name = format!("{wanted}_{count}");
            count += 1;
        }
        self.used.insert(name.clone());
        Ident::new(&name, Span::call_site())
    }
}

fn words_of(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_are_unique_and_no_keywords() {
        let mut names = Names::new(&["start"]);
        let mut name = |words: &str| names.snake(words).to_string();
        assert_eq!(name("k_W_hidden"), "k_w_hidden");
        assert_eq!(name("k_w_hidden"), "k_w_hidden_2");
        assert_eq!(name("match"), "match_2");
        assert_eq!(name("start"), "start_2");
        assert_eq!(name("_a__b_"), "a_b");
    }
}
