"""What is shipped is whole and pinned: lock files, versions, the packages of the wheel."""

import json
import re

import pytest

from tests.house.tree import ROOT, packages, project, shipped, text

LOCKS = tuple(name for name in shipped() if re.fullmatch(r"requirements[\w-]*\.lock", name))
NODE_LOCKS = tuple(name for name in shipped() if name.endswith("package-lock.json"))


def pins(lock: str) -> dict[str, list[str]]:
    """Each requirement of a lock file with its hashes."""
    logical = re.sub(r"\\\n", " ", lock).splitlines()
    lines = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    return {line.split()[0]: re.findall(r"--hash=sha256:([0-9a-f]{64})", line) for line in lines}


def test_there_are_locks() -> None:
    assert {"requirements.lock", "requirements-dev.lock", "requirements-build.lock"} <= set(LOCKS)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_requirement_by_hash_and_names_no_index(name: str) -> None:
    lock = text(name) or ""
    found = pins(lock)
    assert found
    assert [pin for pin, hashes in found.items() if "==" not in pin or not hashes] == []
    assert "://" not in lock


def test_a_pin_without_hash_is_seen() -> None:
    assert pins("a==1 \\\n    --hash=sha256:" + "0" * 64 + "\n    # via b\nb==2\n") == {"a==1": ["0" * 64], "b==2": []}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_every_dependency(name: str) -> None:
    wanted = list(project()["project"]["dependencies"])
    if name == "requirements-dev.lock":
        extras = project()["project"]["optional-dependencies"]
        wanted += [each for each in extras["dev"] if not each.startswith("busyline[")] + extras["acme"]
    locked = {_canonical(pin.split("==")[0]) for pin in pins(text(name) or "")}
    assert {_canonical(re.split(r"[\[<>=!~; ]", each)[0]) for each in wanted} - locked == set()


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()  # PEP 503


def test_what_both_locks_hold_is_the_same_version() -> None:
    run, dev = (dict(pin.split("==") for pin in pins(text(name) or "")) for name in LOCKS_OF_THE_APPLICATION)
    assert {name: version for name, version in run.items() if dev.get(name, version) != version} == {}


LOCKS_OF_THE_APPLICATION = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.parametrize("name", NODE_LOCKS or [None])
def test_a_lock_of_node_has_hashes_and_names_no_registry(name: str | None) -> None:
    if name is None:
        return
    lock = json.loads(text(name) or "")
    outside = {path: entry for path, entry in lock["packages"].items() if path and not entry.get("link")}
    assert [path for path, entry in outside.items() if not entry.get("integrity")] == []
    assert [path for path, entry in outside.items() if "://" in entry.get("resolved", "")] == []


def test_the_changelog_opens_with_the_version_of_the_project() -> None:
    versions = re.findall(r"^## \[([^\]]+)\]", text("CHANGELOG.md") or "", re.MULTILINE)
    assert next(version for version in versions if version.lower() != "unreleased") == project()["project"]["version"]


def test_every_package_is_in_the_wheel() -> None:
    assert set(project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(packages())


def test_every_package_is_checked_for_types_and_floors() -> None:
    assert set(project()["tool"]["mypy"]["packages"]) == {*packages(), "bench", "tests"}
    assert set(project()["tool"]["importlinter"]["root_packages"]) == set(packages())


def test_every_folder_of_a_package_is_one() -> None:
    folders = {
        name.rpartition("/")[0] for name in shipped() if name.endswith(".py") and name.split("/")[0] in packages()
    }
    assert [folder for folder in sorted(folders) if not (ROOT / folder / "__init__.py").is_file()] == []


def test_the_licence_is_shipped() -> None:
    assert "Apache License" in (text("LICENSE") or "")
