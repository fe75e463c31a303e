//! What callbacks write into files: `CSVLogger`; and those of which nothing is carried out.
//!
//! source: keras/src/callbacks/csv_logger.py, tf_keras/src/callbacks.py: `CSVLogger`

use std::fmt::Write;
use std::rc::Rc;

use ops::Arg;

use super::Event;
use crate::builtins::number_text;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;
use crate::world::Kind;

/// Where a `CSVLogger` keeps its columns.
const COLUMNS: &str = "keys";
/// Where it keeps what the file has.
const LINES: &str = "_lines";

impl Interp<'_> {
    /// `CSVLogger`: a table of the epochs' logs, which is written anew after each.
    pub(super) fn csv_logger(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        let Arg::Str(path) = self.callback_setting(id, "filename") else { return Ok(()) };
        match event.method {
            "on_train_begin" => {
                let appends = self.callback_setting(id, "append") == Arg::Bool(true);
                let mut lines = String::new();
                if appends && self.path_kind(&path)? == Kind::File {
                    lines = String::from_utf8_lossy(&self.read_file(&path)?).into_owned();
                }
                self.set_own_attr(id, COLUMNS, Value::None)?;
                self.set_own_attr(id, LINES, Value::str(&lines))?;
                self.write_file(&path, lines.into_bytes())
            }
            "on_epoch_end" => self.log_epoch(id, event, &path),
            _ => Ok(()),
        }
    }

    fn log_epoch(&mut self, id: ObjId, event: &Event<'_>, path: &Rc<str>) -> Eval<()> {
        let separator = match self.callback_setting(id, "separator") {
            Arg::Str(separator) => separator,
            _ => ",".into(),
        };
        let logs = event.args.get(1).cloned().unwrap_or(Value::None);
        let logs = self.logs_of(&logs);
        let mut lines = match self.own_attr(id, LINES) {
            Some(Value::Str(lines)) => lines.to_string(),
            _ => String::new(),
        };
        let columns: Vec<Rc<str>> = match self.own_attr(id, COLUMNS) {
            Some(Value::Tuple(columns)) => columns.iter().filter_map(|c| c.as_str().map(Rc::from)).collect(),
            _ => {
                let mut columns: Vec<Rc<str>> = logs.iter().map(|(name, _)| name.clone()).collect();
                columns.sort_unstable();
                // What is tested only in some epochs has its columns from the first.
                if !columns.iter().any(|name| name.starts_with("val_")) {
                    columns.extend(columns.clone().iter().map(|name| Rc::from(format!("val_{name}"))));
                }
                // The file's header stays, where it has one.
                if lines.is_empty() {
                    let _ = write!(lines, "epoch");
                    for name in &columns {
                        let _ = write!(lines, "{separator}{name}");
                    }
                    lines.push_str("\r\n");
                }
                let kept = Value::tuple(columns.iter().cloned().map(Value::Str));
                self.set_own_attr(id, COLUMNS, kept)?;
                columns
            }
        };
        let _ = write!(lines, "{}", event.epoch());
        for name in &columns {
            let number = logs.iter().find(|(known, _)| known == name).map(|(_, x)| number_text::repr(*x));
            let _ = write!(lines, "{separator}{}", number.as_deref().unwrap_or("NA"));
        }
        lines.push_str("\r\n");
        self.set_own_attr(id, LINES, Value::str(&lines))?;
        self.write_file(path, lines.into_bytes())
    }

    fn own_attr(&self, id: ObjId, name: &str) -> Option<Value> {
        self.heap.instance(id)?.attrs.get(name).cloned()
    }

    /// A callback that only leaves files for another program: the training goes on, and a note says that they are
    /// missing.
    pub(super) fn leaves_nothing(&mut self, class: &str, event: &Event<'_>) -> Eval<()> {
        if event.method != "on_train_begin" {
            return Ok(());
        }
        let what = match class {
            // As where its server cannot be reached.
            "RemoteMonitor" => "sends nothing: no network is reached",
            _ => "writes nothing",
        };
        self.note(format!("`{class}` {what}"));
        Ok(())
    }
}
