//! Where bytes come from: a file or memory, read in pieces, so that gigabytes of weights stay where they are.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use hdf5_pure::FormatError;

/// Bytes that can be read at any place.
pub trait Bytes: Send + Sync {
    /// Returns how many bytes there are.
    fn size(&self) -> u64;

    /// Fills a buffer from an offset on.
    ///
    /// # Errors
    /// Where there are not as many bytes, or they cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl Bytes for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let found = start.checked_add(buffer.len()).and_then(|end| self.get(start..end));
        buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// A stretch of bytes.
#[derive(Clone)]
pub struct Window {
    bytes: Arc<dyn Bytes>,
    start: u64,
    size: u64,
}

impl Window {
    /// Makes a window on all of the bytes.
    pub fn new(bytes: impl Bytes + 'static) -> Window {
        let size = bytes.size();
        Window { bytes: Arc::new(bytes), start: 0, size }
    }

    /// Returns how many bytes there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Narrows the window; it never grows.
    pub fn part(&self, start: u64, size: u64) -> Window {
        let start = start.min(self.size);
        Window { bytes: self.bytes.clone(), start: self.start + start, size: size.min(self.size - start) }
    }

    /// Reads the first bytes, at most as many as there are.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn head(&self, limit: u64) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; usize::try_from(limit.min(self.size)).unwrap_or(usize::MAX)];
        self.read_at(0, &mut buffer)?;
        Ok(buffer)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let fits = offset.checked_add(buffer.len() as u64).is_some_and(|end| end <= self.size);
        if !fits {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.bytes.read_at(self.start + offset, buffer)
    }
}

impl hdf5_pure::Source for Window {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), FormatError> {
        Window::read_at(self, offset, buffer).map_err(|_| FormatError::UnexpectedEof {
            expected: buffer.len(),
            available: usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX),
        })
    }
}

/// A window that is read from front to back.
#[derive(Clone)]
pub(crate) struct Cursor {
    window: Window,
    at: u64,
}

impl Cursor {
    pub(crate) fn new(window: Window) -> Cursor {
        Cursor { window, at: 0 }
    }
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.window.size.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let count = buffer.len().min(left);
        self.window.read_at(self.at, &mut buffer[..count])?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.window.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
