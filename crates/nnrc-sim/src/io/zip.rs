//! As much of the ZIP format as .npz files use: stored and deflated members, no encryption, no spanning.
//!
//! Source: APPNOTE.TXT of PKWARE, sections 4.3 and 4.4. The central directory at the end of the file says
//! where the members are; local headers are read only for their length. Archives whose size or number of
//! members needs the 64-bit extension are refused; the extension in single headers is read.

use super::error::ReadError;
use miniz_oxide::inflate::{decompress_to_vec_with_limit, stream};
use miniz_oxide::{DataFormat, MZFlush};
use std::ops::Range;

const END: [u8; 4] = *b"PK\x05\x06";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// The methods of compression that are read.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Deflate cannot make data more than this much smaller: a larger claim is a lie.
const DEFLATE_LIMIT: usize = 1040;
/// 1 January 1980, the zero of the format: equal contents give equal archives.
const DATE: u16 = 0x0021;

/// A member as the central directory describes it. Its methods take the bytes of the archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Bytes of the contents, as the directory says.
    pub size: usize,
    flags: u16,
    method: u16,
    checksum: u32,
    compressed: Range<usize>,
}

/// Whether `bytes` begin as an archive does, empty ones included.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(&LOCAL) || bytes.starts_with(&END)
}

/// Lists the members of an archive.
pub fn members(bytes: &[u8]) -> Result<Vec<Member>, ReadError> {
    let damaged = || ReadError::malformed("the directory of the archive is damaged or cut off");
    // The end record is 22 bytes and a comment of at most 65,535.
    let from = bytes.len().saturating_sub(22 + 65_535);
    let end = bytes[from..].windows(4).rposition(|window| window == END).ok_or_else(damaged)?;
    let end = Fields(bytes[from + end..].first_chunk::<22>().ok_or_else(damaged)?);
    let (count, start) = (end.u16(10).ok_or_else(damaged)?, end.u32(16).ok_or_else(damaged)?);
    if count == u16::MAX || start == u32::MAX {
        return Err(ReadError::unsupported("archives beyond 4 GiB or 65,534 members are not read"));
    }
    let mut directory =
        usize::try_from(start).ok().and_then(|start| bytes.get(start..)).ok_or_else(damaged)?;
    let mut members = Vec::new();
    for _ in 0..count {
        let (member, rest) = member(bytes, directory).ok_or_else(damaged)?;
        members.push(member);
        directory = rest;
    }
    Ok(members)
}

/// Reads the first entry of `directory`; returns it and the rest.
fn member<'a>(bytes: &[u8], directory: &'a [u8]) -> Option<(Member, &'a [u8])> {
    let entry = Fields(directory.strip_prefix(&CENTRAL).map(|_| directory)?);
    let name_end = 46 + usize::from(entry.u16(28)?);
    let extra_end = name_end + usize::from(entry.u16(30)?);
    let entry_end = extra_end + usize::from(entry.u16(32)?);
    let name = String::from_utf8_lossy(directory.get(46..name_end)?).into_owned();
    let rest = directory.get(entry_end..)?;

    let mut wide = wide_sizes(directory.get(name_end..extra_end)?);
    let mut resolve = |narrow: u32| -> Option<usize> {
        if narrow == u32::MAX { wide.next() } else { usize::try_from(narrow).ok() }
    };
    let size = resolve(entry.u32(24)?)?;
    let packed = resolve(entry.u32(20)?)?;
    let offset = resolve(entry.u32(42)?)?;

    let local = bytes.get(offset..)?.strip_prefix(&LOCAL).map(|_| Fields(&bytes[offset..]))?;
    let start = offset + 30 + usize::from(local.u16(26)?) + usize::from(local.u16(28)?);
    let compressed = start..start.checked_add(packed)?;
    bytes.get(compressed.clone())?;
    let (flags, method, checksum) = (entry.u16(8)?, entry.u16(10)?, entry.u32(16)?);
    Some((Member { name, flags, method, checksum, size, compressed }, rest))
}

/// The 64-bit numbers of the extra field 1, in their order, as far as they fit this machine.
fn wide_sizes(mut extra: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut numbers: &[u8] = &[];
    while let (Some(tag), Some(length)) = (Fields(extra).u16(0), Fields(extra).u16(2)) {
        let end = 4 + usize::from(length);
        let Some(field) = extra.get(4..end) else { break };
        if tag == 1 {
            numbers = field;
        }
        extra = &extra[end..];
    }
    numbers.chunks_exact(8).map_while(|bytes| {
        let number = bytes.try_into().ok().map(u64::from_le_bytes)?;
        usize::try_from(number).ok()
    })
}

impl Member {
    /// Bytes that the member takes up in the archive.
    pub(crate) fn packed(&self) -> usize {
        self.compressed.len()
    }

    /// Unpacks the member and checks its size and checksum.
    pub fn contents(&self, bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
        let contents = match self.method {
            DEFLATED => decompress_to_vec_with_limit(self.data(bytes)?, self.size).map_err(|_| damaged())?,
            _ => self.data(bytes)?.to_vec(),
        };
        if contents.len() != self.size || crc32fast::hash(&contents) != self.checksum {
            return Err(damaged());
        }
        Ok(contents)
    }

    /// The first `count` bytes of the contents, or all of them if there are fewer. No checksum guards them, and
    /// no more than these is unpacked.
    pub(crate) fn beginning(&self, bytes: &[u8], count: usize) -> Result<Vec<u8>, ReadError> {
        let (data, count) = (self.data(bytes)?, count.min(self.size));
        if self.method != DEFLATED {
            return Ok(data[..count].to_vec());
        }
        let mut beginning = vec![0; count];
        let (mut read, mut written) = (0, 0);
        let mut state = stream::InflateState::new_boxed(DataFormat::Raw);
        while written < count {
            let step = stream::inflate(&mut state, &data[read..], &mut beginning[written..], MZFlush::None);
            read += step.bytes_consumed;
            written += step.bytes_written;
            if step.bytes_written == 0 || step.status.is_err() {
                break;
            }
        }
        if written < count { Err(damaged()) } else { Ok(beginning) }
    }

    /// The member as it lies in the archive, if its method is known and its size can be true.
    fn data<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], ReadError> {
        if self.flags & 1 != 0 {
            return Err(ReadError::unsupported("encrypted archives are not read"));
        }
        let is_possible = match self.method {
            STORED => self.packed() == self.size,
            DEFLATED => self.size / DEFLATE_LIMIT <= self.packed(),
            method => {
                let message = format!("compression method {method} is not read (stored and deflate are)");
                return Err(ReadError::unsupported(message));
            }
        };
        bytes.get(self.compressed.clone()).filter(|_| is_possible).ok_or_else(damaged)
    }
}

fn damaged() -> ReadError {
    ReadError::malformed("the data in the archive are damaged")
}

/// Writes an archive of stored members in the order given; none if it needs the 64-bit extension.
pub fn write<'a>(members: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Option<Vec<u8>> {
    let (mut bytes, mut directory, mut count) = (Vec::new(), Vec::new(), 0u16);
    for (name, contents) in members {
        let offset = narrow(bytes.len())?;
        let size = narrow(contents.len())?;
        let name_length = u16::try_from(name.len()).ok()?;
        // From the version needed to the length of the extra field: the same in both headers. Flag 11
        // says that names are UTF-8.
        let mut common = Vec::with_capacity(26);
        for word in [20, 1 << 11, 0, 0, DATE] {
            common.extend_from_slice(&u16::to_le_bytes(word));
        }
        for word in [crc32fast::hash(&contents), size, size] {
            common.extend_from_slice(&word.to_le_bytes());
        }
        common.extend_from_slice(&name_length.to_le_bytes());
        common.extend_from_slice(&[0; 2]);

        bytes.extend_from_slice(&LOCAL);
        bytes.extend_from_slice(&common);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&contents);

        directory.extend_from_slice(&CENTRAL);
        directory.extend_from_slice(&[20, 0]);
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        count = count.checked_add(1).filter(|&count| count < u16::MAX)?;
    }
    let (start, length) = (narrow(bytes.len())?, narrow(directory.len())?);
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(&END);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&start.to_le_bytes());
    bytes.extend_from_slice(&[0; 2]);
    Some(bytes)
}

/// A size that needs no 64-bit extension.
fn narrow(size: usize) -> Option<u32> {
    u32::try_from(size).ok().filter(|&size| size < u32::MAX)
}

/// Little-endian numbers at offsets, where the bytes reach so far.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u16(self, at: usize) -> Option<u16> {
        self.0.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(self, at: usize) -> Option<u32> {
        self.0.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
    }
}
