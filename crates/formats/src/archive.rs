//! The zip archive of a `.keras` file.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};

use zip::{CompressionMethod, ZipArchive};

use crate::damage::{Damage, DamageKind};
use crate::source::{Cursor, Window};

/// How many members are looked at.
const MAX_MEMBERS: usize = 100_000;
/// A packed member that is that many times smaller than what is in it is a bomb, if it is also large.
const BOMB_RATIO: u64 = 100;
/// Nothing below this is a bomb.
const BOMB_SIZE: u64 = 32 << 20;

/// A member of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its name as it stands in the archive.
    pub(crate) name: String,
    /// Its size when unpacked, as the archive says.
    pub(crate) size: u64,
    /// Its size in the archive.
    pub(crate) packed: u64,
}

/// An archive that is open.
pub(crate) struct Archive {
    window: Window,
    zip: ZipArchive<Cursor>,
    /// The members; of those with one name, the last.
    pub(crate) members: Vec<Member>,
}

impl Archive {
    /// Opens an archive, and says what is wrong with its members' names and sizes.
    ///
    /// # Errors
    /// Where it is no archive.
    pub(crate) fn open(window: Window, damages: &mut Vec<Damage>) -> Result<Archive, Damage> {
        let broken = |error: zip::result::ZipError| {
            Damage::new(
                DamageKind::Container,
                "",
                format!("is not a readable zip archive: {}", plain(&error)),
            )
        };
        let mut zip = ZipArchive::new(Cursor::new(window.clone())).map_err(broken)?;
        let mut members = Vec::new();
        for index in 0..zip.len().min(MAX_MEMBERS) {
            let Ok(file) = zip.by_index_raw(index) else { continue };
            let name = String::from_utf8_lossy(file.name_raw()).into_owned();
            members.push(Member { name, size: file.size(), packed: file.compressed_size() });
        }
        if zip.has_duplicate_names() {
            damages.extend(duplicates(&window, zip.central_directory_start()));
        }
        for member in &members {
            damages.extend(suspicious(member));
        }
        Ok(Archive { window, zip, members })
    }

    /// Tells whether there is a member of a name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|m| m.name == name)
    }

    /// Reads a member.
    ///
    /// # Errors
    /// Where it is missing, larger than the limit, or cannot be unpacked.
    pub(crate) fn read(&mut self, name: &str, limit: u64) -> Result<Vec<u8>, Damage> {
        let mut file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(zip::result::ZipError::FileNotFound) => {
                return Err(Damage::new(DamageKind::Missing, name, "is missing from the archive")
                    .raising("KeyError", format!("\"There is no item named '{name}' in the archive\"")));
            }
            Err(error) => {
                let what = format!("cannot be unpacked: {}", plain(&error));
                return Err(Damage::new(DamageKind::Container, name, what).raising("BadZipFile", ""));
            }
        };
        let mut bytes = Vec::new();
        match file.by_ref().take(limit + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > limit => {
                let what = format!("is larger than {} MB when unpacked", limit >> 20);
                Err(Damage::new(DamageKind::Bomb, name, what))
            }
            Ok(_) => Ok(bytes),
            Err(error) => {
                let what = format!("cannot be unpacked: {error}");
                Err(Damage::new(DamageKind::Container, name, what)
                    .raising("BadZipFile", format!("Bad CRC-32 for file '{name}'")))
            }
        }
    }

    /// Returns a member's bytes where they stand, without unpacking; nothing for one that is compressed.
    pub(crate) fn stored(&mut self, name: &str) -> Option<Window> {
        let file = self.zip.by_name(name).ok()?;
        let plain = file.compression() == CompressionMethod::Stored && !file.encrypted();
        let (start, size) = (file.data_start()?, file.size());
        plain.then(|| self.window.part(start, size))
    }
}

fn plain(error: &zip::result::ZipError) -> String {
    let text = error.to_string();
    text.strip_prefix("invalid Zip archive: ").map_or(text.clone(), str::to_owned)
}

/// The names that stand twice. Python reads the last of them, other readers the first.
fn duplicates(window: &Window, directory: u64) -> Vec<Damage> {
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut cursor = Cursor::new(window.part(directory, window.size()));
    for _ in 0..MAX_MEMBERS {
        let Some(name) = next_name(&mut cursor) else { break };
        *seen.entry(name).or_default() += 1;
    }
    let mut names: Vec<_> = seen.into_iter().filter(|(_, count)| *count > 1).collect();
    names.sort();
    let damage = |(name, count): (Vec<u8>, usize)| {
        let what = format!("stands {count} times in the archive; Python takes the last");
        Damage::new(DamageKind::Duplicate, String::from_utf8_lossy(&name), what)
    };
    names.into_iter().map(damage).collect()
}

/// Reads the name in the next header of an archive's directory: 46 bytes with the lengths of what follows them.
fn next_name(cursor: &mut Cursor) -> Option<Vec<u8>> {
    let mut header = [0; 46];
    cursor.read_exact(&mut header).ok()?;
    let length = |at: usize| i64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    if !header.starts_with(b"PK\x01\x02") {
        return None;
    }
    let mut name = vec![0; usize::try_from(length(28)).ok()?];
    cursor.read_exact(&mut name).ok()?;
    cursor.seek(SeekFrom::Current(length(30) + length(32))).ok()?;
    Some(name)
}

fn suspicious(member: &Member) -> Option<Damage> {
    let name = member.name.as_str();
    let climbs = name.split(['/', '\\']).any(|part| part == "..");
    let drive = name.as_bytes().get(1) == Some(&b':');
    if climbs || name.starts_with(['/', '\\']) || drive {
        let what = "has a name that points out of the folder it would be unpacked to";
        return Some(Damage::new(DamageKind::Traversal, name, what));
    }
    if member.size > BOMB_SIZE && member.size / BOMB_RATIO > member.packed {
        let what = format!("is {} MB packed in {} KB: a zip bomb", member.size >> 20, member.packed >> 10);
        let damage = Damage::new(DamageKind::Bomb, name, what);
        // What is so easily packed is nothing that a model's weights could be read from.
        let weights = name == "model.weights.h5";
        return Some(if weights {
            damage.raising("OSError", "Unable to synchronously open file")
        } else {
            damage
        });
    }
    None
}
