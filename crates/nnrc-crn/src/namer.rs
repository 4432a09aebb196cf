//! Identifiers: one rule for every back end.
//!
//! `stem`, the 1-based indices, `suffix`, joined by `_`. A bare word that a consumer of the output reserves gets
//! a trailing `_`.

use std::fmt::Write;

use crate::arena::Handle;
use crate::crn::Crn;
use crate::network::Axis;
use crate::network::{RateConstant, ReactionFamily, SpeciesFamily};

/// Appends the identifier of the `flat`-th member of a species family.
pub fn species_id(crn: &Crn, family: &SpeciesFamily, flat: usize, out: &mut String) {
    let start = out.len();
    out.push_str(&family.stem);
    push_indices(crn, &family.axes, flat, "_", out);
    if !family.suffix.is_empty() {
        out.push('_');
        out.push_str(&family.suffix);
    }
    avoid_reserved(start, out);
}

/// Appends the identifier of the `flat`-th member of a family of rate constants.
pub fn rate_constant_id(crn: &Crn, constant: &RateConstant, flat: usize, out: &mut String) {
    let start = out.len();
    out.push_str(&constant.stem);
    push_indices(crn, &constant.axes, flat, "_", out);
    avoid_reserved(start, out);
}

/// Appends the identifier of the member of a reaction family at `values`: `r_hidden_excite_2_1`.
pub fn reaction_id(crn: &Crn, family: &ReactionFamily, values: &[usize], out: &mut String) {
    out.push_str("r_");
    out.extend(family.name.chars().map(|c| if c == '.' { '_' } else { c }));
    for (variable, &value) in family.over.iter().zip(values) {
        push_indices(crn, std::slice::from_ref(&variable.axis), value, "_", out);
    }
}

/// Appends the human name of a member: `hidden.W[2,1]`, `hidden[3]+`.
pub fn human_name(crn: &Crn, label: &str, axes: &[Handle<Axis>], flat: usize, part: &str, out: &mut String) {
    out.push_str(label);
    if !axes.is_empty() {
        let mut indices = String::new();
        push_indices(crn, axes, flat, ",", &mut indices);
        out.push('[');
        out.push_str(&indices[1..]);
        out.push(']');
    }
    out.push_str(part);
}

/// Makes a bare identifier safe for every consumer.
pub fn bare(name: &str) -> String {
    let mut out = name.to_owned();
    avoid_reserved(0, &mut out);
    out
}

fn push_indices(crn: &Crn, axes: &[Handle<Axis>], flat: usize, separator: &str, out: &mut String) {
    let mut rest = flat;
    let mut unit = crn.count(axes);
    for size in axes.iter().flat_map(|&axis| crn.axes[axis].shape.iter().copied()) {
        unit /= size.max(1);
        let place = rest / unit.max(1);
        rest -= place * unit;
        // Writing to a string cannot fail.
        let _ = write!(out, "{separator}{}", place + 1);
    }
}

fn avoid_reserved(start: usize, out: &mut String) {
    if RESERVED.binary_search(&&out[start..]).is_ok() {
        out.push('_');
    }
}

/// Bare words with a meaning of their own in SymPy, Julia, Antimony, C, Python or SBML tools; sorted.
const RESERVED: &[&str] = &[
    "E",
    "I",
    "Inf",
    "N",
    "NaN",
    "O",
    "Q",
    "S",
    "abs",
    "and",
    "asm",
    "at",
    "auto",
    "avogadro",
    "beta",
    "bool",
    "break",
    "case",
    "ceil",
    "char",
    "class",
    "compartment",
    "const",
    "continue",
    "def",
    "default",
    "delay",
    "delete",
    "do",
    "double",
    "e",
    "else",
    "end",
    "enum",
    "exp",
    "exponentiale",
    "extern",
    "false",
    "float",
    "floor",
    "for",
    "formula",
    "function",
    "gamma",
    "goto",
    "if",
    "im",
    "import",
    "in",
    "inf",
    "inline",
    "int",
    "is",
    "lambda",
    "ln",
    "log",
    "long",
    "model",
    "module",
    "nan",
    "not",
    "or",
    "pass",
    "pi",
    "piecewise",
    "pot",
    "print",
    "quote",
    "reaction",
    "register",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "species",
    "static",
    "struct",
    "switch",
    "t",
    "time",
    "true",
    "typedef",
    "union",
    "unit",
    "unsigned",
    "var",
    "void",
    "volatile",
    "while",
    "with",
    "xor",
    "yield",
    "zeta",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted() {
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn bare_reserved_words_get_an_underscore() {
        assert_eq!(bare("S"), "S_");
        assert_eq!(bare("hidden"), "hidden");
    }
}
