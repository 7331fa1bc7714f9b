"""An Exchange organisation that does what the script says it does: it reads the orders from it and writes the export.

PowerShell itself does not run here. What this shows is that the orders that stand in a script, carried out as its text
describes, and the export that it then writes, make up a target.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from tests.galsync.powershell.reading import settings

KINDS: Final = {"mail-contact": "MailContact", "mail-user": "MailUser", "group": "MailUniversalDistributionGroup"}


class SkippedError(Exception):
    """The script leaves the object as it is."""


@dataclass
class Organisation:
    """Its recipients by guid, as the script's export has them, with their proxy addresses."""

    recipients: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: int = 0

    def put(self, kind: str, address: str, texts: dict[str, str], proxies: tuple[str, ...] = ()) -> str:
        """A new recipient; its guid."""
        self.made += 1
        guid = f"00000000-0000-4000-8000-{self.made:012}"
        self.recipients[guid] = {
            "guid": guid,
            "kind": kind,
            "address": address,
            "texts": texts,
            "hidden": False,
            "synced": False,
            "version": "",
            "addresses": [lower(proxy) for proxy in (address, *proxies)],
            "members": [],
            "manager": "",
        }
        return guid

    def run(self, script: Path, *, now: datetime, export_only: bool = False) -> None:
        """Carry the script out."""
        told = settings(script.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
        steps = [] if export_only else told["Steps"]
        assert isinstance(steps, list)
        results = [self.result(step, told) for step in steps if isinstance(step, dict)]
        head = {"busyline": 1, "sync": told["Sync"], "serial": "" if export_only else told["Serial"]}
        recipients = [{"recipient": self.exported(each, told)} for each in self.recipients.values()]
        end = {"end": len(recipients), "results": len(results), "finished": now.isoformat()}
        lines = [head, *recipients, *({"result": each} for each in results), end]
        export = script.parent / str(told["ExportName"])
        export.write_bytes(b"\r\n".join(orjson.dumps(line) for line in lines))

    def exported(self, recipient: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        """As the script writes it: of what is not ours the display name alone."""
        linked = {
            "members": [self.recipients[key]["address"] for key in recipient["members"] if key in self.recipients],
            "manager": self.recipients.get(recipient["manager"], {"address": ""})["address"],
        }
        if recipient["texts"].get(told["StampAttribute"], "").startswith("busyline:"):
            return recipient | linked
        return {
            **recipient,
            "members": [],
            "manager": "",
            "texts": {"DisplayName": recipient["texts"].get("DisplayName", "")},
        }

    def result(self, step: dict[str, Any], told: dict[str, Any]) -> dict[str, str]:
        """Invoke-Step."""
        act = {"create": self.create, "update": self.update, "retire": self.update, "remove": self.remove}
        act["show"] = self.show
        words = ""
        try:
            state = act[step["Act"]](step, told)
        except SkippedError as error:
            state, words = "skipped", str(error)
        return {"act": step["Act"], "anchor": step["Anchor"], "state": state, "words": words}

    def create(self, step: dict[str, Any], told: dict[str, Any]) -> str:
        """Invoke-Create."""
        attribute = told["StampAttribute"]
        found = [each for each in self.recipients.values() if each["texts"].get(attribute) == step["Stamp"]]
        if not found:
            wanted = {lower(address) for address in (step["Address"], *step["Add"])}
            if any(wanted & set(each["addresses"]) for each in self.recipients.values()):
                raise SkippedError("one of the addresses is taken")
            guid = self.put(
                KINDS[step["Form"]], step["Address"], {"DisplayName": step["Name"], attribute: step["Stamp"]}
            )
            found = [self.recipients[guid]]
        for part in ("Personal", "Mail"):
            step[part] = {name: [found[0]["texts"].get(name, ""), pair[1]] for name, pair in step[part].items()}
        return self.change(found[0], step)

    def update(self, step: dict[str, Any], told: dict[str, Any]) -> str:
        """Invoke-Update."""
        return self.change(self.ours(step, told), step)

    def remove(self, step: dict[str, Any], told: dict[str, Any]) -> str:
        """Invoke-Remove."""
        if step["Guid"] not in self.recipients:
            return "unchanged"
        del self.recipients[self.ours(step, told)["guid"]]
        return "done"

    def show(self, step: dict[str, Any], told: dict[str, Any]) -> str:
        """Show-Guest."""
        found = [
            each
            for each in self.recipients.values()
            if each["texts"].get(told["StampAttribute"]) == step["Stamp"] and each["kind"] == "GuestMailUser"
        ]
        if not found:
            if step["Hidden"]:
                return "unchanged"
            raise SkippedError("Exchange knows no guest with this stamp yet")
        guest = self.ours({**step, "Guid": found[0]["guid"]}, told)
        if guest["hidden"] == step["Hidden"]:
            return "unchanged"
        guest["hidden"] = step["Hidden"]
        return "done"

    def ours(self, step: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        """Get-Ours."""
        recipient = self.recipients.get(step["Guid"])
        if recipient is None:
            raise SkippedError("it is not there any more")
        if not recipient["texts"].get(told["StampAttribute"], "").startswith(told["StampPrefix"]):
            raise SkippedError("it was not made by this sync")
        if recipient["synced"]:
            raise SkippedError("it comes from the local Active Directory")
        return recipient

    def change(self, recipient: dict[str, Any], step: dict[str, Any]) -> str:
        """Set-Object."""
        texts = recipient["texts"]
        for name, (before, after) in (step["Personal"] | step["Mail"]).items():
            if texts.get(name, "") not in (before, after):
                raise SkippedError(f"{name} was changed by somebody else")
        texts.update({name: pair[1] for name, pair in (step["Personal"] | step["Mail"]).items()})
        addresses = [each for each in recipient["addresses"] if each not in map(lower, step["Take"])]
        if step["Was"]:
            addresses = [step["Address"], *(each for each in addresses if each != step["Was"])]
            recipient["address"] = step["Address"]
        recipient["addresses"] = list(dict.fromkeys([*addresses, *map(lower, step["Add"])]))
        if step["Hidden"] is not None:
            recipient["hidden"] = step["Hidden"]
        if step["Manager"] is not None:
            recipient["manager"] = self.key(step["Manager"])
        joined = [key for address in step["Join"] if (key := self.key(address))]
        gone = {self.key(address) for address in step["Leave"]}
        recipient["members"] = [key for key in dict.fromkeys([*recipient["members"], *joined]) if key not in gone]
        return "done"

    def key(self, address: str) -> str:
        """Find-Key: who has the address, "" for nobody."""
        found = [guid for guid, each in self.recipients.items() if address in each["addresses"]]
        return next((guid for guid in found if self.recipients[guid]["address"] == address), next(iter(found), ""))


def lower(proxy: str) -> str:
    """As Get-Addresses tells it."""
    return proxy.lower().removeprefix("smtp:")
