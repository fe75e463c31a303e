//! `--watch`: a change of a file gives a new report.

mod support;

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result};

use support::Folder;

/// So long is waited for the system to tell of a change before the test is given up.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn changes_are_checked() -> Result<()> {
    let folder = Folder::new("watch")?;
    folder.write("a.py", "x = (\n")?;
    let mut command = folder.command(&["check", "--watch", "--output-format", "concise", "."]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let out = child.stdout.take().context("standard output")?;
    let error = child.stderr.take().context("standard error")?;
    let (sender, lines) = mpsc::channel();
    let told = sender.clone();
    let send = |stream: Box<dyn std::io::Read + Send>, sender: mpsc::Sender<String>| {
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(std::result::Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        })
    };
    let readers = [send(Box::new(out), sender), send(Box::new(error), told)];
    // The two streams are read apart, so their lines come in any order.
    let wait_for = |wanted: &[&str]| -> Result<()> {
        let mut missing = wanted.to_vec();
        while !missing.is_empty() {
            let line = lines.recv_timeout(PATIENCE).with_context(|| format!("{missing:?}"))?;
            missing.retain(|part| !line.contains(part));
        }
        Ok(())
    };
    let result = wait_for(&["a.py:1:", "Watching"]).and_then(|()| {
        folder.write("b.py", "y = ]\n")?;
        wait_for(&["b.py:1:"])
    });
    child.kill()?;
    child.wait()?;
    for reader in readers {
        let _ = reader.join();
    }
    result
}

#[test]
fn only_people_watch() -> Result<()> {
    let folder = Folder::new("watch_refused")?;
    folder.write("a.py", "x = 1\n")?;
    for arguments in
        [&["check", "--watch", "--output-format", "json", "a.py"][..], &["check", "--watch", "-"]]
    {
        let ran = folder.run(arguments)?;
        assert_eq!((ran.exit, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.stderr);
    }
    Ok(())
}
