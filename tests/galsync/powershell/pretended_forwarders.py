"""An Exchange organisation that does what the script of forwarders says it does, and writes its export and record.

PowerShell itself does not run here. What this shows is that the orders that stand in a script, carried out as its text
describes, and the export that it then writes, make up a place where mail is forwarded from.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tests.galsync.powershell.reading import settings

TO, COPY = "ForwardingSmtpAddress", "DeliverToMailboxAndForward"


class SkippedError(Exception):
    """The script leaves the mailbox as it is."""


@dataclass
class Mailboxes:
    """Get-Mailbox and Set-Mailbox: by guid what stands there. ``refused`` guids fail."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    written: int = 0

    def put(self, address: str, *more: str, to: str = "", copy: bool = False, inside: str = "") -> str:
        """A new mailbox; its guid."""
        guid = f"00000000-0000-4000-8000-{len(self.rows) + 1:012}"
        proxies = [f"SMTP:{address}", *(f"smtp:{each}" for each in more), f"SIP:{address}"]
        self.rows[guid] = {"Guid": guid, "PrimarySmtpAddress": address, "EmailAddresses": proxies}
        self.rows[guid] |= {TO: to, COPY: copy, "ForwardingAddress": inside}
        return guid

    @property
    def forwards(self) -> dict[str, tuple[str, bool]]:
        """Where whose mail goes, and whether a copy stays; only of whom it goes anywhere."""
        return {row["PrimarySmtpAddress"]: (row[TO], row[COPY]) for row in self.rows.values() if row[TO]}

    def run(self, script: Path, *, now: datetime, export_only: bool = False, preview: bool = False) -> list[str]:
        """Carry the script out; the states of its steps."""
        told = settings(script.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
        steps = told["Steps"]
        assert isinstance(steps, list)
        record = script.parent / str(told["RecordName"])
        results = [] if export_only else [self.step(step, record, preview) for step in steps if isinstance(step, dict)]
        kept = [] if preview else results
        lines = [
            {"busyline": 1, "move": told["Move"], "serial": told["Serial"]},
            *({"recipient": _exported(row)} for row in self.rows.values()),
            *({"result": each} for each in kept),
            {"end": len(self.rows), "results": len(kept), "finished": now.isoformat()},
        ]
        export = script.parent / str(told["ExportName"])
        export.write_bytes(b"\r\n".join(orjson.dumps(line) for line in lines))
        return [each["state"] for each in results]

    def step(self, step: dict[str, Any], record: Path, preview: bool) -> dict[str, str]:
        """Invoke-Step."""
        words = ""
        try:
            state = self.forward(step, record, preview)
        except SkippedError as error:
            state, words = "skipped", str(error)
        except PermissionError as error:
            state, words = "failed", str(error)
        return {"act": step["Act"], "anchor": step["Anchor"], "state": state, "words": words}

    def forward(self, step: dict[str, Any], record: Path, preview: bool) -> str:
        """Set-Forward."""
        row, (to, copy) = self.rows[step["Guid"]], (step["Mail"][TO], step["Mail"][COPY])
        now, before, after = way(row[TO], str(row[COPY])), way(to[0], copy[0]), way(to[1], copy[1])
        if now == after:
            return "unchanged"
        if now != before:
            raise SkippedError("somebody changed the forwarding meanwhile")
        if row["ForwardingAddress"]:
            raise SkippedError("mail goes to a recipient of the same organisation")
        if preview:
            return "previewed"
        change = {"guid": step["Guid"], "mailbox": step["Address"], "to": row[TO], "copy": str(row[COPY])}
        with record.open("ab") as file:
            file.write(b"\n" + orjson.dumps({"change": change}))
        if step["Guid"] in self.refused:
            raise PermissionError("the outbound spam policy forbids it")
        self.written += 1
        row |= {TO: to[1], COPY: bool(to[1]) and copy[1] == "True"}
        return "done"


def way(to: str, copy: str) -> str:
    """Get-Way."""
    address = to.strip().lower().removeprefix("smtp:")
    if not address:
        return "nowhere"
    return f"{address}, and a copy stays" if copy == "True" else address


def _exported(row: dict[str, Any]) -> dict[str, Any]:
    """Get-Mailbox-Line."""
    smtp = [each[5:].lower() for each in row["EmailAddresses"] if each[:5].lower() == "smtp:"]
    return {
        "guid": row["Guid"],
        "address": row["PrimarySmtpAddress"],
        "addresses": smtp,
        "to": row[TO],
        "copy": row[COPY],
        "inside": row["ForwardingAddress"],
    }
