//! Manual pages: one for the command, one for each verb and each step of a verb.

use clap::Command;
use nnrc_tests::root;

/// Writes the pages into `dist/man`; their names.
pub fn write() -> Vec<String> {
    let folder = root().join("dist/man");
    std::fs::create_dir_all(&folder).unwrap();
    let pages = pages();
    for (name, page) in &pages {
        std::fs::write(folder.join(name), page).unwrap();
    }
    pages.into_iter().map(|(name, _)| name).collect()
}

/// Names and texts of all pages.
fn pages() -> Vec<(String, Vec<u8>)> {
    let mut command = nnrc_cli::command();
    command.build();
    let mut pages = Vec::new();
    add(&command, "nnrc", &mut pages);
    pages
}

fn add(command: &Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    let mut page = Vec::new();
    let own = command.clone().name(leaked(name)).display_name(name.to_owned());
    clap_mangen::Man::new(own)
        .date("")
        .source(format!("nnrc {}", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .unwrap();
    pages.push((format!("{name}.1"), page));
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        add(verb, &format!("{name}-{}", verb.get_name()), pages);
    }
}

/// Names of commands live as long as the program, which ends soon.
fn leaked(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_verb_has_a_page_with_its_options() {
        let pages = pages();
        let names: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), pages.len(), "no two pages have one name");
        let help = nnrc_cli::command();
        for verb in help.get_subcommands().filter(|verb| verb.get_name() != "help") {
            let name = format!("nnrc-{}.1", verb.get_name());
            let page = pages.iter().find(|(own, _)| *own == name).unwrap_or_else(|| panic!("{name}"));
            let text = String::from_utf8(page.1.clone()).unwrap();
            assert!(text.contains(".TH") && text.contains(".SH SYNOPSIS"), "{name}");
            for option in verb.get_arguments().filter(|option| !option.is_hide_set()) {
                if let Some(long) = option.get_long() {
                    let escaped = long.replace('-', "\\-");
                    assert!(text.contains(&format!("\\-\\-{escaped}")), "{name}: --{long}");
                }
            }
        }
        assert!(
            names.contains("nnrc.1") && names.contains("nnrc-sweep-plan.1") && names.contains("nnrc-lsp.1")
        );
    }

    #[test]
    fn pages_are_the_same_each_time() {
        assert_eq!(pages(), pages());
    }
}
