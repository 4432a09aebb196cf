//! Wildcard arms on enums to which people add, under whatever name: the compiler could not name such a place.

use syn::visit::{self, Visit};

/// Enums whose matches name every variant. (`Rule` in the parser is another one: the tokens of the grammar.)
const ENUMS: [&str; 3] = ["Activation", "Operation", "Construction"];

/// `function: what is wrong`, for each match of a text.
pub fn find(text: &str) -> Vec<String> {
    let mut visitor = Visitor { own: Vec::new(), function: String::new(), findings: Vec::new() };
    visitor.visit_file(&syn::parse_file(text).unwrap());
    visitor.findings
}

struct Visitor {
    /// The types of the `impl` blocks around.
    own: Vec<String>,
    /// The function around.
    function: String,
    findings: Vec<String>,
}

impl Visitor {
    /// The enum that a pattern names a variant of.
    fn named(&self, pattern: &syn::Pat) -> Option<&'static str> {
        let words = quote::quote!(#pattern).to_string();
        ENUMS.into_iter().find(|name| {
            let is_own = self.own.last().is_some_and(|own| own == name) && words.contains("Self ::");
            is_own
                || words
                    .split(|c: char| !(c.is_alphanumeric() || c == ':' || c == ' '))
                    .any(|part| part.trim().starts_with(&format!("{name} ::")))
        })
    }
}

/// A pattern that every value fits, as it is written: `_`, or the name that it gets.
fn catches_all(pattern: &syn::Pat) -> Option<String> {
    match pattern {
        syn::Pat::Wild(_) => Some("_".to_owned()),
        // A name that begins with a capital letter is a constant or a variant.
        syn::Pat::Ident(name) if name.subpat.is_none() => {
            Some(name.ident.to_string()).filter(|name| name.starts_with(|c: char| c.is_lowercase()))
        }
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let own = &item.self_ty;
        self.own.push(quote::quote!(#own).to_string());
        visit::visit_item_impl(self, item);
        self.own.pop();
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !item.attrs.iter().any(|attribute| quote::quote!(#attribute).to_string().contains("cfg (test)")) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.function = signature.ident.to_string();
        visit::visit_signature(self, signature);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        let named = expr.arms.iter().find_map(|arm| self.named(&arm.pat));
        let wild = expr.arms.iter().find_map(|arm| catches_all(&arm.pat));
        if let (Some(name), Some(arm)) = (named, wild) {
            let function = &self.function;
            self.findings.push(format!("`{function}`: `{arm} =>` where variants of `{name}` are told apart"));
        }
        visit::visit_expr_match(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_found_where_variants_are_named() {
        let text = "impl Activation { fn f(self) { match self { Self::Tanh => 1, _ => 2 } } }
            fn g(r: Operation) { match r { Operation::Add { .. } => 1, Operation::Concat => 2 } }
            fn k(r: Operation) { match r { Operation::Add => 1, other => f(other) } }
            fn h(x: (Construction, u8)) { match x { (Construction::OnePot, _) => 1, _ => 2 } }
            impl Other { fn f(self) { match self { Self::Tanh => 1, _ => 2 } } }
            #[cfg(test)] mod tests { fn g(r: Operation) { match r { Operation::Add => 1, _ => 2 } } }";
        let found = find(text);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("Activation") && found[2].contains("Construction"), "{found:?}");
        assert_eq!(found[1], "`k`: `other =>` where variants of `Operation` are told apart");
    }
}
