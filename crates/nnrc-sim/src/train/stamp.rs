//! What a checkpoint belongs to: a number that tells, and words that explain.

use std::fmt;

use crate::io::{Array, Arrays};

/// What a training depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    /// A number that anything else would change.
    pub fingerprint: u64,
    /// Settings by name, in words. They only explain: what is not among them counts as well.
    pub settings: Settings,
}

/// Settings by name, in words; no tabs and no line ends.
pub type Settings = Vec<(String, String)>;

/// A setting that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// What the checkpoint was made with.
    pub before: String,
    /// What is asked for.
    pub now: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} in the checkpoint, {} now", self.name, self.before, self.now)
    }
}

/// Why a checkpoint is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is not a checkpoint: this array is missing or has another shape.
    Malformed(String),
    /// It belongs to another model, other data or other settings, as far as they are known: these.
    OfAnother(Vec<Difference>),
}

impl Stamp {
    /// Adds the stamp to the arrays of a checkpoint, under names that begin with `prefix`.
    pub fn put(&self, prefix: &str, arrays: &mut Arrays) {
        let mut put = |name: &str, values: Vec<f64>| {
            arrays.insert(format!("{prefix}.{name}"), Array { shape: vec![values.len()], values });
        };
        put("fingerprint", as_numbers(self.fingerprint).to_vec());
        put("settings", text(&self.settings).bytes().map(f64::from).collect());
    }

    /// Whether the arrays are a checkpoint with this stamp.
    ///
    /// # Errors
    ///
    /// [`Unusable::OfAnother`] with the settings that differ.
    pub fn check(&self, prefix: &str, arrays: &Arrays) -> Result<(), Unusable> {
        let name = format!("{prefix}.fingerprint");
        let Some(found) = arrays.get(&name) else { return Err(Unusable::Malformed(name)) };
        if found.values == as_numbers(self.fingerprint) {
            return Ok(());
        }
        let before = arrays.get(&format!("{prefix}.settings")).map_or(Settings::new(), |array| {
            let bytes: Vec<u8> = array.values.iter().map(|byte| *byte as u8).collect();
            settings(&String::from_utf8_lossy(&bytes))
        });
        Err(Unusable::OfAnother(differences(&before, &self.settings)))
    }
}

/// Settings that are not the same. One that only one side knows of is `not set` on the other.
fn differences(before: &Settings, now: &Settings) -> Vec<Difference> {
    // Whoever wrote no settings, or those of another kind of training, has nothing to compare.
    let shared = |(name, _): &&(String, String)| now.iter().any(|(other, _)| other == name);
    if !before.iter().any(|setting| shared(&setting)) {
        return Vec::new();
    }
    let find = |all: &Settings, name: &str| {
        all.iter().find(|(own, _)| own == name).map_or("not set".to_owned(), |(_, value)| value.clone())
    };
    let gone = before.iter().filter(|setting| !shared(setting));
    now.iter()
        .chain(gone)
        .map(|(name, _)| Difference { name: name.clone(), before: find(before, name), now: find(now, name) })
        .filter(|found| found.before != found.now)
        .collect()
}

/// Settings as lines.
pub fn text(settings: &Settings) -> String {
    settings.iter().map(|(name, value)| format!("{name}\t{value}\n")).collect()
}

/// Settings from lines; what is none is left out.
pub fn settings(text: &str) -> Settings {
    let pair = |line: &str| line.split_once('\t').map(|(name, value)| (name.to_owned(), value.to_owned()));
    text.lines().filter_map(pair).collect()
}

/// A number that tells runs apart by what they depend on (FNV-1a); nobody is kept from forging it.
pub fn fingerprint(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let bytes = bytes.into_iter();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// How many numbers there are, and a hash that tells them from others.
pub fn described<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> String {
    let mut count = 0;
    let bytes = numbers.into_iter().inspect(|_| count += 1).flat_map(|number| number.to_bits().to_le_bytes());
    let hash = fingerprint(bytes);
    format!("{count} numbers (hash {:08x})", hash as u32 ^ (hash >> 32) as u32)
}

/// 64 bits as four numbers that f64 holds exactly.
fn as_numbers(fingerprint: u64) -> [f64; 4] {
    [0, 16, 32, 48].map(|shift| ((fingerprint >> shift) & 0xffff) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let stamp = |fingerprint, all: &[(&str, &str)]| Stamp {
            fingerprint,
            settings: all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        let mut arrays = Arrays::new();
        let first = stamp(u64::MAX - 7, &[("rate", "0.1"), ("batch", "32"), ("momentum", "0.9 µ")]);
        first.put("training", &mut arrays);
        assert_eq!(first.check("training", &arrays), Ok(()));
        let words_in = |other: Stamp, arrays: &Arrays| match other.check("training", arrays) {
            Err(Unusable::OfAnother(all)) => all.iter().map(ToString::to_string).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let words = |other: Stamp| words_in(other, &arrays);
        assert_eq!(
            words(stamp(3, &[("rate", "0.2"), ("batch", "32"), ("beta1", "0.9")])),
            [
                "rate: 0.1 in the checkpoint, 0.2 now",
                "beta1: not set in the checkpoint, 0.9 now",
                "momentum: 0.9 µ in the checkpoint, not set now",
            ]
        );
        assert!(words(stamp(3, &[("--rate", "0.2")])).is_empty());
        arrays.remove("training.settings");
        assert!(words_in(stamp(3, &[("rate", "0.2")]), &arrays).is_empty());
        let missing = Err(Unusable::Malformed("pot.fingerprint".to_owned()));
        assert_eq!(first.check("pot", &arrays), missing);
    }
}
