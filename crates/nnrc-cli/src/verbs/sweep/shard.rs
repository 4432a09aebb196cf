//! Which part of a sweep is to be run: what the command line says, or a scheduler.

use nnrc::sweep::Shard;

/// The variable of Kubernetes: which of the jobs this is, from 0.
const KUBERNETES: &str = "JOB_COMPLETION_INDEX";
/// The variable of Slurm: which task of the array this is.
const SLURM: &str = "SLURM_ARRAY_TASK_ID";
/// How many tasks its array has, and the number of the first and the last of them.
const SLURM_COUNT: &str = "SLURM_ARRAY_TASK_COUNT";
const SLURM_FIRST: &str = "SLURM_ARRAY_TASK_MIN";
const SLURM_LAST: &str = "SLURM_ARRAY_TASK_MAX";

/// The shard of a run that does not name one. `shards` is how many there are, where that is known; `variable` reads the
/// environment.
///
/// # Errors
///
/// A scheduler that says which part this is and not of how many, or that counts in another way; in words.
pub fn scheduled(shards: Option<u64>, variable: &dyn Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let number = |name: &str| match variable(name) {
        None => Ok(None),
        Some(text) => match text.trim().parse::<u64>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(format!("`{name}` is `{text}`, and no number; give the shard: `--shard 0/4`")),
        },
    };
    let scheduler = match (number(SLURM)?, number(KUBERNETES)?) {
        (Some(index), _) => Some((SLURM, index)),
        (None, Some(index)) => Some((KUBERNETES, index)),
        (None, None) => None,
    };
    let Some((name, index)) = scheduler else { return Ok(Shard::WHOLE) };
    if let Some(of) = shards {
        return Shard::new(index, of).ok_or_else(|| {
            format!(
                "`{name}` is {index}, and there are {of} shards, counted from 0: let the scheduler count from 0 to {}, \
                 or give their number: `--shards {}`",
                of.saturating_sub(1),
                index.saturating_add(1)
            )
        });
    }
    let array = (number(SLURM_COUNT)?, number(SLURM_FIRST)?, number(SLURM_LAST)?);
    if let (SLURM, (Some(count), Some(first), Some(last))) = (name, array)
        && last.checked_sub(first).and_then(|span| span.checked_add(1)) == Some(count)
        && let Some(shard) = index.checked_sub(first).and_then(|index| Shard::new(index, count))
    {
        return Ok(shard);
    }
    Err(format!("`{name}` says that this is shard {index}, and nothing says of how many: give `--shards N`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(shards: Option<u64>, variables: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        scheduled(shards, &variable).map(|shard| shard.to_string())
    }

    #[test]
    fn schedulers_are_understood() {
        let array = |first, last, count, id| {
            [(SLURM_FIRST, first), (SLURM_LAST, last), (SLURM_COUNT, count), (SLURM, id)]
        };
        assert_eq!(shard(None, &[]).unwrap(), "0/1");
        assert_eq!(shard(Some(4), &[]).unwrap(), "0/1");
        assert_eq!(shard(None, &array("0", "3", "4", "3")).unwrap(), "3/4");
        assert_eq!(shard(None, &array("1", "4", "4", "4")).unwrap(), "3/4");
        // Of an array that is begun again in part, the number of shards is known.
        assert_eq!(shard(Some(8), &array("3", "7", "2", "7")).unwrap(), "7/8");
        assert_eq!(shard(Some(4), &[(KUBERNETES, "2")]).unwrap(), "2/4");
    }

    #[test]
    fn what_is_not_known_is_asked_for() {
        let words = |shards, variables: &[(&str, &str)]| shard(shards, variables).unwrap_err();
        assert!(words(None, &[(KUBERNETES, "2")]).contains("`--shards N`"));
        assert!(words(None, &[(SLURM, "2")]).contains("`--shards N`"));
        let part = [(SLURM, "7"), (SLURM_FIRST, "3"), (SLURM_LAST, "7"), (SLURM_COUNT, "2")];
        assert!(words(None, &part).contains("`--shards N`"));
        assert!(words(Some(4), &[(SLURM, "4")]).contains("from 0 to 3"));
        assert!(words(Some(4), &[(SLURM, "a")]).contains("no number"));
    }
}
