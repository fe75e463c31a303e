//! What everyday scripts print, line by line, against what the real libraries printed.
//!
//! `printing/README.md` says how that was recorded. Outputs that fall short are listed in `printing/gaps.txt`, with how
//! many lines are equal; fewer fail the test, and more must be written down (`UPDATE_MD=1` writes the list anew).

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use support::Folder;

/// How many lines two texts have in common, in order.
fn common(a: &[&str], b: &[&str]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for line in a {
        let mut before = 0;
        for (at, other) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if line == other { before + 1 } else { above.max(row[at]) };
            before = above;
        }
    }
    row[b.len()]
}

#[test]
fn prints_line_by_line_what_the_real_libraries_print() -> Result<()> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/printing");
    let mut names = Vec::new();
    for entry in fs::read_dir(&home)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    let mut gaps = String::new();
    for name in &names {
        let script = fs::read_to_string(home.join(format!("{name}.py")))?;
        for keras in ["2", "3"] {
            let real = fs::read_to_string(home.join(format!("{name}.keras{keras}.out")))?;
            let folder = Folder::new("printing")?;
            let file = format!("{name}.py");
            folder.write(&file, &script)?;
            let ran = folder.run(&["run", "--keras", keras, "--allow-write", "--allow-read", &file])?;
            if ran.stdout == real {
                continue;
            }
            let (expected, ours): (Vec<&str>, Vec<&str>) =
                (real.lines().collect(), ran.stdout.lines().collect());
            writeln!(gaps, "{name} {keras} {} of {}", common(&expected, &ours), expected.len())?;
        }
    }
    let list = home.join("gaps.txt");
    if std::env::var_os("UPDATE_MD").is_some() {
        fs::write(&list, &gaps)?;
    }
    let known = fs::read_to_string(&list)?;
    assert!(gaps == known, "outputs that fall short are others than listed:\n{gaps}");
    Ok(())
}
