"""What an Exchange organisation knows of the guests of its directory, as far as the script that shows them goes."""

from datetime import datetime
from pathlib import Path

from protocols.model.person import Field
from simulation.address_book import AddressBook
from tests.galsync.powershell.pretended import Organisation


class GuestExchange:
    """Learns of the guests in ``book``, hidden at first, whenever somebody runs the script."""

    def __init__(self, book: AddressBook) -> None:
        self._book, self._guids = book, dict[str, str]()
        self.organisation = Organisation()

    def run(self, script: Path, *, now: datetime) -> list[str]:
        """What became of each order."""
        self._learn()
        self.organisation.run(script, now=now)
        lines = script.with_suffix(".jsonl").read_text("utf-8").splitlines()
        return [line.split('"state":"')[1].split('"')[0] for line in lines if '"result"' in line]

    def hidden(self) -> dict[str, bool]:
        """Whether each guest is hidden, by address."""
        return {each["address"]: each["hidden"] for each in self.organisation.recipients.values()}

    def _learn(self) -> None:
        guests = {key: each for key, each in self._book.people.items() if each.attributes.get("userType") == "Guest"}
        for key, guest in guests.items():
            if key not in self._guids and guest.primary:
                self._guids[key] = self.organisation.put("GuestMailUser", guest.primary.address, {})
                self.organisation.recipients[self._guids[key]]["hidden"] = True
            if key in self._guids:
                texts = {"DisplayName": guest.texts[Field.DISPLAY_NAME]}
                texts["CustomAttribute15"] = guest.texts.get(Field.EXTRA_15, "")
                self.organisation.recipients[self._guids[key]]["texts"] = texts
        for key in self._guids.keys() - guests.keys():
            self.organisation.recipients.pop(self._guids.pop(key), None)
