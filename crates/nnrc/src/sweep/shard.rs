//! Parts of a sweep.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// One of several parts of a sweep, which hold every point once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// The part `index`, counted from 0, of `of` parts; none if there is no such part.
    pub fn new(index: u64, of: u64) -> Option<Self> {
        (index < of).then_some(Self { index, of })
    }

    /// Which of `count` points are in it: parts differ by one point at most.
    pub fn range(self, count: usize) -> Range<usize> {
        let border = |at: u64| {
            let place = count as u128 * u128::from(at) / u128::from(self.of);
            usize::try_from(place).unwrap_or(count)
        };
        border(self.index)..border(self.index + 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// As it is written: `0/4` to `3/4`.
impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        let Some((index, of)) = parts else {
            return Err(format!("`{text}` is no shard; write the first of four as `0/4`"));
        };
        Self::new(index, of).ok_or_else(|| match of {
            0 => "there are no shards to choose from; write `0/1` for everything".to_owned(),
            _ => format!("shards count from 0: the last one of {of} is `{}/{of}`", of - 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_in_one_shard() {
        for (count, of) in [(0, 3), (1, 4), (7, 7), (64, 7), (1_000_000, 3), (5, 1_000_000)] {
            let mut next = 0;
            for index in 0..of {
                let range = Shard::new(index, of).unwrap().range(count);
                assert_eq!(range.start, next);
                assert!(range.len() <= count.div_ceil(of as usize));
                next = range.end;
            }
            assert_eq!(next, count);
        }
        assert_eq!(Shard::WHOLE.range(9), 0..9);
    }

    #[test]
    fn shards_are_written_from_0() {
        assert_eq!("3/4".parse::<Shard>().unwrap().to_string(), "3/4");
        for (text, words) in
            [("4/4", "`3/4`"), ("1", "`0/4`"), ("-1/4", "no shard"), ("0/0", "`0/1`"), ("a/4", "no shard")]
        {
            assert!(text.parse::<Shard>().unwrap_err().contains(words), "{text}");
        }
    }
}
