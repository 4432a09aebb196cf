//! Changes of a text that take findings away.

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};

/// The text after `edits`, which do not overlap; what is not in the text changes nothing.
pub fn apply<'a>(text: &str, edits: impl IntoIterator<Item = &'a Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.into_iter().filter(|edit| edit.span.is_in_text()).collect();
    edits.sort_by_key(|edit| edit.span);
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        let (Some(kept), true) = (text.get(at..start), text.is_char_boundary(end)) else { continue };
        result.push_str(kept);
        result.push_str(&edit.text);
        at = end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

/// The automatic fixes of errors that can be made together, with their findings. Of fixes that meet, the first one is
/// taken; the others are left, and so is a finding that can be fixed in several ways.
pub fn together(findings: &[Diagnostic]) -> Vec<(&Diagnostic, &Fix)> {
    let mut chosen: Vec<(&Diagnostic, &Fix)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        let mut fixes = finding.fixes.iter().filter(|fix| fix.applicability == Applicability::Automatic);
        let (Some(fix), None) = (fixes.next(), fixes.next()) else { continue };
        let is_free =
            |edit: &Edit| chosen.iter().flat_map(|(_, other)| &other.edits).all(|other| !meet(edit, other));
        if fix.edits.iter().all(is_free) {
            chosen.push((finding, fix));
        }
    }
    chosen
}

/// Whether both change the same bytes, or meet in one place.
fn meet(one: &Edit, other: &Edit) -> bool {
    one.span.start <= other.span.end && other.span.start <= one.span.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;
    use crate::diagnostic::Span;

    fn finding(edits: Vec<Edit>) -> Diagnostic {
        Diagnostic::error(codes::SYNTAX, edits[0].span, "m").fix("h", Applicability::Automatic, edits)
    }

    #[test]
    fn edits_are_made_in_the_order_of_the_text() {
        let edits =
            [Edit::insert(5, "!"), Edit::replace(Span::new(0, 2), "é"), Edit::remove(Span::new(3, 4))];
        assert_eq!(apply("ab cd", &edits), "é d!");
        assert_eq!(apply("é", &[Edit::insert(1, "x"), Edit::insert(9, "y")]), "é", "no place of the text");
    }

    #[test]
    fn fixes_that_meet_are_left() {
        let first = finding(vec![Edit::replace(Span::new(0, 3), "x")]);
        let inside = finding(vec![Edit::insert(7, "c"), Edit::remove(Span::new(1, 2))]);
        let beside = finding(vec![Edit::insert(3, "b")]);
        let apart = finding(vec![Edit::insert(9, "a")]);
        let open = apart.clone().fix("other", Applicability::Automatic, vec![Edit::insert(20, "z")]);
        let mut warning = finding(vec![Edit::insert(30, "w")]);
        warning.severity = crate::Severity::Warning;
        let all = [first, inside, beside, apart, open, warning];
        let chosen: Vec<u32> = together(&all).iter().map(|(_, fix)| fix.edits[0].span.start).collect();
        assert_eq!(chosen, [0, 9]);
    }
}
