//! Standard output and error: colour, width, and pipes that close early.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::AutoStream;
use anstream::stream::RawStream;
use checker::world::Screen;
use clap::ColorChoice;
use clap::builder::styling::{AnsiColor, Style};

/// The width taken for output that goes nowhere known.
const DEFAULT_WIDTH: usize = 100;
/// The narrowest width at which source lines are still worth printing.
const MIN_WIDTH: usize = 40;

/// Where a report goes.
pub(crate) struct Terminal {
    out: BufWriter<Box<dyn Write>>,
    styled: bool,
    styled_errors: bool,
    width: usize,
    is_terminal: bool,
}

impl Terminal {
    /// Looks at the process's output and environment.
    pub(crate) fn new(color: ColorChoice) -> Terminal {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let asked = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let measured = || {
            let size = if is_terminal { terminal_size::terminal_size() } else { None };
            size.map(|(width, _)| usize::from(width.0))
        };
        Terminal {
            styled: styled(&stdout, color),
            styled_errors: styled(&io::stderr(), color),
            width: asked.or_else(measured).unwrap_or(DEFAULT_WIDTH).max(MIN_WIDTH),
            is_terminal,
            out: BufWriter::new(Box::new(stdout)),
        }
    }

    /// Tells whether colours may be used.
    pub(crate) fn styled(&self) -> bool {
        self.styled
    }

    /// Tells whether colours may be used on standard error.
    pub(crate) fn styles_errors(&self) -> bool {
        self.styled_errors
    }

    /// Returns the number of columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Returns what a script's output goes to, with the width that Python would take.
    pub(crate) fn screen(&self) -> Screen {
        let known = self.is_terminal || env::var_os("COLUMNS").is_some();
        let columns = if known { self.width } else { Screen::default().columns };
        Screen { columns, colors: self.styled && self.is_terminal }
    }

    /// Returns the text in a style, where colours may be used.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.styled { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Begins a new screen, where the output is one.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        // To the top left, then without what was there and what scrolled off.
        if self.is_terminal { self.write_all(b"\x1b[H\x1b[2J\x1b[3J") } else { Ok(()) }
    }

    /// Says on standard error what goes on now.
    pub(crate) fn announce(&mut self, message: &str) -> io::Result<()> {
        self.out.flush()?;
        let style = Style::new().dimmed();
        let shown =
            if self.styled_errors { format!("{style}{message}{style:#}") } else { message.to_owned() };
        writeln!(io::stderr(), "{shown}")
    }

    /// Says on standard error what could not be done.
    pub(crate) fn complain(&mut self, message: &str) {
        // What was found so far comes first.
        let _ = self.out.flush();
        let style = AnsiColor::BrightRed.on_default().bold();
        let title = if self.styled_errors { format!("{style}error{style:#}") } else { "error".to_owned() };
        // There is nobody to tell that standard error is closed.
        let _ = writeln!(io::stderr(), "{title}: {message}");
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn styled(stream: &impl RawStream, color: ColorChoice) -> bool {
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => AutoStream::choice(stream) != anstream::ColorChoice::Never,
    }
}

/// Tells whether an error comes of a reader that went away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
