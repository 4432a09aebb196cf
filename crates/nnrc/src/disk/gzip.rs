//! Files compressed by gzip, inflated under a limit of size.
//!
//! Source: RFC 1952. A file is one member or several, one after another, as bgzip and `cat` make them.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use nnrc_model::ResourceError;
use nnrc_syntax::codes;

/// The most bytes that a compressed file may inflate to.
pub const MAX_INFLATED: usize = 1 << 29;
/// How much is inflated before it is looked at.
const FIRST: usize = 1 << 16;

/// Whether the bytes begin as such a file does.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The contents. `limit` says from their first bytes how many there may be.
///
/// # Errors
///
/// What is wrong with the file: damaged or cut off, or larger than the limit.
pub fn inflate(
    mut bytes: &[u8],
    limit: impl Fn(&[u8]) -> Result<usize, ResourceError>,
) -> Result<Vec<u8>, ResourceError> {
    let mut contents = Vec::new();
    while !bytes.is_empty() {
        // Tapes and some servers fill up with zeros.
        if !contents.is_empty() && bytes.iter().all(|byte| *byte == 0) {
            break;
        }
        bytes = member(bytes, &mut contents, &limit)?;
    }
    Ok(contents)
}

/// What is said of contents beyond the limit of all files.
pub fn too_large() -> ResourceError {
    malformed(format!("it inflates to more than {} MiB, the most that is read", MAX_INFLATED >> 20))
}

fn malformed(message: String) -> ResourceError {
    ResourceError { code: codes::MALFORMED_FILE, message }
}

/// Inflates one member onto the contents; returns what follows it.
fn member<'a>(
    bytes: &'a [u8],
    contents: &mut Vec<u8>,
    limit: &impl Fn(&[u8]) -> Result<usize, ResourceError>,
) -> Result<&'a [u8], ResourceError> {
    let damaged = || malformed("its compressed data are damaged or cut off".to_owned());
    let mut rest = after_header(bytes).ok_or_else(damaged)?;
    let start = contents.len();
    let mut filled = start;
    let mut inflater = DecompressorOxide::new();
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    loop {
        let most = if filled < FIRST { MAX_INFLATED } else { limit(&contents[..FIRST])?.min(MAX_INFLATED) };
        if filled > most {
            let beyond =
                || malformed(format!("it goes on beyond the {most} bytes that its beginning announces"));
            return Err(if most == MAX_INFLATED { too_large() } else { beyond() });
        }
        if filled == contents.len() {
            // One byte more than allowed tells contents that are too long from those that just fit.
            contents.resize((2 * filled).clamp(FIRST, most.max(FIRST) + 1), 0);
        }
        let (status, read, written) = decompress(&mut inflater, rest, contents, filled, flags);
        rest = &rest[read..];
        filled += written;
        match status {
            TINFLStatus::Done if filled <= most => break,
            TINFLStatus::Done => {}
            TINFLStatus::HasMoreOutput => {}
            _ => return Err(damaged()),
        }
    }
    contents.truncate(filled);
    let (checksum, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
    let (size, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
    let own = &contents[start..];
    // The size is that modulo 2³².
    if u32::from_le_bytes(*checksum) != crc32fast::hash(own) || u32::from_le_bytes(*size) != own.len() as u32
    {
        return Err(damaged());
    }
    Ok(rest)
}

/// What follows the header of a member.
fn after_header(bytes: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = bytes.split_first_chunk::<10>()?;
    let flags = header[3];
    // Method 8 is deflate; the upper three flags are reserved.
    if !is_gzip(bytes) || header[2] != 8 || flags & 0xe0 != 0 {
        return None;
    }
    if flags & 4 != 0 {
        let (length, extra) = rest.split_first_chunk::<2>()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    // Name and comment end in a zero.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A member of the bytes, with a name and an extra field.
    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut file = vec![0x1f, 0x8b, 8, 4 | 8, 0, 0, 0, 0, 0, 3];
        file.extend([3, 0, 7, 7, 7]);
        file.extend(b"d.csv\0");
        file.extend(miniz_oxide::deflate::compress_to_vec(bytes, 6));
        file.extend(crc32fast::hash(bytes).to_le_bytes());
        file.extend((bytes.len() as u32).to_le_bytes());
        file
    }

    fn all(_: &[u8]) -> Result<usize, ResourceError> {
        Ok(usize::MAX)
    }

    #[test]
    fn members_follow_each_other() {
        let long: Vec<u8> = (0..300_000u32).map(|at| (at.wrapping_mul(at) >> 7) as u8).collect();
        for bytes in [&b""[..], b"a,b\n", &long, &long[..FIRST]] {
            assert_eq!(inflate(&gzip(bytes), all).unwrap(), bytes);
        }
        let two = [gzip(b"a,b\n"), gzip(&long), vec![0; 512]].concat();
        assert_eq!(inflate(&two, all).unwrap(), [b"a,b\n", &long[..]].concat());
    }

    #[test]
    fn damage_is_told() {
        let file = gzip(&b"a,b\n1,2\n".repeat(100));
        for at in 0..file.len() {
            assert!(inflate(&file[..at], all).is_err() || at == 0, "cut at {at}");
        }
        let mut other = file.clone();
        let last = other.len() - 5;
        other[last] ^= 1;
        assert!(inflate(&other, all).is_err());
        assert!(inflate(&[&file[..], b"more"].concat(), all).is_err());
    }

    #[test]
    fn contents_are_judged_by_their_beginning() {
        let words =
            inflate(&gzip(&vec![0; 10_000_000]), |_| Err(malformed("no text".to_owned()))).unwrap_err();
        assert_eq!(words.message, "no text");
    }

    #[test]
    fn what_inflates_beyond_the_limit_is_refused() {
        let zeros = gzip(&vec![0; 10_000_000]);
        assert!(zeros.len() < 20_000);
        let words = inflate(&zeros, |start| Ok(usize::from(start[0]) + 1_000_000)).unwrap_err();
        assert_eq!(words.message, "it goes on beyond the 1000000 bytes that its beginning announces");
        assert_eq!(inflate(&zeros, |_| Ok(10_000_000)).unwrap().len(), 10_000_000);
        assert!(inflate(&zeros, |_| Ok(9_999_999)).is_err());
    }
}
