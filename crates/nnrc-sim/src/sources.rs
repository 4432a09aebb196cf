//! The sources of this library, for programs that write crates which carry a copy of it.
//!
//! A copy has a manifest of its own, with the dependencies of this crate and no features; it is without this module.

/// Path below `src`, such as `train/stamp.rs`, and text of every file, sorted by path.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_whole_but_for_this_module() {
        let root = FILES.iter().find(|(path, _)| *path == "lib.rs").map_or("", |(_, text)| text);
        let modules = root.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
        let modules: Vec<&str> = modules.map(|module| module.trim_end_matches(';')).collect();
        assert!(modules.len() > 30 && !modules.contains(&"sources") && !root.contains("feature"), "{root}");
        for module in modules {
            let places = [format!("{module}.rs"), format!("{module}/mod.rs")];
            assert!(FILES.iter().any(|(path, _)| places.iter().any(|place| place == path)), "{module}");
        }
    }
}
