//! A manifest that is read: what it says has to be what the same axes are planned to again.

use std::collections::BTreeMap;

use nnrc_model::{SweepAxis, SweepVerb};
use nnrc_syntax::{Diagnostic, Source, Span, codes};
use serde_json::{Map, Value};

use super::design::{Design, Given};
use super::head::Head;
use super::line::{self, FORMAT, KIND};
use super::manifest::Manifest;
use crate::failure::Failure;

/// The version that reads.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What to do with a manifest that cannot be used.
const ANEW: &str = "plan the sweep anew: `nnrc sweep plan`; what is not changed by it is not run again";

impl Manifest {
    /// Reads a manifest; `name` is what it is called in messages.
    ///
    /// # Errors
    ///
    /// What is no manifest; one of another version of nnrc; one that was changed, or is not complete.
    pub fn read(name: &str, text: &str) -> Result<Self, Failure> {
        let source = Source::new(name, text);
        let fail = |finding: Diagnostic| Failure::new(&source, finding);
        let first = place(&source, 1);
        let malformed = |words: String| {
            Diagnostic::error(codes::MALFORMED_FILE, first, words)
                .label("expected the head of a sweep")
                .help("`nnrc sweep plan FILE.nnr -o sweep.jsonl` writes a manifest")
        };
        let is_no = |words: &str| malformed(format!("`{name}` is no manifest of a sweep: {words}"));
        let line = source.slice(first);
        let head: Map<String, Value> =
            serde_json::from_str(line).map_err(|_| fail(is_no("its first line is no JSON object")))?;
        if head.get("kind").and_then(Value::as_str) != Some(KIND) {
            return Err(fail(is_no("its first line does not say so")));
        }
        let version = head.get("nnrc").and_then(Value::as_str).unwrap_or_default();
        if version != VERSION || head.get("format").and_then(Value::as_u64) != Some(FORMAT) {
            let message = format!("this sweep was planned by nnrc {version}, and this is nnrc {VERSION}");
            let finding = Diagnostic::error(codes::STALE_MANIFEST, first, message)
                .label("another version may give other results")
                .help("plan it anew, or run it with the version that planned it");
            return Err(fail(finding));
        }
        let Some(head) = self::head(&head) else {
            return Err(fail(is_no("a key of its first line is missing, or of another kind")));
        };
        let planned = head.plan().map_err(|words| fail(stale(first, &words)))?;
        planned.require_same(&source).map_err(|finding| fail(*finding))?;
        Ok(planned)
    }

    /// Whether every line of a text is that of this plan.
    fn require_same(&self, source: &Source) -> Result<(), Box<Diagnostic>> {
        let mut at = 0;
        for found in source.text.lines() {
            let wanted = match at {
                0 => line::head(self.head(), self.points().len()),
                _ => match self.points().get(at - 1) {
                    Some(point) => line::point(at - 1, point),
                    None => {
                        let words = format!("its head says that it has {} points", self.points().len());
                        return Err(Box::new(stale(place(source, at + 1), &words)));
                    }
                },
            };
            if found != wanted {
                let words = format!("line {} is not what its head comes to", at + 1);
                let finding = stale(place(source, at + 1), &words);
                return Err(Box::new(
                    finding.help(format!("the line was planned as `{}`", shortened(&wanted))),
                ));
            }
            at += 1;
        }
        if at <= self.points().len() {
            let message =
                format!("it ends behind {} of {} points", at.saturating_sub(1), self.points().len());
            return Err(Box::new(stale(place(source, at), &message)));
        }
        Ok(())
    }
}

/// A manifest that was changed.
fn stale(span: Span, words: &str) -> Diagnostic {
    Diagnostic::error(
        codes::STALE_MANIFEST,
        span,
        format!("this manifest was changed after it was planned: {words}"),
    )
    .label("not as planned")
    .help(ANEW)
}

/// The span of a line, from 1.
fn place(source: &Source, line: usize) -> Span {
    let range = source.line_range(line);
    Span::new(range.start, range.end)
}

/// As much of a line as a message takes.
fn shortened(line: &str) -> String {
    match line.char_indices().nth(160) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

/// What the first line says; none where something is missing or of another kind.
fn head(object: &Map<String, Value>) -> Option<Head> {
    let text = |key: &str| Some(object.get(key)?.as_str()?.to_owned());
    let verb = text("verb")?;
    let verb = SweepVerb::ALL.into_iter().find(|known| known.name() == verb)?;
    let files = object.get("files")?.as_object()?.iter();
    let files = files.map(|(name, hash)| Some((name.clone(), hash.as_str()?.to_owned())));
    let files: BTreeMap<String, String> = files.collect::<Option<_>>()?;
    let (replicates, of_replicates) = match object.get("replicates") {
        None => (None, None),
        Some(value) => match value.as_array()?.as_slice() {
            [each, of] => (Some(each.as_u64()?), Some(of.as_u64()?)),
            _ => return None,
        },
    };
    let shards = match object.get("shards") {
        None => None,
        Some(shards) => Some(shards.as_u64().filter(|shards| *shards > 0)?),
    };
    let given = match object.get("given") {
        None => Given::default(),
        Some(given) => self::given(given.as_object()?)?,
    };
    let over = axes(object.get("axes")?)?;
    let zipped = object.get("zip").map_or_else(|| Some(Vec::new()), axes)?;
    let design = Design { verb, over, zipped, replicates, shards, given };
    Some(Head { version: text("nnrc")?, model: text("model")?, files, of_replicates, design })
}

fn axes(value: &Value) -> Option<Vec<SweepAxis>> {
    let axis = |axis: &Value| match axis.as_array()?.as_slice() {
        [key, values] => {
            let values = values.as_array()?.iter().map(line::text).collect::<Option<Vec<String>>>()?;
            Some(SweepAxis { key: key.as_str()?.to_owned(), values })
        }
        _ => None,
    };
    value.as_array()?.iter().map(axis).collect()
}

fn given(object: &Map<String, Value>) -> Option<Given> {
    let set = match object.get("set") {
        None => Vec::new(),
        Some(set) => {
            let set = set.as_object()?.iter().map(|(key, value)| Some((key.clone(), line::text(value)?)));
            set.collect::<Option<Vec<_>>>()?
        }
    };
    let weights = match object.get("weights") {
        None => None,
        Some(weights) => Some(weights.as_str()?.to_owned()),
    };
    let seed = match object.get("seed") {
        None => None,
        Some(seed) => Some(seed.as_u64()?),
    };
    Some(Given { set, weights, seed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnrc_syntax::Code;

    fn design() -> Design {
        let axis = |key: &str, values: &[&str]| SweepAxis {
            key: key.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        Design {
            verb: SweepVerb::Noise,
            over: vec![axis("const.h", &["0.1", "1e-7"])],
            zipped: vec![axis("noise.seed", &["1", "2"]), axis("noise.times", &["[10, 20]", "5 s"])],
            replicates: Some(2),
            shards: Some(3),
            given: Given {
                set: vec![("chemistry.max_order".to_owned(), "3".to_owned())],
                weights: Some("../w \"1\".npz".to_owned()),
                seed: Some(u64::MAX),
            },
        }
    }

    fn manifest() -> Manifest {
        let files = BTreeMap::from([("m.nnr".to_owned(), super::super::digest(b"network"))]);
        design().plan("models/m.nnr", files, Some(3)).unwrap()
    }

    #[test]
    fn the_text_of_a_manifest() {
        insta::assert_snapshot!(manifest().text().replace(VERSION, "VERSION"));
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let text = manifest().text();
        assert_eq!(Manifest::read("sweep.jsonl", &text).unwrap(), manifest());
        // A tool may have changed the ends of lines.
        assert_eq!(Manifest::read("sweep.jsonl", &text.replace('\n', "\r\n")).unwrap(), manifest());
        // Whoever runs it may choose another number of shards.
        let shards = Manifest::read("sweep.jsonl", &text.replace("\"shards\":3", "\"shards\":7")).unwrap();
        assert_eq!((shards.design().shards, shards.points()), (Some(7), manifest().points()));
    }

    #[test]
    fn names_of_points_stand_for_all_that_they_depend_on() {
        let first = |manifest: &Manifest| manifest.points()[0].id.clone();
        let files = |name: &str, text: &[u8]| BTreeMap::from([(name.to_owned(), super::super::digest(text))]);
        let own = first(&manifest());
        assert_eq!(own.len(), 16);
        let moved = design().plan("elsewhere/m.nnr", files("m.nnr", b"network"), Some(3)).unwrap();
        assert_eq!(first(&moved), own, "a name does not depend on where the manifest is");
        for other in [
            design().plan("m.nnr", files("m.nnr", b"network "), Some(3)),
            design().plan("m.nnr", files("n.nnr", b"network"), Some(3)),
            Design { given: Given::default(), ..design() }.plan("m.nnr", files("m.nnr", b"network"), Some(3)),
            Design { replicates: None, ..design() }.plan("m.nnr", files("m.nnr", b"network"), None),
        ] {
            assert_ne!(first(&other.unwrap()), own);
        }
        let twice = Design { zipped: Vec::new(), replicates: None, ..design() };
        let twice = Design {
            over: vec![SweepAxis { key: "a.b".to_owned(), values: vec!["1".to_owned(); 2] }],
            ..twice
        };
        assert_eq!(
            twice.plan("m.nnr", BTreeMap::new(), None).unwrap_err(),
            "two points are the same: a.b = 1"
        );
    }

    #[test]
    fn what_was_changed_is_found() {
        let text = manifest().text();
        let lines: Vec<&str> = text.lines().collect();
        let without_last = lines[..lines.len() - 1].join("\n");
        let swapped = [&[lines[0], lines[2], lines[1]], &lines[3..]].concat().join("\n");
        let id = manifest().points()[1].id.clone();
        let cases: [(&str, Code, &str); 13] = [
            ("", codes::MALFORMED_FILE, "no JSON object"),
            ("[1]", codes::MALFORMED_FILE, "no JSON object"),
            ("{\"kind\":\"other\"}", codes::MALFORMED_FILE, "does not say so"),
            (&text.replace("\"axes\"", "\"axis\""), codes::MALFORMED_FILE, "missing"),
            (
                &text.replace(&format!("\"nnrc\":\"{VERSION}\""), "\"nnrc\":\"0.0.9\""),
                codes::STALE_MANIFEST,
                "0.0.9",
            ),
            (&text.replace("\"format\":1", "\"format\":2"), codes::STALE_MANIFEST, "planned by"),
            (&text.replace("\"const.h\":0.1", "\"const.h\":0.2"), codes::STALE_MANIFEST, "line 2"),
            (&text.replacen("[\"const.h\",[0.1", "[\"const.h\",[0.2", 1), codes::STALE_MANIFEST, "line 2"),
            (&text.replace(&id, "0123456789abcdef"), codes::STALE_MANIFEST, "line 3"),
            (&text.replace("\"verb\":\"noise\"", "\"verb\":\"test\""), codes::STALE_MANIFEST, "only a study"),
            (&without_last, codes::STALE_MANIFEST, "7 of 8 points"),
            (&format!("{text}{{}}\n"), codes::STALE_MANIFEST, "has 8 points"),
            (&swapped, codes::STALE_MANIFEST, "line 2"),
        ];
        for (text, code, words) in cases {
            let failure = Manifest::read("sweep.jsonl", text).unwrap_err();
            let finding = &failure.findings[0];
            assert!(finding.code == code && finding.message.contains(words), "{words}: {failure}");
            assert!(!finding.help.is_empty(), "{words}");
        }
    }
}
