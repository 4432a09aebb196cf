//! Round trips, files made by other programs, and damaged files.

use super::*;
use proptest::prelude::*;

fn sample() -> Arrays {
    let array = |shape: &[usize], values: &[f64]| Array::new(shape.to_vec(), values.to_vec()).unwrap();
    Arrays::from([
        ("hidden.W".to_owned(), array(&[2, 3], &[0.1, -2.0, 3.5, 1e-300, 0.0, 7.0])),
        ("hidden.b".to_owned(), array(&[2], &[1.0, -1.0])),
        ("scalar".to_owned(), array(&[], &[42.0])),
        ("empty".to_owned(), array(&[0, 4], &[])),
    ])
}

fn npz_bytes() -> Vec<u8> {
    let mut bytes = Vec::new();
    npz::write(&mut bytes, &sample()).unwrap();
    bytes
}

fn safetensors_bytes() -> Vec<u8> {
    let mut bytes = Vec::new();
    safetensors::write(&mut bytes, &sample(), None).unwrap();
    bytes
}

/// An archive with one deflated member, as `numpy.savez_compressed` writes it.
fn deflated(name: &str, contents: &[u8], claimed_size: u32) -> Vec<u8> {
    let packed = miniz_oxide::deflate::compress_to_vec(contents, 6);
    let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
    for word in [crc32fast::hash(contents), packed.len() as u32, claimed_size] {
        common.extend_from_slice(&word.to_le_bytes());
    }
    common.extend_from_slice(&(name.len() as u16).to_le_bytes());
    common.extend_from_slice(&[0, 0]);
    let mut bytes = [b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat();
    let start = bytes.len() as u32;
    let entry = [b"PK\x01\x02\x14\x00", &common[..], &[0; 14], name.as_bytes()].concat();
    bytes.extend_from_slice(&entry);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    bytes.extend_from_slice(&(entry.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&start.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

#[test]
fn arrays_survive_both_formats() {
    assert_eq!(npz::read(&npz_bytes()).unwrap(), sample());
    assert_eq!(safetensors::read(&safetensors_bytes()).unwrap(), sample());
    assert_eq!(npz_bytes(), npz_bytes());
    assert_eq!(safetensors_bytes(), safetensors_bytes());
    assert_eq!(
        npz::read(&deflated("x.npy", &npy::write(&sample()["hidden.W"]), 176)).unwrap()["x"],
        sample()["hidden.W"]
    );
    let single = npz::read(&npy::write(&sample()["scalar"])).unwrap();
    assert_eq!(single[npz::SINGLE].values, [42.0]);
    let nothing = npz::read(&{
        let mut bytes = Vec::new();
        npz::write(&mut bytes, &Arrays::new()).unwrap();
        bytes
    });
    assert_eq!(nothing, Ok(Arrays::new()));
}

#[test]
fn lying_archives_are_refused() {
    let kind = |bytes: &[u8]| npz::read(bytes).unwrap_err().kind;
    let contents = npy::write(&sample()["hidden.W"]);
    assert_eq!(kind(&deflated("x.npy", &contents, 175)), ReadErrorKind::Malformed);
    assert_eq!(kind(&deflated("x.npy", &contents, u32::MAX - 1)), ReadErrorKind::Malformed);
    assert_eq!(kind(b"PK\x03\x04"), ReadErrorKind::Malformed);
    assert_eq!(kind(&deflated("model/data.pkl", b"\x80\x02.", 3)), ReadErrorKind::Pickled);
    // A checksum that does not match.
    let mut bytes = npz_bytes();
    let at = bytes.windows(6).position(|window| window == b"\x93NUMPY").unwrap();
    bytes[at + 130] ^= 1;
    assert_eq!(kind(&bytes), ReadErrorKind::Malformed);
}

#[test]
fn faulty_tensors_are_named() {
    let mut arrays = sample();
    arrays.get_mut("hidden.W").unwrap().values[4] = f64::INFINITY;
    let mut bytes = Vec::new();
    npz::write(&mut bytes, &arrays).unwrap();
    let error = npz::read(&bytes).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::NonFinite);
    assert_eq!(error.message, "`hidden.W`: element [1, 1] is inf, not a finite number");
    let mut bytes = Vec::new();
    safetensors::write(&mut bytes, &arrays, None).unwrap();
    assert_eq!(safetensors::read(&bytes).unwrap_err(), error);
}

/// An archive of stored members, whatever they are called.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip::write(members.iter().map(|(name, contents)| (*name, contents.to_vec()))).unwrap()
}

#[test]
fn members_are_arrays_by_their_beginning() {
    let (w, b) = (npy::write(&sample()["hidden.W"]), npy::write(&sample()["hidden.b"]));
    // Names without `.npy`, the attributes that macOS adds, a text, and the pickle of something else.
    let bytes = archive(&[
        ("hidden.W", &w),
        ("hidden.b.npy", &b),
        ("__MACOSX/._hidden.b.npy", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X"),
        ("readme.txt", b"weights of 2024"),
        ("notes.pkl", b"\x80\x04."),
    ]);
    let arrays = npz::read(&bytes).unwrap();
    assert_eq!(arrays.keys().collect::<Vec<_>>(), ["hidden.W", "hidden.b"]);
    assert_eq!(arrays["hidden.W"], sample()["hidden.W"]);
    // Only an archive of nothing but pickles is a checkpoint.
    let error =
        npz::open(archive(&[("archive/data.pkl", b"\x80\x02."), ("archive/data/0", &[0; 8])])).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Pickled);
}

#[test]
fn what_nobody_asks_for_can_be_anything() {
    let header = |descr: &str| format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,), }}\n");
    let array = |descr: &str, data: &[u8]| {
        let header = header(descr);
        [npy::MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes(), header.as_bytes(), data].concat()
    };
    let bytes = archive(&[
        ("names.npy", &array("<U3", &[0; 12])),
        ("objects.npy", &array("|O", b"\x80\x03.")),
        ("mask.npy", &array("<f8", &f64::NEG_INFINITY.to_le_bytes())),
        ("broken.npy", b"no array"),
        ("y.b.npy", &array("<d", &2.5f64.to_le_bytes())),
        ("y.b", &array("<d", &1.5f64.to_le_bytes())),
        ("y.W.npy", &array("float64", &0.5f64.to_le_bytes())),
    ]);
    let file = npz::open(bytes).unwrap();
    assert_eq!(file.read("y.W").unwrap().unwrap().values, [0.5]);
    assert_eq!(file.shape("mask"), Some(Ok(vec![1])));
    assert_eq!(file.read("z"), None);
    let kind = |name: &str| file.read(name).unwrap().unwrap_err().kind;
    assert_eq!(kind("names"), ReadErrorKind::Unsupported);
    assert_eq!(kind("objects"), ReadErrorKind::Pickled);
    assert_eq!(kind("mask"), ReadErrorKind::NonFinite);
    assert_eq!(kind("broken"), ReadErrorKind::Malformed);
    assert_eq!(file.read("y.b").unwrap().unwrap_err().message, "`y.b`: the archive holds it twice");

    let tensors = r#"{"mask":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
        "q":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[4,5]},
        "y.b":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}}"#;
    let data = [&f32::NEG_INFINITY.to_le_bytes()[..], &[7], &1.5f32.to_le_bytes()].concat();
    let file = safetensors::open(tensor_file(tensors, &data)).unwrap();
    assert_eq!(file.read("y.b").unwrap().unwrap().values, [1.5]);
    assert_eq!(file.shape("q"), Some(Ok(vec![1])));
    assert_eq!(file.read("q").unwrap().unwrap_err().kind, ReadErrorKind::Unsupported);
    assert_eq!(file.read("mask").unwrap().unwrap_err().kind, ReadErrorKind::NonFinite);
}

#[test]
fn zeros_packed_beyond_belief_are_not_unpacked() {
    // 40 million bytes are 320 MB as numbers, and deflate packs them a thousand times.
    let count = 40_000_000;
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({count},), }}\n");
    let mut contents =
        [npy::MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes(), header.as_bytes()].concat();
    contents.resize(contents.len() + count, 0);
    let bytes = deflated("x.npy", &contents, contents.len() as u32);
    let file = npz::open(&bytes[..]).unwrap();
    assert_eq!(file.shape("x"), Some(Ok(vec![count])));
    let error = file.read("x").unwrap().unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Unsupported);
    assert!(error.message.contains("`numpy.savez`"), "{}", error.message);
    // A header that claims more than the member holds is found out before.
    let contents = npy::write(&sample()["hidden.W"]);
    let mut lying = contents.clone();
    let at = lying.windows(6).position(|window| window == b"(2, 3)").unwrap();
    lying[at + 1] = b'9';
    let error = npz::read(&deflated("x.npy", &lying, lying.len() as u32)).unwrap_err();
    assert_eq!(error.message, "`x`: shape [9, 3] of `<f8` does not match the 48 bytes of data");
}

fn tensor_file(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

#[test]
fn safetensors_types() {
    let cases: [(&str, &[u8], f64); 8] = [
        ("F16", &[0x00, 0x3e], 1.5),
        ("BF16", &[0xc0, 0x3f], 1.5),
        ("F32", &[0, 0, 0xc0, 0x3f], 1.5),
        ("I8", &[0xfe], -2.0),
        ("U8", &[0xfe], 254.0),
        ("I64", &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -2.0),
        ("U16", &[1, 1], 257.0),
        ("BOOL", &[1], 1.0),
    ];
    for (dtype, data, value) in cases {
        let header =
            format!(r#"{{"t":{{"dtype":"{dtype}","shape":[1],"data_offsets":[0,{}]}}}}"#, data.len());
        assert_eq!(safetensors::read(&tensor_file(&header, data)).unwrap()["t"].values, [value], "{dtype}");
    }
    let header = r#"{"t":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#;
    assert_eq!(
        safetensors::read(&tensor_file(header, &[0; 8])).unwrap_err().kind,
        ReadErrorKind::Unsupported
    );
}

#[test]
fn lying_safetensors_are_refused() {
    let kind = |bytes: &[u8]| safetensors::read(bytes).unwrap_err().kind;
    assert_eq!(kind(b""), ReadErrorKind::Malformed);
    assert_eq!(kind(&u64::MAX.to_le_bytes()), ReadErrorKind::Malformed);
    assert_eq!(kind(&[&99_000_000u64.to_le_bytes()[..], b"{}"].concat()), ReadErrorKind::Malformed);
    for header in [
        r#"{"t":{"dtype":"F64","shape":[4611686018427387904,16],"data_offsets":[0,8]}}"#,
        r#"{"t":{"dtype":"U8","shape":[2305843009213693950],"data_offsets":[0,2305843009213693950]}}"#,
        r#"{"t":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}"#,
        r#"{"t":{"dtype":"F64","shape":[1],"data_offsets":[8,0]}}"#,
        r#"{"t":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}"#,
        r#"{"t":{"dtype":"F64","shape":[1]"#,
    ] {
        assert_eq!(kind(&tensor_file(header, &[0; 8])), ReadErrorKind::Malformed, "{header}");
    }
    assert_eq!(kind(&[0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]), ReadErrorKind::Pickled);
}

/// Reads `bytes` as everything: what comes back does not matter, that it comes back does.
fn read_as_all(bytes: &[u8]) {
    let _ = npz::read(bytes);
    let _ = npy::read(bytes);
    let _ = safetensors::read(bytes);
    let _ = idx::read(bytes);
    let _ = table::numbers(bytes, None);
}

fn originals() -> Vec<Vec<u8>> {
    let contents = npy::write(&sample()["hidden.W"]);
    vec![
        npz_bytes(),
        safetensors_bytes(),
        deflated("x.npy", &contents, contents.len() as u32),
        contents,
        vec![0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 255, 7, 1],
        b"a,b,c\n1,\"2\",3\n4,5,6\n".to_vec(),
    ]
}

#[test]
fn every_truncation_is_an_error_or_a_result() {
    for original in originals() {
        for length in 0..original.len() {
            read_as_all(&original[..length]);
        }
    }
    for length in 0..npz_bytes().len() {
        assert!(npz::read(&npz_bytes()[..length]).is_err(), "npz of {length} bytes");
    }
    for length in 0..safetensors_bytes().len() {
        assert!(safetensors::read(&safetensors_bytes()[..length]).is_err(), "safetensors of {length} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(
        which in 0usize..6,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = originals().swap_remove(which);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        read_as_all(&bytes);
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0usize..5) {
        let magic: [&[u8]; 5] = [b"", b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY\x01\x00", b"\0\0\x08\x02"];
        read_as_all(&[magic[which], &bytes].concat());
    }

    #[test]
    fn any_finite_arrays_survive(
        names in prop::collection::btree_set("[a-z.]{1,8}", 0..4),
        values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 6),
    ) {
        let arrays: Arrays = names
            .into_iter()
            .map(|name| (name, Array { shape: vec![2, 3], values: values.clone() }))
            .collect();
        let mut bytes = Vec::new();
        npz::write(&mut bytes, &arrays).unwrap();
        prop_assert_eq!(npz::read(&bytes).unwrap(), arrays.clone());
        let mut bytes = Vec::new();
        safetensors::write(&mut bytes, &arrays, None).unwrap();
        prop_assert_eq!(safetensors::read(&bytes).unwrap(), arrays);
    }

    #[test]
    fn written_numbers_read_back(value in prop::num::f64::ANY) {
        let read: f64 = table::number(value).parse().unwrap();
        prop_assert!(read.to_bits() == value.to_bits() || value.is_nan());
    }
}
