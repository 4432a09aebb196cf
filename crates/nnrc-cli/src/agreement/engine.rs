//! The engines, and how each is asked.

use std::time::Duration;

use nnrc_syntax::suggest;

/// Something that integrates SBML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    /// SciPy, with the polynomials of the file: it reads SBML by itself, so that it shares no code with the others.
    Scipy,
    /// libRoadRunner.
    Roadrunner,
    /// COPASI.
    Copasi,
    /// AMICI, which compiles the model.
    Amici,
    /// Tellurium, which runs libRoadRunner.
    Tellurium,
    /// The deterministic solver of GillesPy2.
    Gillespy2,
    /// sbmlsim, which runs libRoadRunner.
    Sbmlsim,
}

/// All engines; the first is what the others are compared with.
pub const ALL: [Engine; 7] = [
    Engine::Scipy,
    Engine::Roadrunner,
    Engine::Copasi,
    Engine::Amici,
    Engine::Tellurium,
    Engine::Gillespy2,
    Engine::Sbmlsim,
];

const COMMON: &str = include_str!("scripts/common.py");
const COURSES: &str = include_str!("scripts/courses.py");

impl Engine {
    /// Its name on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scipy => "scipy",
            Self::Roadrunner => "roadrunner",
            Self::Copasi => "copasi",
            Self::Amici => "amici",
            Self::Tellurium => "tellurium",
            Self::Gillespy2 => "gillespy2",
            Self::Sbmlsim => "sbmlsim",
        }
    }

    /// What Python runs.
    pub fn script(self) -> String {
        let own = match self {
            Self::Scipy => include_str!("scripts/scipy.py"),
            Self::Roadrunner => include_str!("scripts/roadrunner.py"),
            Self::Copasi => include_str!("scripts/copasi.py"),
            Self::Amici => include_str!("scripts/amici.py"),
            Self::Tellurium => include_str!("scripts/tellurium.py"),
            Self::Gillespy2 => include_str!("scripts/gillespy2.py"),
            Self::Sbmlsim => include_str!("scripts/sbmlsim.py"),
        };
        let shared = match self {
            Self::Roadrunner | Self::Tellurium | Self::Sbmlsim => COURSES,
            Self::Scipy | Self::Copasi | Self::Amici | Self::Gillespy2 => "",
        };
        [COMMON, shared, own].join("\n\n")
    }

    /// How long it may take.
    pub fn limit(self) -> Duration {
        // AMICI runs a C++ compiler.
        Duration::from_secs(if self == Self::Amici { 600 } else { 120 })
    }

    /// The engines of a list: `roadrunner,copasi`, or `all`.
    ///
    /// # Errors
    ///
    /// A name that is none, with the nearest one and all that are; a list of nothing.
    pub fn list(text: &str) -> Result<Vec<Self>, String> {
        let known = || ALL.map(Self::name).join(", ");
        let names = || ALL.into_iter().map(Self::name).chain(["all"]);
        let mut found = Vec::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if name == "all" {
                found.extend(ALL);
                continue;
            }
            let Some(engine) = ALL.into_iter().find(|engine| engine.name() == name) else {
                let near = suggest(name, names());
                let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                return Err(format!("`{name}` is no engine{near} (there are {}, and `all`)", known()));
            };
            found.push(engine);
        }
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            return Err(format!(
                "expected engines, such as `roadrunner,copasi`; there are {}, and `all`",
                known()
            ));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_refused() {
        assert_eq!(Engine::list("copasi, scipy,copasi"), Ok(vec![Engine::Scipy, Engine::Copasi]));
        assert_eq!(Engine::list("all"), Ok(ALL.to_vec()));
        assert_eq!(Engine::list("copasi,all"), Ok(ALL.to_vec()));
        assert!(
            Engine::list("all,roadruner")
                .unwrap_err()
                .starts_with("`roadruner` is no engine; did you mean `roadrunner`?")
        );
        assert_eq!(
            Engine::list("vcell").unwrap_err(),
            "`vcell` is no engine (there are scipy, roadrunner, copasi, amici, tellurium, gillespy2, sbmlsim, and `all`)"
        );
        assert!(Engine::list(" ,").is_err());
    }
}
