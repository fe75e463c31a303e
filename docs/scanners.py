"""Compares `kerascope inspect` with modelaudit on a folder of model files, and prints the table of model-files.md.

    python scanners.py KERASCOPE MODELAUDIT FOLDER

A file whose name begins with `evil` is hostile, one with `bad` damaged, any other harmless. Only what a scanner grades
`critical` counts as called dangerous: it warns of every Lambda. Nothing of a file is run. Times are those of the
processor, of a whole process.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys

kerascope, modelaudit, folder = sys.argv[1:4]


def run(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, NO_ANALYTICS="1"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    try:
        return json.loads(done.stdout[done.stdout.index("{"):].splitlines()[0] if command[0] == kerascope else
                          done.stdout[done.stdout.index("{"):]), spent
    except ValueError:
        return {}, spent


print("| file | kerascope | s | modelaudit | s |", "| --- | --- | --- | --- | --- |", sep="\n")
for path in sorted(pathlib.Path(folder).iterdir()):
    ours, our_time = run(kerascope, "inspect", "--output-format", "json", str(path))
    theirs, their_time = run(modelaudit, "scan", str(path), "--format", "json")
    grades = {issue["severity"] for issue in theirs.get("issues", [])}
    grade = next((grade for grade in ("critical", "warning", "info") if grade in grades), "nothing")
    said = "damaged" if ours.get("damaged") else ours.get("verdict")
    print(f"| {path.name} | {said} | {our_time:.3f} | {grade} | {their_time:.1f} |")
