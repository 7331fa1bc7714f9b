"""Alerts and a dashboard of ours beside the numbers that they ask for: what both test files of them want."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry

from tests.needs import program

ROOT: Final = Path(__file__).parents[2]
_METRIC: Final = re.compile(r"\bbusyline_\w+")


@dataclass(frozen=True, slots=True)
class Watched:
    """``name`` is that of the files below deploy/, and of the times that promtool is told; ``variable`` chooses in the
    dashboard."""

    name: str
    variable: str
    registry: CollectorRegistry

    @property
    def rules(self) -> Path:
        """The alerts."""
        return ROOT / "deploy" / "prometheus" / f"{self.name}.yml"

    def told(self) -> set[str]:
        """Every number that is told, as Prometheus names it."""
        return {f"{each.name}_total" if each.type == "counter" else each.name for each in self.registry.collect()}

    def alarming(self) -> set[str]:
        """The numbers that the alerts ask for."""
        return self._asked(self.rules.read_text("utf-8"))

    def shown(self) -> set[str]:
        """The numbers that the dashboard asks for."""
        return self._asked(" ".join(self._expressions()))

    def check_alerts(self, folder: Path) -> None:
        """They go off when they should, by promtool."""
        promtool = program("promtool")
        shutil.copy(self.rules, folder / "rules.yml")
        shutil.copy(Path(__file__).with_name(f"{self.name}.yml"), folder / "test.yml")
        for command in (["check", "rules", "rules.yml"], ["test", "rules", "test.yml"]):
            _run(promtool, *command, folder=folder)

    def check_dashboard(self, folder: Path) -> None:
        """Every expression of it is one, by promtool."""
        promtool = program("promtool")
        rules = [
            {
                "record": f"panel:{number}",
                "expr": each.replace("$__rate_interval", "5m").replace(f"${self.variable}", ".*"),
            }
            for number, each in enumerate(self._expressions())
        ]
        path = folder / "panels.yml"
        path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")  # JSON is YAML
        _run(promtool, "check", "rules", str(path), folder=folder)

    def _expressions(self) -> list[str]:
        """What the panels of the dashboard ask for."""
        dashboard = ROOT / "deploy" / "grafana" / f"{self.name}.json"
        panels = json.loads(dashboard.read_text("utf-8"))["panels"]
        return [target["expr"] for panel in panels for target in panel["targets"]]

    def _asked(self, text: str) -> set[str]:
        return {each.removesuffix("_bucket") for each in _METRIC.findall(text)}


def _run(program: str, *arguments: str, folder: Path) -> None:
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
