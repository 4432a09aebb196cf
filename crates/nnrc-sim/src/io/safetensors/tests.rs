//! The format as the crate `safetensors` has it: the same tensors, the same bytes, the same files refused.

use super::*;
use ::safetensors::tensor::{Dtype, SafeTensors, TensorView};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::HashMap;

/// Tensors by their names: type, shape, and ends in the data.
type Found = BTreeMap<String, (Elements, Vec<usize>, (usize, usize))>;

fn ours(bytes: &[u8]) -> Option<Found> {
    let (header, data) = parts(bytes).ok()?;
    let found = placed(tensors(header).ok()?, data.len()).ok()?;
    let entry = |tensor: Tensor| (tensor.elements, tensor.shape, (tensor.place.start, tensor.place.end));
    Some(found.into_iter().map(|(name, tensor)| (name, entry(tensor))).collect())
}

fn theirs(bytes: &[u8]) -> Option<Found> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).ok()?;
    let entry = |name: String| {
        let info = metadata.info(&name)?;
        let elements = Elements::named(&info.dtype.to_string()).unwrap();
        Some((name, (elements, info.shape.clone(), info.data_offsets)))
    };
    Some(metadata.offset_keys().into_iter().filter_map(entry).collect())
}

/// Whether a header that the library accepts is what the format says. The library also takes a name twice (the last
/// counts), fields of other names, lists in place of objects, and null for the metadata; no writer makes these.
fn is_strict(bytes: &[u8], found: &Found) -> bool {
    let (header, _) = parts(bytes).unwrap();
    let text = std::str::from_utf8(header).unwrap();
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let members = value.as_object().unwrap();
    let fits = |(name, member): (&String, &serde_json::Value)| match member.as_object() {
        Some(fields) => name == FREE || fields.len() == 3 && fields["dtype"].is_string(),
        None => false,
    };
    text.matches("\"shape\"").count() == found.len() && members.iter().all(fits)
}

/// A file of the library's own, of tensors of all types.
fn file() -> impl Strategy<Value = Vec<u8>> {
    use Dtype::*;
    let types = [
        BOOL,
        F4,
        F6_E2M3,
        F6_E3M2,
        U8,
        I8,
        F8_E5M2,
        F8_E4M3,
        F8_E8M0,
        F8_E4M3FNUZ,
        F8_E5M2FNUZ,
        I16,
        U16,
        F16,
        BF16,
        I32,
        U32,
        F32,
        C64,
        F64,
        I64,
        U64,
    ];
    let tensor = (select(types.to_vec()), prop::collection::vec(0usize..4, 0..4));
    let tensors = prop::collection::btree_map("[a-c\"\\\\é\n😀]{0,3}", tensor, 0..5);
    // Without tensors and with an empty map the library writes what nobody can read.
    let metadata = prop::option::of(prop::collection::hash_map("[a-c]", ".{0,4}", 1..3));
    (tensors, metadata).prop_map(|(mut tensors, metadata)| {
        let bits = |dtype: &Dtype, shape: &[usize]| shape.iter().product::<usize>() * dtype.bitsize();
        tensors.retain(|_, (dtype, shape)| bits(dtype, shape).is_multiple_of(8));
        let data = [0; 8 * 27];
        let views = tensors.iter().map(|(name, (dtype, shape))| {
            let length = bits(dtype, shape) / 8;
            (name, TensorView::new(*dtype, shape.clone(), &data[..length]).unwrap())
        });
        ::safetensors::serialize(views.collect::<Vec<_>>(), metadata).unwrap()
    })
}

/// Bytes of a header replaced, removed or put in; the file says how long it is then.
fn damaged(bytes: &[u8], changes: &[(Index, u8, u8)]) -> Vec<u8> {
    let (header, data) = parts(bytes).unwrap();
    let mut header = header.to_vec();
    for (at, how, byte) in changes {
        let at = at.index(header.len());
        match how {
            0 => header[at] = *byte,
            1 => header.insert(at, *byte),
            _ => drop(header.remove(at)),
        }
    }
    [&(header.len() as u64).to_le_bytes(), &header[..], data].concat()
}

#[test]
fn headers_beyond_the_format() {
    let file = |header: &str, data: usize| {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; data]].concat()
    };
    let tensor = |shape: &str, offsets: &str| {
        format!("{{\"dtype\":\"U8\",\"shape\":{shape},\"data_offsets\":{offsets}}}")
    };
    let one = tensor("[4]", "[0,4]");
    for (header, data, is_read) in [
        ("{}".to_owned(), 0, true),
        (" {\n\t} \r".to_owned(), 0, true),
        (format!("{{\"a\":{one}}}"), 4, true),
        (format!("{{\"\\u0061\": {one} , \"__metadata__\": {{ }} }}"), 4, true),
        (format!("{{\"b\":{},\"a\":{one}}}", tensor("[2,1]", "[4,6]")), 6, true),
        (format!("{{\"b\":{},\"a\":{one}}}", tensor("[2,0]", "[4,4]")), 4, true),
        (format!("{{\"a\":{one}}}"), 5, false),
        (format!("{{\"a\":{one}}}"), 3, false),
        (format!("{{\"a\":{one}}} x"), 4, false),
        (format!("{{\"a\":{one},}}"), 4, false),
        (format!("{{\"b\":{},\"a\":{one}}}", tensor("[4]", "[2,6]")), 6, false),
        (format!("{{\"b\":{},\"a\":{one}}}", tensor("[1]", "[5,6]")), 6, false),
        (format!("{{\"a\":{}}}", tensor("[4294967296,4294967296]", "[0,0]")), 0, false),
        (format!("{{\"a\":{}}}", tensor("[1]", "[18446744073709551615,0]")), 0, false),
        (format!("{{\"a\":{}}}", tensor("[4]", "[0,4,4]")), 4, false),
        (format!("{{\"a\":{}}}", one.replace("U8", "U7")), 4, false),
        (format!("{{\"a\":{}}}", one.replace("U8", "F4")), 4, false),
        ("{\"__metadata__\":{\"a\":1}}".to_owned(), 0, false),
        ("{\"__metadata__\":{},\"__metadata__\":{}}".to_owned(), 0, false),
        ("{".repeat(100_000), 0, false),
        (format!("{{\"a\":{}", "[".repeat(100_000)), 0, false),
    ] {
        let bytes = file(&header, data);
        let shown = &header[..header.len().min(200)];
        assert_eq!(ours(&bytes).is_some(), is_read, "{shown}");
        assert_eq!(theirs(&bytes), ours(&bytes), "{shown}");
    }
    // What the library takes beyond that.
    for header in [
        format!("{{\"a\":{one},\"a\":{one}}}"),
        format!("{{\"a\":{}}}", one.replace('}', ",\"more\":1}")),
        format!("{{\"a\":{one},\"__metadata__\":null}}"),
        "{\"a\":[\"U8\",[4],[0,4]]}".to_owned(),
    ] {
        let bytes = file(&header, 4);
        assert!(ours(&bytes).is_none() && theirs(&bytes).is_some_and(|found| !is_strict(&bytes, &found)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_are_read_as_the_library_reads_them(bytes in file()) {
        prop_assert!(ours(&bytes).is_some());
        prop_assert_eq!(ours(&bytes), theirs(&bytes));
    }

    #[test]
    fn damaged_files_are_read_as_the_library_reads_them(
        bytes in file(),
        changes in prop::collection::vec(
            (any::<Index>(), 0u8..3, select(b"{}[]\",:\\019.-eunabU8 \n\x01\xc3".to_vec())), 1..4,
        ),
    ) {
        let bytes = damaged(&bytes, &changes);
        match (ours(&bytes), theirs(&bytes)) {
            (None, Some(found)) => prop_assert!(!is_strict(&bytes, &found), "{}", bytes.escape_ascii()),
            (ours, theirs) => prop_assert_eq!(ours, theirs, "{}", bytes.escape_ascii()),
        }
    }

    #[test]
    fn files_are_written_as_the_library_writes_them(
        named in prop::collection::btree_map("[\u{0}-\u{24f}😀]{0,4}", prop::collection::vec(0usize..4, 0..4), 0..5),
        text in prop::option::of("[\u{0}-\u{24f}😀]{0,8}"),
    ) {
        let mut arrays = Arrays::new();
        for (name, shape) in named {
            let values = (0..shape.iter().product()).map(|at: usize| at as f64 - 0.3).collect();
            arrays.insert(name, Array { shape, values });
        }
        let mut bytes = Vec::new();
        write(&mut bytes, &arrays, text.clone()).unwrap();
        let data: Vec<Vec<u8>> = arrays
            .values()
            .map(|array| array.values.iter().flat_map(|value| value.to_le_bytes()).collect())
            .collect();
        let views = arrays.iter().zip(&data).map(|((name, array), data)| {
            (name, TensorView::new(Dtype::F64, array.shape.clone(), data).unwrap())
        });
        let metadata = text.map(|text| HashMap::from([(METADATA.to_owned(), text)]));
        let theirs = ::safetensors::serialize(views.collect::<Vec<_>>(), metadata).unwrap();
        prop_assert_eq!(bytes, theirs);
    }
}
