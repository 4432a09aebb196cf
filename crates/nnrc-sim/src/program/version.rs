//! The text of `--version`: a program is compiled for one processor, and says for which.

use std::env::consts::ARCH;

/// Names of features with whether this library, and with it the program, was compiled for them.
macro_rules! features {
    ($($name:literal),*) => {
        [$(($name, cfg!(target_feature = $name))),*]
    };
}

/// What makes arithmetic faster and is not in every processor.
const FEATURES: [(&str, bool); 9] =
    features!["sse4.2", "avx", "avx2", "fma", "avx512f", "avx512dq", "avx512vl", "sve", "sve2"];

/// What `--version` of a program says that is called so.
pub(crate) fn text(name: &str) -> String {
    format!("{name}, written by nnrc {}, built for {}\n", env!("CARGO_PKG_VERSION"), processor(&FEATURES))
}

fn processor(features: &[(&str, bool)]) -> String {
    let used: Vec<&str> = features.iter().filter(|(_, is_used)| *is_used).map(|(name, _)| *name).collect();
    if used.is_empty() { format!("every {ARCH}") } else { format!("{ARCH} with {}", used.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_named() {
        assert_eq!(
            processor(&[("avx2", true), ("fma", false), ("sve", true)]),
            format!("{ARCH} with avx2, sve")
        );
        assert_eq!(processor(&[("avx2", false)]), format!("every {ARCH}"));
        assert!(text("or-crn").starts_with("or-crn, written by nnrc "));
    }
}
