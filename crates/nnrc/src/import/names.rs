//! Names of the source as names of the language.

use std::collections::BTreeSet;

use nnrc_syntax::words::{is_keyword, is_reserved};

/// Name of the data set of an imported network.
pub const DATA: &str = "samples";

/// A name of the language near to `wanted`: letters, digits and `_`, no word of the language; `otherwise` where nothing
/// is left.
pub fn legal(wanted: &str, otherwise: &str) -> String {
    let mut name = String::new();
    for letter in wanted.chars() {
        let is_kept = letter.is_ascii_alphanumeric() || letter == '_';
        if is_kept {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    let mut name = if name.is_empty() { otherwise.to_owned() } else { name.to_owned() };
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, 'n');
    }
    if is_keyword(&name) || is_reserved(&name) {
        name.push('_');
    }
    name
}

/// The same, unlike all that are taken.
pub fn unlike(taken: &mut BTreeSet<String>, wanted: &str, otherwise: &str) -> String {
    let name = legal(wanted, otherwise);
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let own = std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name));
    let own = own.unwrap_or(name);
    taken.insert(own.clone());
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_those_of_the_language() {
        assert_eq!(legal("/fc1/Gemm", "l"), "fc1_Gemm");
        assert_eq!(legal("2nd layer", "l"), "n2nd_layer");
        assert_eq!(legal("layer", "l"), "layer_");
        assert_eq!(legal("…", "l1"), "l1");
        let mut taken = BTreeSet::new();
        assert_eq!(unlike(&mut taken, "a", "l"), "a");
        assert_eq!(unlike(&mut taken, "a", "l"), "a_2");
    }
}
