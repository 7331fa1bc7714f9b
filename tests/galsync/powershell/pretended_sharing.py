"""An Exchange organisation that does what the sharing scripts say they do, and writes their record.

PowerShell itself does not run here. What this shows is that the settings that stand in a script, carried out as its
text describes, and the record that it then writes, can be read and taken back.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from simulation.exchange_online.sharing import Sharing
from tests.galsync.powershell.reading import Value, settings

RELATIONSHIP, POLICY = "OrganizationRelationship", "SharingPolicy"
OF_MADE = ("DomainNames", "Enabled", "FreeBusyAccessEnabled", "FreeBusyAccessLevel")


def run(script: Path, exchange: Sharing, *, now: datetime) -> None:
    """Carry the script out, forth or back."""
    text = script.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    told = settings(text)
    told["DisableOthers"] = "$DisableOthers = $true" in text
    record = script.parent / str(told["RecordName"])
    changes = _back(record, exchange) if "Undo-Made" in text else _forth(told, exchange)
    if "Undo-Made" not in text:
        _add(record, {"busyline": 1, "pair": told["Pair"], "serial": told["Serial"], "begun": now.isoformat()})
    for line, cmdlet, parameters in changes:
        if "change" in line:
            _add(record, line)
        exchange.run(cmdlet, parameters)
        if "undone" in line:
            _add(record, line)
    _add(record, {"end": told["Serial"], "finished": now.isoformat()})


def _forth(told: dict[str, Value], exchange: Sharing) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    domains = [str(each) for each in told["Domains"]] if isinstance(told["Domains"], list) else []
    naming = [row for row in exchange.relationships if set(domains) & set(row["DomainNames"])]
    for row in naming if told["DisableOthers"] else ():
        others = [each for each in row["DomainNames"] if each not in domains]
        if row["Enabled"] and others:
            change = {"kind": "relationship", "guid": row["Guid"], "name": row["Name"], "setting": "DomainNames"}
            line = {"change": {**change, "before": list(row["DomainNames"]), "after": others}}
            yield line, f"Set-{RELATIONSHIP}", {"Identity": row["Guid"], "DomainNames": others}
        elif row["Enabled"]:
            change = {"kind": "relationship", "guid": row["Guid"], "name": row["Name"], "setting": "Enabled"}
            line = {"change": {**change, "before": True, "after": False}}
            yield line, f"Set-{RELATIONSHIP}", {"Identity": row["Guid"], "Enabled": False}
    for row in naming if told["Level"] == "AvailabilityOnly" else ():
        if row["Name"] == told["RelationshipName"] and row["FreeBusyAccessLevel"] == "LimitedDetails":
            change = {"kind": "relationship", "guid": row["Guid"], "name": row["Name"]}
            change |= {"setting": "FreeBusyAccessLevel"}
            line = {"change": {**change, "before": "LimitedDetails", "after": "AvailabilityOnly"}}
            yield line, f"Set-{RELATIONSHIP}", {"Identity": row["Guid"], "FreeBusyAccessLevel": "AvailabilityOnly"}
    missing = [each for each in domains if not any(each in row["DomainNames"] for row in naming)]
    if told["Level"] and missing:
        name = told["RelationshipName"]
        after = {"DomainNames": missing, "Enabled": True, "FreeBusyAccessEnabled": True}
        after |= {"FreeBusyAccessLevel": told["Level"]}
        after |= {each: told[each] for each in ("TargetApplicationUri", "TargetAutodiscoverEpr")}
        line = {"change": {"kind": "made", "name": name, "after": after}}
        yield line, f"New-{RELATIONSHIP}", {"Name": name, **after}
    [policy] = [row for row in exchange.policies if row["Default"]]
    for domain in domains if told["Individual"] else ():
        if domain not in [each.partition(":")[0].lower() for each in policy["Domains"]]:
            change = {"kind": "policy", "guid": policy["Guid"], "name": policy["Name"]}
            line = {"change": {**change, "domain": domain, "after": told["Individual"]}}
            entries = [*policy["Domains"], f"{domain}:{told['Individual']}"]
            yield line, f"Set-{POLICY}", {"Identity": policy["Guid"], "Domains": entries}


def _back(record: Path, exchange: Sharing) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    lines = [orjson.loads(line) for line in record.read_bytes().splitlines()]
    changes: list[dict[str, Any]] = []
    for line in lines:
        changes = [line["change"], *changes] if "change" in line else changes
        if "undone" in line:
            changes.remove(next(each for each in changes if _undone(each) == line["undone"]))
    for change in changes:
        undone = {"undone": _undone(change)}
        for row in [*exchange.relationships, *exchange.policies]:
            same = row["Guid"] == change.get("guid") or row["Name"] == change["name"]
            if same and change["kind"] == "relationship" and row[change["setting"]] == change["after"]:
                again = {"Identity": row["Guid"], change["setting"]: change["before"]}
                yield undone, f"Set-{RELATIONSHIP}", again
            if same and change["kind"] == "made" and all(row[name] == change["after"][name] for name in OF_MADE):
                yield undone, f"Remove-{RELATIONSHIP}", {"Identity": row["Guid"], "Confirm": False}
            entry = f"{change.get('domain')}:{change['after']}"
            if same and change["kind"] == "policy" and entry in row["Domains"]:
                kept = [each for each in row["Domains"] if each != entry]
                yield undone, f"Set-{POLICY}", {"Identity": row["Guid"], "Domains": kept}


def _undone(change: dict[str, Any]) -> dict[str, Any]:
    """As the way back names it, and knows it again."""
    name = change["domain"] if change["kind"] == "policy" else change["name"]
    return {"kind": change["kind"], "name": name} | ({"setting": change["setting"]} if "setting" in change else {})


def _add(record: Path, line: dict[str, Any]) -> None:
    gap = b"\n" if record.exists() else b""
    with record.open("ab") as file:
        file.write(gap + orjson.dumps(line))
