//! What is run with which settings.

use std::collections::BTreeMap;
use std::ops::Range;

use nnrc_model::{Sweep, SweepAxis, SweepVerb};

/// Values at either end of an axis that are tried before a sweep is planned.
const TRIED: usize = 50;
/// Points of a sweep at most.
pub(super) const MAX_POINTS: u64 = 1_000_000;

/// Settings of one run, by key, in the order of the axes.
pub(super) type Settings = Vec<(String, String)>;

/// Settings with a range of replicates, if these are divided.
pub(super) type Combination = (Settings, Option<Range<u64>>);

/// What a sweep runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// The verb.
    pub verb: SweepVerb,
    /// Axes that are combined with each other; the last one changes fastest.
    pub over: Vec<SweepAxis>,
    /// Axes of one length that go together, as one; it changes faster than the others.
    pub zipped: Vec<SweepAxis>,
    /// Replicates of a study of noise in one point at most; none: all.
    pub replicates: Option<u64>,
    /// Parts to run it in, where whoever runs it does not say.
    pub shards: Option<u64>,
    /// What is the same at all points.
    pub given: Given,
}

/// What is given beside the text for all points.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// Settings of `block.key`.
    pub set: Vec<(String, String)>,
    /// A weight file, by its path from the folder of the model.
    pub weights: Option<String>,
    /// The seed of random weights.
    pub seed: Option<u64>,
}

impl Given {
    /// One value for each key, the last one, in the order of the keys: what means the same is the same.
    pub(super) fn tidy(&mut self) {
        self.set = self.set.drain(..).collect::<BTreeMap<_, _>>().into_iter().collect();
    }
}

impl Design {
    /// What a `sweep` block says, with a verb that is said elsewhere where it names none.
    pub fn of(sweep: &Sweep, verb: SweepVerb) -> Self {
        Self {
            verb: sweep.verb.unwrap_or(verb),
            over: sweep.over.clone(),
            zipped: sweep.zipped.clone(),
            replicates: sweep.replicates,
            shards: sweep.shards,
            given: Given::default(),
        }
    }

    /// All axes, in the order of the columns.
    pub fn axes(&self) -> impl Iterator<Item = &SweepAxis> {
        self.over.iter().chain(&self.zipped)
    }

    /// Settings to try before the sweep is planned: every value of every axis once, the others at their first. Of an axis
    /// with very many values they are those at its two ends.
    pub fn trials(&self) -> Vec<Vec<(String, String)>> {
        let groups = self.groups();
        let first: Vec<usize> = vec![0; groups.len()];
        let mut trials = vec![self.settings(&groups, &first)];
        for (at, group) in groups.iter().enumerate() {
            let ends = (1..group.length).filter(|at| (*at).min(group.length - 1 - at) < TRIED);
            for value in ends {
                let mut places = first.clone();
                places[at] = value;
                trials.push(self.settings(&groups, &places));
            }
        }
        trials
    }

    /// The settings of all points in their order, each with its range of replicates.
    pub(super) fn points(&self, replicates: Option<u64>) -> Result<Vec<Combination>, String> {
        let groups = self.groups();
        let combinations = self.combinations()?;
        let ranges = self.ranges(replicates)?;
        if combinations.saturating_mul(ranges.len() as u64) > MAX_POINTS {
            return Err(too_many());
        }
        let mut points = Vec::new();
        let mut places = vec![0; groups.len()];
        for _ in 0..combinations {
            let settings = self.settings(&groups, &places);
            points.extend(ranges.iter().map(|range| (settings.clone(), range.clone())));
            // The last axis changes fastest.
            for (place, group) in places.iter_mut().zip(&groups).rev() {
                *place += 1;
                if *place < group.length {
                    break;
                }
                *place = 0;
            }
        }
        Ok(points)
    }

    /// The ranges of replicates of each combination of settings.
    fn ranges(&self, replicates: Option<u64>) -> Result<Vec<Option<Range<u64>>>, String> {
        match (self.replicates, replicates) {
            (None, _) => Ok(vec![None]),
            (Some(_), _) if self.verb != SweepVerb::Noise => Err(format!(
                "only a study of noise has replicates to divide, `{}` has none",
                self.verb.name()
            )),
            (Some(0), _) | (_, None | Some(0)) => Err("there are no replicates to divide".to_owned()),
            (Some(each), Some(all)) if all.div_ceil(each) > MAX_POINTS => Err(format!(
                "the sweep would have more than {MAX_POINTS} points; take more replicates in each"
            )),
            (Some(each), Some(all)) => {
                let starts = (0..all.div_ceil(each)).map(|at| at * each);
                Ok(starts.map(|start| Some(start..all.min(start + each))).collect())
            }
        }
    }

    /// How many combinations of settings there are.
    ///
    /// # Errors
    ///
    /// As those of [`Design::plan`], as far as they do not depend on replicates.
    pub fn combinations(&self) -> Result<u64, String> {
        let groups = self.groups();
        if groups.is_empty() && self.replicates.is_none() {
            return Err(
                "there is nothing to go over: give an axis, or divide the replicates of a study of noise"
                    .to_owned(),
            );
        }
        let mut keys: Vec<&str> = self.axes().map(|axis| axis.key.as_str()).collect();
        if let Some(axis) = self.axes().find(|axis| axis.values.is_empty()) {
            return Err(format!("`{}` has no values", axis.key));
        }
        if let Some((first, rest)) = self.zipped.split_first()
            && let Some(other) = rest.iter().find(|axis| axis.values.len() != first.values.len())
        {
            return Err(format!(
                "axes that go together have one number of values: `{}` has {}, `{}` has {}",
                first.key,
                first.values.len(),
                other.key,
                other.values.len()
            ));
        }
        keys.sort_unstable();
        match keys.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("two axes go over `{}`", pair[0])),
            None => {
                let all = groups.iter().try_fold(1_u64, |all, group| all.checked_mul(group.length as u64));
                all.filter(|all| *all <= MAX_POINTS).ok_or_else(too_many)
            }
        }
    }

    /// What changes by itself: each axis of its own, and those that go together as one.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> =
            self.over.iter().map(|axis| Group { is_zipped: false, length: axis.values.len() }).collect();
        groups.extend(self.zipped.first().map(|axis| Group { is_zipped: true, length: axis.values.len() }));
        groups
    }

    /// The settings at these places of the groups.
    fn settings(&self, groups: &[Group], places: &[usize]) -> Settings {
        let take = |axis: &SweepAxis, place: usize| Some((axis.key.clone(), axis.values.get(place)?.clone()));
        let mut settings = Vec::new();
        for (at, (group, &place)) in groups.iter().zip(places).enumerate() {
            if group.is_zipped {
                settings.extend(self.zipped.iter().filter_map(|axis| take(axis, place)));
            } else {
                settings.extend(self.over.get(at).and_then(|axis| take(axis, place)));
            }
        }
        settings
    }
}

fn too_many() -> String {
    format!("the sweep would have more than {MAX_POINTS} points; plan it in parts")
}

/// Something that changes by itself.
struct Group {
    is_zipped: bool,
    length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(key: &str, values: &[&str]) -> SweepAxis {
        SweepAxis { key: key.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    fn design() -> Design {
        Design {
            verb: SweepVerb::Noise,
            over: vec![axis("const.h", &["0.1", "0.01"]), axis("noise.seed", &["1", "2", "3"])],
            zipped: Vec::new(),
            replicates: None,
            shards: None,
            given: Given::default(),
        }
    }

    fn shown(design: &Design, replicates: Option<u64>) -> Vec<String> {
        let point = |(settings, range): Combination| {
            let values: Vec<String> = settings.into_iter().map(|(_, value)| value).collect();
            format!("{}{}", values.join(" "), range.map_or(String::new(), |range| format!(" {range:?}")))
        };
        design.points(replicates).unwrap().into_iter().map(point).collect()
    }

    #[test]
    fn the_last_axis_changes_fastest() {
        assert_eq!(shown(&design(), None), ["0.1 1", "0.1 2", "0.1 3", "0.01 1", "0.01 2", "0.01 3"]);
        let trials: Vec<usize> = design().trials().iter().map(Vec::len).collect();
        assert_eq!(trials, [2; 4]);
        let many: Vec<String> = (0..1000).map(|at| at.to_string()).collect();
        let long = Design { over: vec![SweepAxis { key: "a.b".to_owned(), values: many }], ..design() };
        let tried: Vec<String> = long.trials().into_iter().map(|mut set| set.remove(0).1).collect();
        assert_eq!(
            (tried.len(), tried[49].as_str(), tried[50].as_str(), tried[99].as_str()),
            (100, "49", "950", "999")
        );
    }

    #[test]
    fn axes_that_go_together_are_one() {
        let zipped = vec![axis("a.x", &["p", "q"]), axis("a.y", &["r", "s"])];
        let design = Design { over: vec![axis("noise.seed", &["1", "2"])], zipped, ..design() };
        assert_eq!(shown(&design, None), ["1 p r", "1 q s", "2 p r", "2 q s"]);
    }

    #[test]
    fn replicates_are_divided_without_a_rest() {
        let design = Design { over: Vec::new(), replicates: Some(4), ..design() };
        assert_eq!(shown(&design, Some(10)), [" 0..4", " 4..8", " 8..10"]);
        assert_eq!(shown(&design, Some(4)), [" 0..4"]);
    }

    #[test]
    fn what_is_no_sweep_is_said() {
        let words = |design: Design, replicates: Option<u64>| design.points(replicates).unwrap_err();
        let over = |over: Vec<SweepAxis>| Design { over, ..design() };
        assert!(words(over(Vec::new()), None).contains("nothing to go over"));
        assert!(words(over(vec![axis("a.b", &[])]), None).contains("no values"));
        assert!(words(over(vec![axis("a.b", &["1"]), axis("a.b", &["2"])]), None).contains("two axes"));
        let many: Vec<String> = (0..1001).map(|at| at.to_string()).collect();
        let many = |key: &str| SweepAxis { key: key.to_owned(), values: many.clone() };
        assert!(words(over(vec![many("a.b"), many("a.c")]), None).contains("more than 1000000"));
        let zipped = vec![axis("a.x", &["p"]), axis("a.y", &["r", "s"])];
        assert!(words(Design { zipped, ..design() }, None).contains("`a.x` has 1, `a.y` has 2"));
        let divided = Design { replicates: Some(3), ..design() };
        assert!(
            words(Design { verb: SweepVerb::Train, ..divided.clone() }, Some(9)).contains("only a study")
        );
        assert!(words(divided, None).contains("no replicates"));
    }
}
