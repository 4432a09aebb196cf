//! The chemistry as a LaTeX document: a row for each family of reactions, never one for each reaction.

use std::io::{self, Write};

use nnrc_crn::{Handle, Index, Part, ReactionFamily, SpeciesFamily, Term, members};

use crate::compiled::Compiled;
use crate::numbers::{plural, short};

/// Writes a document of its own, which compiles with `booktabs`, `longtable` and `mhchem`.
///
/// # Errors
///
/// What `out` says.
pub fn write(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    let (crn, info) = (&pot.lowered.crn, &pot.lowered.info);
    writeln!(out, "{HEAD}\\section*{{{}}}", escaped(&pot.model.name))?;
    writeln!(
        out,
        "{} species, {}, a row for each family of them. All are of mass action; of a rate constant with a sign the part \
         of that sign is meant.\n",
        info.species_count(),
        plural(info.reaction_count(), "reaction"),
    )?;
    writeln!(out, "\\begin{{longtable}}{{@{{}}lllr@{{}}}}")?;
    writeln!(out, "\\toprule\nfamily & scheme & rate constant & reactions \\\\\n\\midrule\n\\endhead")?;
    for (handle, family) in crn.reactions.iter() {
        let (scheme, rate) = (scheme(pot, family), rate(pot, family));
        writeln!(
            out,
            "\\texttt{{{}}}{} & \\ce{{{scheme}}} & ${rate}$ & {} \\\\",
            escaped(&family.name),
            scope(pot, family),
            info.members(handle)
        )?;
    }
    writeln!(out, "\\bottomrule\n\\end{{longtable}}\n")?;
    writeln!(out, "\\begin{{longtable}}{{@{{}}lll@{{}}}}")?;
    writeln!(out, "\\toprule\nrate constant & shape & values \\\\\n\\midrule\n\\endhead")?;
    for (_, constant) in crn.rate_constants.iter() {
        let shape: Vec<String> = constant
            .axes
            .iter()
            .flat_map(|&axis| crn.axes[axis].shape.iter().map(usize::to_string))
            .collect();
        let shape = if shape.is_empty() { "1".to_owned() } else { shape.join(" \\times ") };
        writeln!(out, "${}$ & ${shape}$ & ${}$ \\\\", symbol(&constant.stem), range(&constant.values))?;
    }
    writeln!(out, "\\bottomrule\n\\end{{longtable}}\n\\end{{document}}")
}

const HEAD: &str = r"\documentclass{article}
\usepackage[margin=2cm,landscape]{geometry}
\usepackage{amsmath}
\usepackage{booktabs}
\usepackage{longtable}
\usepackage[version=4]{mhchem}
\begin{document}
";

/// Index variables with their ranges: `$i = 1 \dots 8$`.
fn scope(pot: &Compiled, family: &ReactionFamily) -> String {
    let crn = &pot.lowered.crn;
    let over: Vec<String> = family
        .over
        .iter()
        .map(|variable| format!("{} = 1 \\dots {}", variable.name, crn.axes[variable.axis].size()))
        .collect();
    let distinct =
        family.distinct.map(|(a, b)| format!("{} \\ne {}", family.over[a].name, family.over[b].name));
    let within = members::guards(crn, family).into_iter().map(|guard| {
        let form = guard.form.text(|position| &family.over[position].name);
        format!("1 \\le {form} \\le {}", crn.axes[guard.axis].size())
    });
    let all: Vec<String> = over.into_iter().chain(distinct).chain(within).collect();
    if all.is_empty() { String::new() } else { format!(" ${}$", all.join(",\\ ")) }
}

fn scheme(pot: &Compiled, family: &ReactionFamily) -> String {
    let side = |terms: &[Term]| -> String {
        let one = |term: &Term| {
            let count =
                if term.stoichiometry == 1 { String::new() } else { format!("{} ", term.stoichiometry) };
            format!("{count}${}$", species(pot, term.species, family, &term.indices))
        };
        if terms.is_empty() {
            "$\\varnothing$".to_owned()
        } else {
            terms.iter().map(one).collect::<Vec<_>>().join(" + ")
        }
    };
    format!("{} -> {}", side(&family.reactants), side(&family.products))
}

fn species(
    pot: &Compiled,
    handle: Handle<SpeciesFamily>,
    family: &ReactionFamily,
    indices: &[Index],
) -> String {
    let name = nnrc_crn::text::name(&pot.lowered.crn.species[handle]);
    let (name, rail) = match name.strip_suffix(['+', '-']) {
        Some(bare) => (bare.to_owned(), &name[bare.len()..]),
        None => (name.clone(), ""),
    };
    let rail = if rail.is_empty() { String::new() } else { format!("^{{{rail}}}") };
    format!("{}{rail}{}", symbol(&name), subscript(family, indices))
}

fn rate(pot: &Compiled, family: &ReactionFamily) -> String {
    let sign = match family.rate.part {
        Part::Whole => "",
        Part::Positive => "^{+}",
        Part::Negative => "^{-}",
    };
    let stem = &pot.lowered.crn.rate_constants[family.rate.constant].stem;
    format!("{}{sign}{}", symbol(stem), subscript(family, &family.rate.indices))
}

fn subscript(family: &ReactionFamily, indices: &[Index]) -> String {
    let one = |index: &Index| match *index {
        Index::Variable { position, offset: 0 } => family.over[position].name.clone(),
        Index::Variable { position, offset } => format!("{}+{offset}", family.over[position].name),
        Index::At(place) => (place + 1).to_string(),
        Index::Affine(form) => form.text(|position| &family.over[position].name),
    };
    if indices.is_empty() {
        return String::new();
    }
    format!("_{{{}}}", indices.iter().map(one).collect::<Vec<_>>().join(","))
}

/// A name in one piece, not a product of letters.
fn symbol(name: &str) -> String {
    format!("\\mathit{{{}}}", escaped(name))
}

fn range(values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low == high { power(low) } else { format!("{} \\dots {}", power(low), power(high)) }
}

/// A number of four digits with its power of ten.
fn power(value: f64) -> String {
    let text = short(value);
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa} \\cdot 10^{{{exponent}}}"),
        None => text,
    }
}

/// What TeX would read as a command, and what a file of ASCII has not.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '^' | '~' => {
                out.push('\\');
                out.push(c);
                out.push_str("{}");
            }
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tex_reads_names_as_names() {
        assert_eq!(escaped("a_b%{c}\\~"), "a\\_b\\%\\{c\\}\\textbackslash{}\\~{}");
        assert_eq!(power(1e-7), "1 \\cdot 10^{-7}");
        assert_eq!(range(&[0.5, 2.0]), "0.5 \\dots 2");
    }
}
