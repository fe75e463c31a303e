//! Project files as people write them.

use super::*;

fn project(name: &str, text: &str) -> Option<(Keras, String)> {
    from_project_file(name, text).map(|p| (p.keras, p.reason))
}

fn two(reason: &str) -> Option<(Keras, String)> {
    Some((Keras::Two, reason.to_owned()))
}

fn three(reason: &str) -> Option<(Keras, String)> {
    Some((Keras::Three, reason.to_owned()))
}

#[test]
fn reads_requirements() {
    let file = "requirements.txt";
    assert_eq!(project(file, "numpy\nscipy==1.0\n"), None);
    assert_eq!(
        project(file, "numpy\ntensorflow==2.12.0  # pinned\n"),
        two("requirements.txt:2 has `tensorflow==2.12.0`")
    );
    assert_eq!(project(file, "tensorflow>=2.10\n"), three("requirements.txt:1 has `tensorflow>=2.10`"));
    assert_eq!(project(file, "TensorFlow-GPU<2.11\n"), two("requirements.txt:1 has `TensorFlow-GPU<2.11`"));
    assert_eq!(
        project(file, "tensorflow[and-cuda]~=2.15.0 ; python_version < '3.12'\n"),
        two("requirements.txt:1 has `tensorflow[and-cuda]~=2.15.0`")
    );
    assert_eq!(project(file, "tensorflow==2.18\nkeras==2.15\n"), two("requirements.txt:2 has `keras==2.15`"));
    assert_eq!(project(file, "tensorflow==2.18\ntf_keras\n"), two("requirements.txt:2 has `tf_keras`"));
    assert_eq!(project(file, "keras-tuner==1.4\n# keras==2.0\n"), None);
}

#[test]
fn reads_pyproject() {
    let file = "pyproject.toml";
    let pep621 = "[project]\ndependencies = [\"numpy\", \"keras>=3.0\"]\n";
    assert_eq!(project(file, pep621), three("pyproject.toml:2 has `keras>=3.0`"));
    let listed = "dependencies = [\n  'tensorflow>=2.12,<2.16',\n]\n";
    assert_eq!(project(file, listed), two("pyproject.toml:2 has `tensorflow>=2.12,<2.16`"));
    let poetry = "[tool.poetry.dependencies]\ntensorflow = \"2.11.0\"\n";
    assert_eq!(project(file, poetry), two("pyproject.toml:2 has `tensorflow = \"2.11.0\"`"));
    let table = "keras = {version = \"^2.11\", optional = true}\n";
    assert_eq!(project(file, table).map(|p| p.0), Some(Keras::Two));
    let prose = "description = \"keras models for cats\"\n";
    assert_eq!(project(file, prose), None);
}

#[test]
fn reads_other_files() {
    let lock = "[[package]]\nname = \"keras\"\nversion = \"3.4.1\"\n";
    assert_eq!(project("uv.lock", lock), three("uv.lock:3 locks keras 3.4.1"));
    let pipfile = "{\n  \"default\": {\n    \"keras\": {\n      \"hashes\": [],\n      \"version\": \"==2.9.0\"\n    }\n";
    assert_eq!(project("Pipfile.lock", pipfile), two("Pipfile.lock:5 locks keras 2.9.0"));
    let conda = "dependencies:\n  - python=3.9\n  - tensorflow=2.11\n";
    assert_eq!(project("environment.yml", conda), two("environment.yml:3 has `tensorflow=2.11`"));
    let setup = "setup(name='x', install_requires=['numpy', 'tensorflow==1.15'])\n";
    assert_eq!(project("setup.py", setup), two("setup.py:1 has `tensorflow==1.15`"));
}

#[test]
fn reads_installed_packages() {
    let names =
        ["numpy-2.0.0.dist-info", "tensorflow-2.15.0.dist-info", "tf_keras", "keras-2.15.0.dist-info"];
    assert_eq!(
        from_installed(".venv", names),
        Some(Profile { keras: Keras::Two, reason: ".venv has keras 2.15.0".to_owned() })
    );
    assert_eq!(from_installed(".venv", ["numpy-2.0.0.dist-info"]), None);
}

#[test]
fn reads_scripts() {
    let of = |source| from_script(source).map(|p| (p.keras, p.reason));
    assert_eq!(of("import keras\n"), None);
    assert_eq!(of("import tf_keras as keras\n"), two("line 1 imports tf_keras"));
    assert_eq!(of("import tf_keras\nimport keras\n"), None);
    assert_eq!(
        of("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nimport tensorflow\n"),
        two("line 2 sets TF_USE_LEGACY_KERAS")
    );
    assert_eq!(of("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '0'\n"), None);
    let jax = of("import os\nos.environ.setdefault('KERAS_BACKEND', 'jax')\nimport keras\n");
    assert_eq!(jax, Some((Keras::Three, "line 2 sets KERAS_BACKEND".to_owned())));
    let block = "# /// script\n# dependencies = [\n#   \"tensorflow<2.16\",\n# ]\n# ///\nimport keras\n";
    assert_eq!(of(block), two("the script's own metadata has `tensorflow<2.16`"));
}
