"""The floors hold, and each contract is seen to refuse an import planted against it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, packages, project

CONTRACTS = {contract["id"]: contract for contract in project()["tool"]["importlinter"]["contracts"]}
PLANTS = [  # contract, file, import
    ("floors", "protocols/planted.py", "import routing"),
    ("floors", "protocols/planted.py", "import certs"),
    ("floors", "routing/planted.py", "import certs"),
    ("floors", "certs/planted.py", "import routing"),
    ("floors", "routing/planted.py", "import service"),
    ("floors", "certs/planted.py", "import service"),
    ("floors", "service/planted.py", "import proxy"),
    ("floors", "proxy/planted.py", "import console"),
    ("floors", "proxy/planted.py", "import galsync"),
    ("floors", "galsync/planted.py", "import proxy"),
    ("floors", "galsync/planted.py", "import console"),
    ("floors", "galsync/planted.py", "import calsync"),
    ("floors", "calsync/planted.py", "import galsync"),
    ("floors", "service/planted.py", "import galsync"),
    ("protocol-floors", "protocols/ews/planted.py", "import protocols.google"),
    ("protocol-floors", "protocols/google/planted.py", "import protocols.graph"),
    ("protocol-floors", "protocols/graph/planted.py", "import protocols.ews"),
    ("protocol-floors", "protocols/ldap/planted.py", "import protocols.graph"),
    ("protocol-floors", "protocols/zones/planted.py", "import protocols.ews"),
    ("protocol-floors", "protocols/model/planted.py", "import protocols.errors"),
    ("simulation", "simulation/planted.py", "import proxy"),
    ("simulation", "simulation/planted.py", "import routing"),
    ("simulation-guests", "proxy/planted.py", "import simulation"),
    ("simulation-guests", "service/planted.py", "import simulation"),
    ("simulation-guests", "console/planted.py", "import simulation"),
    ("simulation-guests", "console/setup/planted.py", "from simulation.estate import Estate"),
    ("pure", "protocols/planted.py", "import aiohttp"),
    ("pure", "protocols/ews/planted.py", "import asyncio"),
    ("pure", "routing/planted.py", "import socket"),
    ("pure", "routing/planted.py", "from httpx import Client"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and their contracts, to plant in."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in packages():
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def lint(house: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the copy, in a process of its own: it imports what it looks at by name."""
    code = (
        "import sys; from importlinter.cli import lint_imports; "
        "sys.exit(lint_imports(limit_to_contracts=tuple(sys.argv[1:]), no_cache=True, no_logo=True))"
    )
    command = [sys.executable, "-c", code, *contracts]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)


def test_the_floors_hold(house: Path) -> None:
    result = lint(house)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


@pytest.mark.parametrize(("contract", "file", "planted"), PLANTS)
def test_a_planted_import_is_refused(house: Path, contract: str, file: str, planted: str) -> None:
    path = house / file
    path.write_text(f"{planted}\n", encoding="utf-8")
    try:
        result = lint(house, contract)
    finally:
        path.unlink()
    assert result.returncode == 1
    assert "0 kept, 1 broken" in result.stdout, result.stdout + result.stderr
    assert file.removesuffix(".py").replace("/", ".") in result.stdout


def test_every_contract_has_a_plant() -> None:
    assert {contract for contract, _, _ in PLANTS} == set(CONTRACTS)


@pytest.mark.parametrize("contract", ["floors", "pure", "simulation"])
def test_every_package_is_named_by_a_contract(contract: str) -> None:
    named = str(CONTRACTS[contract])
    wanted = {"pure": {"protocols", "routing"}, "simulation": set(packages())}.get(
        contract, set(packages()) - {"simulation"}
    )
    assert [package for package in sorted(wanted) if package not in named] == []
