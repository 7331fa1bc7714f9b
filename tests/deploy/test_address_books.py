"""The alerts and the dashboard of the address books: they ask for numbers that are told, and go off when due."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from prometheus_client import CollectorRegistry

from galsync.counting import Figures
from tests.needs import program

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus" / "address-books.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "address-books.json"
_METRIC = re.compile(r"\bbusyline_\w+")


def told() -> set[str]:
    """Every number that the syncs tell, as Prometheus names it."""
    registry = CollectorRegistry()
    Figures(registry)
    return {f"{each.name}_total" if each.type == "counter" else each.name for each in registry.collect()}


def asked(text: str) -> set[str]:
    return set(_METRIC.findall(text)) - {"busyline_gal"}


def expressions() -> list[str]:
    """What the panels of the dashboard ask for."""
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_the_alerts_ask_for_numbers_that_are_told() -> None:
    names = asked(RULES.read_text("utf-8"))
    assert names
    assert names <= told()


def test_the_dashboard_shows_every_number() -> None:
    assert asked(" ".join(expressions())) == told()


def test_the_alerts_go_off_when_they_should(tmp_path: Path) -> None:
    promtool = program("promtool")
    shutil.copy(RULES, tmp_path / "rules.yml")
    shutil.copy(Path(__file__).with_name("address-books.yml"), tmp_path / "test.yml")
    for command in (["check", "rules", "rules.yml"], ["test", "rules", "test.yml"]):
        done = subprocess.run([promtool, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_expression_of_the_dashboard_is_one(tmp_path: Path) -> None:
    promtool = program("promtool")
    rules = [
        {"record": f"panel:{number}", "expr": each.replace("$__rate_interval", "5m").replace("$sync", ".*")}
        for number, each in enumerate(expressions())
    ]
    path = tmp_path / "panels.yml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")  # JSON is YAML
    done = subprocess.run([promtool, "check", "rules", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
