"""Compares `kerascope inspect` with modelscan and modelaudit on a folder of model files: the table of model-files.md.

    python scanners.py FOLDER KERASCOPE MODELAUDIT.json MODELSCAN.json

The reports of the others are made beforehand, since one run of either takes the whole folder:

    modelaudit scan FOLDER --format json -o MODELAUDIT.json
    modelscan -p FOLDER -r json -o MODELSCAN.json        (with its extras `tensorflow` and `h5py`)

A file whose name begins with `ev` is hostile, one with `bad` or `e_` damaged, any other harmless. Nothing of a file is
run. Times are those of the processor, of a whole process for each file.
"""
import collections
import json
import pathlib
import resource
import statistics
import subprocess
import sys

folder, kerascope, audited, scanned = (pathlib.Path(argument) for argument in sys.argv[1:5])


def kind(path):
    if path.name.startswith("ev"):
        return "hostile"
    return "damaged" if path.name.startswith(("bad", "e_")) else "harmless"


def model_of(place, files):
    """The file of a scanner's place: `m/a.keras:config.json`, `m/a.keras (layer: d)`, `m/b/saved_model.pb`."""
    parts = pathlib.Path(str(place).split(":")[0].split(" (")[0]).parts
    return next((file for file in files if any(file.name == part for part in parts)), None)


def grades(issues, place, files):
    found = collections.defaultdict(set)
    for issue in issues:
        file = model_of(issue.get(place) or "", files)
        if file:
            found[file].add(issue["severity"].upper())
    return found


def ours(files):
    verdicts, times = {}, []
    for file in files:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([kerascope, "inspect", "--output-format", "json", file], capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        verdicts[file] = {json.loads(done.stdout)["verdict"].upper()}
    print(f"kerascope: median {1000 * statistics.median(times):.1f} ms, at most {1000 * max(times):.1f} ms", file=sys.stderr)
    return verdicts


files = sorted(file for group in folder.iterdir() for file in (group.iterdir() if group.is_dir() else [group]))
kinds = {file: kind(file) for file in files}
rows = {
    "kerascope: dangerous": (ours(files), {"DANGEROUS"}),
    "modelaudit: critical": (audit := grades(json.loads(audited.read_text())["issues"], "location", files), {"CRITICAL"}),
    "modelaudit: critical or warning": (audit, {"CRITICAL", "WARNING"}),
    "modelscan: high or critical": (scan := grades(json.loads(scanned.read_text())["issues"], "source", files), {"HIGH", "CRITICAL"}),
    "modelscan: anything": (scan, {"LOW", "MEDIUM", "HIGH", "CRITICAL"}),
}
count = collections.Counter(kinds.values())
print(f"| called dangerous | of {count['hostile']} hostile | of {count['damaged']} damaged | of {count['harmless']} harmless |")
print("| --- | --- | --- | --- |")
for name, (found, alarm) in rows.items():
    called = collections.Counter(kinds[file] for file in files if found.get(file, set()) & alarm)
    print(f"| {name} | {called['hostile']} | {called['damaged']} | {called['harmless']} |")
