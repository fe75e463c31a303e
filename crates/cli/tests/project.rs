//! Scripts of several files, and notebooks.

mod support;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use support::Folder;

const MODEL: &str = "\
from tensorflow import keras
from .parts import Scale

WIDTH = 6


def build_model(outputs, wide=False):
    inputs = keras.Input((WIDTH,))
    x = Scale(name='scale')(inputs)
    if wide:
        x = keras.layers.Concatenate(axis=1)([x, keras.Input((4, 4))])
    return keras.Model(inputs, keras.layers.Dense(outputs)(x))


if __name__ == '__main__':
    raise SystemExit(1)
";

const PARTS: &str = "\
from tensorflow import keras

__all__ = ['Scale']


class Scale(keras.layers.Layer):
    def call(self, x):
        return x * 2.0
";

fn shop(test: &str) -> Result<Folder> {
    let folder = Folder::new(test)?;
    folder.write("shop/__init__.py", "from .model import build_model\n")?;
    folder.write("shop/model.py", MODEL)?;
    folder.write("shop/parts/__init__.py", "from .scale import *\n")?;
    folder.write("shop/parts/scale.py", PARTS)?;
    Ok(folder)
}

#[test]
fn a_package_is_imported_and_not_carried_out_by_itself() -> Result<()> {
    let folder = Folder::new("package")?;
    folder.write("shop/__init__.py", "from shop import goods\n")?;
    folder.write(
        "shop/registry.py",
        "seen = {}\ndef register(name):\n    assert name not in seen\n    seen[name] = 1\n",
    )?;
    // What it imports imports it in turn, and finds it under way.
    let goods = "\
from shop.registry import register
from shop.goods import prices

register('goods')
__path__ = list(__path__)
if __name__ == '__main__':
    raise SystemExit(3)
";
    folder.write("shop/goods/__init__.py", goods)?;
    folder.write("shop/goods/prices.py", "import shop.goods\nprint(shop.__dict__)\n")?;
    let ran = folder.run(&["check", "shop"])?;
    assert_eq!(ran.exit, Some(0), "{}", ran.stdout);
    assert!(ran.stdout.contains("No problems found in 4 files"), "{}", ran.stdout);
    Ok(())
}

#[test]
fn modules_of_the_project_are_carried_out() -> Result<()> {
    let folder = shop("modules")?;
    let train = "\
import shop
from shop.model import WIDTH, build_model
import numpy as np
model = build_model(3)
model.compile('adam', 'mse')
model.fit(np.zeros((8, WIDTH)), np.zeros((8, 3)))
shop.build_model(2, wide=True)
";
    folder.write("train.py", train)?;
    let ran = folder.run(&["check", "--output-format", "json", "train.py"])?;
    let report: Value = serde_json::from_str(&ran.stdout)?;
    let found = &report["files"][0]["diagnostics"][0];
    assert_eq!(found["rule"], "stack-or-concat-mismatch");
    let place = |json: &Value| format!("{}:{}:{}", json["path"], json["line"], json["column"]);
    assert_eq!(place(&found["location"]), "\"shop/model.py\":11:13");
    let calls: Vec<String> = found["labels"]
        .as_array()
        .context("labels")?
        .iter()
        .filter(|label| label["text"] == "called from here")
        .map(|label| place(&label["location"]))
        .collect();
    assert_eq!(calls, ["null:7:1"]);
    let record: Value = serde_json::from_str(&folder.run(&["predict", "--keras", "3", "train.py"])?.stdout)?;
    assert_eq!(record["outcome"]["trace"], serde_json::json!([{"line": 7, "function": "<module>"}]));
    assert_eq!(record["layer_calls"][0]["line"], 4);
    let text = folder.run(&["check", "train.py"])?.stdout;
    assert!(text.contains("--> shop/model.py:11:13") && text.contains("::: train.py:7:1"), "{text}");
    Ok(())
}

#[test]
fn a_finding_in_a_module_appears_once() -> Result<()> {
    let folder = Folder::new("once")?;
    let net = "import keras\n\nINPUTS = keras.Input((4, 8))\nOUTPUTS = keras.layers.Conv2D(3, 3)(INPUTS)\n";
    folder.write("net.py", net)?;
    for script in ["serve.py", "train.py"] {
        folder.write(script, "import net\n\nprint(net.OUTPUTS.shape)\n")?;
    }
    // Checked itself, imported by two scripts that are, and by one.
    for paths in [&["."][..], &["serve.py", "train.py"], &["train.py"]] {
        let arguments = [&["check", "--output-format", "json"], paths].concat();
        let report: Value = serde_json::from_str(&folder.run(&arguments)?.stdout)?;
        let files = report["files"].as_array().context("files")?;
        let found: Vec<String> = files
            .iter()
            .flat_map(|file| file["diagnostics"].as_array().into_iter().flatten().map(move |d| (file, d)))
            .map(|(file, d)| {
                let path = d["location"]["path"].as_str().or(file["path"].as_str()).unwrap_or_default();
                format!("{path}:{} {}", d["location"]["line"], d["rule"])
            })
            .collect();
        assert_eq!(found, ["net.py:4 \"layer-input-mismatch\""], "{paths:?}");
    }
    Ok(())
}

#[test]
fn a_working_folder_may_be_a_package() -> Result<()> {
    let folder = Folder::new("package")?;
    folder.write("__init__.py", "")?;
    folder.write("net.py", "import keras\n\nOUTPUTS = keras.layers.Conv2D(3, 3)(keras.Input((4, 8)))\n")?;
    folder.write("train.py", "from .net import OUTPUTS\n")?;
    let text = folder.run(&["check", "--output-format", "concise", "."])?.stdout;
    let found: Vec<&str> = text.lines().filter(|line| line.contains("error[")).collect();
    let [only] = found[..] else { anyhow::bail!("{text}") };
    assert!(only.starts_with("net.py:3:"), "{text}");
    Ok(())
}

#[test]
fn imports_end_as_in_python() -> Result<()> {
    let folder = shop("imports")?;
    folder.write("one.py", "import two\nVALUE = 1\n")?;
    folder.write("two.py", "from one import VALUE\n")?;
    folder.write("broken.py", "def\n")?;
    folder.write("around.py", "import circle\nfirst = circle.second\n")?;
    folder.write("circle.py", "import around\nsecond = 2\n")?;
    for (script, outcome) in [
        ("import one", "partially initialized module 'one' (most likely due to a circular import)"),
        ("from shop.model import missing", "cannot import name 'missing' from 'shop.model'"),
        ("import broken", "invalid syntax (broken.py, line 1)"),
        ("from shop import parts\nparts.Scale.nothing", "type object 'Scale' has no attribute 'nothing'"),
        ("import around\nassert around.first == 2", "\"status\":\"ok\""),
        ("from shop.absent import thing\nthing(1)", "\"status\":\"ok\""),
    ] {
        folder.write("script.py", script)?;
        let ran = folder.run(&["predict", "--keras", "3", "script.py"])?;
        let (_, end) = ran.stdout.split_once("\"outcome\":").context("an outcome")?;
        assert!(end.contains(outcome), "{script}: {end}");
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn the_project_is_never_left() -> Result<()> {
    let folder = Folder::new("outside")?;
    folder.write("secret.py", "raise ValueError('read')\n")?;
    folder.write("project/setup.cfg", "")?;
    folder.write("project/train.py", "import secret\nimport loop\nimport loop.loop.train\n")?;
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside/project");
    std::os::unix::fs::symlink("../secret.py", project.join("secret.py"))?;
    std::os::unix::fs::symlink(".", project.join("loop"))?;
    std::os::unix::fs::symlink("self.py", project.join("self.py"))?;
    let ran = folder.run(&["check", "project/train.py"])?;
    assert_eq!(ran.exit, Some(0), "{}", ran.stdout);
    Ok(())
}

#[test]
fn notebooks_have_places_in_their_cells() -> Result<()> {
    let folder = Folder::new("notebook")?;
    let cell = |source: &str| {
        serde_json::json!({"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
            "execution_count": null})
    };
    let notebook = serde_json::json!({
        "cells": [
            {"cell_type": "markdown", "source": "# Digits", "metadata": {}},
            cell("%matplotlib inline\nimport numpy as np\nfrom tensorflow import keras"),
            cell("model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\nmodel.compile('adam', 'mse')"),
            cell("!pip list\nx = np.zeros((10, 5))\nmodel.fit(x, np.zeros((10, 2)))"),
        ],
        "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 4,
    });
    folder.write("digits.ipynb", notebook.to_string())?;
    let concise = folder.run(&["check", "--output-format", "concise", "."])?;
    assert!(concise.stdout.starts_with("digits.ipynb:cell 4:3:1: error["), "{}", concise.stdout);
    let json: Value =
        serde_json::from_str(&folder.run(&["check", "--output-format", "json", "digits.ipynb"])?.stdout)?;
    let found = &json["files"][0]["diagnostics"][0];
    assert_eq!((&found["location"]["cell"], &found["location"]["line"]), (&4.into(), &3.into()));
    let made =
        found["labels"].as_array().context("labels")?.iter().find(|label| label["location"]["cell"] == 3);
    assert_eq!(made.context("a label in another cell")?["location"]["line"], 1);
    let text = folder.run(&["check", "digits.ipynb"])?.stdout;
    assert!(text.contains("digits.ipynb ends on line 3 of cell 4"), "{text}");
    folder.write("other.ipynb", "{\"cells\": 3}")?;
    let refused = folder.run(&["check", "other.ipynb"])?;
    assert_eq!(refused.exit, Some(2));
    assert!(refused.stderr.contains("cannot check other.ipynb"), "{}", refused.stderr);
    Ok(())
}

#[test]
fn modules_that_are_not_read_are_unknown() -> Result<()> {
    let folder = Folder::new("many-modules")?;
    let mut script = String::new();
    for number in 0..260 {
        folder.write(&format!("shop/part_{number}.py"), "width = 3\n")?;
        script += &format!("from shop import part_{number}\n");
    }
    folder.write("train.py", &(script + "print(part_0.width, part_259.width)\n"))?;
    let ran = folder.run(&["predict", "--keras", "3", "train.py"])?;
    let record: Value = serde_json::from_str(&ran.stdout)?;
    // That they are not known decides nothing.
    assert_eq!(record["outcome"]["status"], "ok");
    Ok(())
}

#[test]
fn an_installed_library_may_have_more() -> Result<()> {
    let folder = Folder::new("installed")?;
    folder.write("pyproject.toml", "[project]\nname = 'shop'\n")?;
    folder.write("shop/__init__.py", "from .model import width\n")?;
    folder.write("shop/model.py", "width = 4\n")?;
    folder.write("examples/torch/first.py", "import numpy\n")?;
    // What lies above the script's folder is found only where it is installed, and then by what was built of it;
    // a folder without an `__init__.py` gives way to a library of its name.
    folder
        .write("examples/train.py", "import shop\nimport torch\nshop.build(shop.width)\ntorch.ones(3)\n")?;
    folder.write("beside.py", "import shop\nshop.build(shop.width)\n")?;
    let ran = folder.run(&["check", "--output-format", "concise", "examples/train.py"])?;
    assert_eq!(ran.exit, Some(0), "{}", ran.stdout);
    let ran = folder.run(&["check", "--output-format", "concise", "beside.py"])?;
    assert!(ran.stdout.contains("beside.py:2:1: error[missing-name]"), "{}", ran.stdout);
    Ok(())
}

#[test]
fn follows_no_package_that_looks_elsewhere() -> Result<()> {
    let folder = Folder::new("project-path")?;
    folder.write(
        "shop/__init__.py",
        "import os\n\n__path__.append(os.path.join(os.path.dirname(__file__), 'api'))\n",
    )?;
    folder.write("shop/api/parts.py", "width = 3\n")?;
    let script = "import shop\nfrom shop import parts\nimport shop.parts\nshop.price\n";
    folder.write("train.py", script)?;
    let ran = folder.run(&["check", "--output-format", "concise", "train.py"])?;
    assert_eq!(ran.exit, Some(0), "{}", ran.stdout);
    Ok(())
}

#[test]
fn a_script_in_a_package_finds_what_lies_beside_it() -> Result<()> {
    let folder = Folder::new("project-within")?;
    folder.write("shop/__init__.py", "")?;
    folder.write("shop/parts.py", "from keras.layers import Topology\n")?;
    folder.write("shop/train.py", "from parts import Topology\n")?;
    let ran = folder.run(&["check", "--output-format", "concise", "shop/train.py"])?;
    assert!(ran.stdout.contains("`keras.layers` has no name `Topology`"), "{}", ran.stdout);
    Ok(())
}

#[test]
fn modules_that_are_not_read_may_fill_registries() -> Result<()> {
    let folder = Folder::new("project-registry")?;
    folder.write("shop/__init__.py", "")?;
    let registry = "FOUND = []\nWORDS = [1]\n\ndef register(x):\n    FOUND.append(x)\n    return x\n";
    folder.write("shop/registry.py", registry)?;
    let long = format!(
        "from shop.registry import register\n@register\ndef f():\n    pass\n#{}\n",
        " ".repeat(5_000_000)
    );
    folder.write("shop/long.py", &long)?;
    folder.write(
        "train.py",
        "from shop.registry import FOUND, WORDS\nimport shop.long\nFOUND[0]\nWORDS[1]\n",
    )?;
    let ran = folder.run(&["check", "--output-format", "concise", "train.py"])?;
    assert!(!ran.stdout.contains("train.py:3"), "{}", ran.stdout);
    assert!(ran.stdout.contains("train.py:4:1: error"), "{}", ran.stdout);
    Ok(())
}
