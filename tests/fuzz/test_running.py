"""What libFuzzer's words are read as; and one real run of a moment, where atheris is."""

import importlib.util
from pathlib import Path

from tests.fuzz.corpus import prepared
from tests.fuzz.running import read, run
from tests.needs import missing

_DONE = """\
INFO: Loaded 1 PC tables
#2\tINITED cov: 25 ft: 30 corp: 12/1000b exec/s: 0 rss: 57Mb
#4096\tpulse  cov: 555 ft: 1190 corp: 89/52Kb lim: 4096 exec/s: 1024 rss: 59Mb
Done 61540 runs in 12 second(s)
stat::number_of_executed_units: 61540
stat::peak_rss_mb:              61
"""
_FOUND = """\
#2\tINITED cov: 25 ft: 30 corp: 12/1000b exec/s: 0 rss: 57Mb

 === Uncaught Python exception: ===
tests.fuzz.targets.Defect: as many answers as mailboxes
Traceback (most recent call last):
==123== ERROR: libFuzzer: fuzz target exited
artifact_prefix='findings/x-'; Test unit written to findings/x-crash-0123
"""


def test_a_run_without_findings() -> None:
    told = read("ewsdecoder", _DONE, 0, 12.0)
    assert (told.executions, told.coverage, told.features, told.inputs, told.peak) == (61540, 555, 1190, 89, 61)
    assert (told.rate, told.finding, told.artifact) == (5128, "", "")


def test_a_finding_is_told_in_its_own_words() -> None:
    told = read("ewsdecoder", _FOUND, 77, 1.0)
    assert told.finding == "tests.fuzz.targets.Defect: as many answers as mailboxes"
    assert told.artifact == "findings/x-crash-0123"
    assert read("ewsdecoder", "", 1, 1.0).finding == "the process ended with 1: "


def test_a_run_of_a_moment(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        missing("atheris")
    told = run("safexml", prepared("safexml", tmp_path), seconds=5, executions=500, memory=400)
    assert told.finding == ""
    assert told.executions >= 500
    assert told.coverage > 0
