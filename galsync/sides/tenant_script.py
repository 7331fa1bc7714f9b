"""What a tenant's Exchange shall share, handed over as a script that its administrator runs, as a piece of a pair."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import orjson

from galsync.files.disk import UnreadableError, read, replace
from galsync.pairs.pieces import Back, Part, Stands
from galsync.powershell.sharing import Sharing, load, script, way_back
from galsync.side import Failed, Handed
from galsync.steps import Change
from protocols.model.freebusy import Reason

SCRIPT, RECORD, HANDED, BACK = "sharing.ps1", "sharing.jsonl", "sharing.json", "sharing-way-back.ps1"


class ScriptPiece:
    """``folder`` holds the script, what it records when it is run, what was handed over last, and the way back.

    State: what was handed over, "" where nothing was, or where the way back was handed over since.
    """

    part = Part.SHARING

    def __init__(
        self, end: str, sharing: Sharing, folder: Path, *, clock: Callable[[], datetime], serial: Callable[[], str]
    ) -> None:
        self.key = f"{end.partition(' ')[0]}/script/{','.join(sharing.domains)}"
        self.title = f"{end}: a script for Exchange, {folder / SCRIPT}"
        self._sharing, self._folder, self._clock, self._serial = sharing, folder, clock, serial

    async def read(self) -> Stands:
        """What was handed over last."""
        try:
            data = read(self._folder / HANDED)
            return data.decode() if data else ""
        except (UnreadableError, UnicodeDecodeError) as error:
            return Failed(Reason.GARBLED, str(error))

    def shall(self, was: str) -> str:
        """What is wanted now."""
        return _text(self._sharing)

    def same(self, one: str, other: str) -> bool:
        """All that is wanted."""
        return one == other

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """What the script would see to."""
        return tuple(Change(name, "", told) for name, told in _told(_read(shall)).items() if told) if shall else ()

    def notes(self, was: str) -> tuple[str, ...]:
        """What has to be done by hand, and whether it was."""
        return (
            f"run {self._folder / SCRIPT} after Connect-ExchangeOnline (-Preview shows what it would change), and keep"
            f" the {RECORD} that it writes: without that there is no way back",
        )

    async def write(self, now: str, shall: str) -> Handed | Failed:
        """Lay the script, or the way back; what was handed over is kept after that."""
        try:
            if shall:
                self._lay(SCRIPT, script, _read(shall))
            elif now:
                self._lay(BACK, way_back, _read(now))
            (self._folder / (BACK if shall else SCRIPT)).unlink(missing_ok=True)
            self._keep(shall)
        except UnreadableError as error:
            return Failed(error.reason, error.words)
        except (OSError, ValueError) as error:
            return Failed(Reason.GARBLED, f"{self._folder}: {error}")
        return Handed()

    async def back(self, now: str, *, was: str, did: str) -> Back:
        """The way back is a script, too, which reads what the first recorded where that was run."""
        if not now:
            return Back(now)
        run = f"run {self._folder / BACK} beside {RECORD}, which the first script wrote where it was run"
        return Back("", run if self._was_run() else f"{run}, if it was: it is not here")

    def _was_run(self) -> bool:
        try:
            return load(self._folder / RECORD, pair=self._sharing.pair) is not None
        except UnreadableError:
            return True  # there is one, and the way back says what is wrong with it

    def _lay(self, name: str, make: Callable[..., bytes], sharing: Sharing) -> None:
        made = make(sharing, serial=self._serial(), written=self._clock(), record=RECORD)
        replace(self._folder / name, made)

    def _keep(self, shall: str) -> None:
        if shall:
            replace(self._folder / HANDED, shall.encode())
        else:
            (self._folder / HANDED).unlink(missing_ok=True)


def _text(sharing: Sharing) -> str:
    return orjson.dumps(asdict(sharing), option=orjson.OPT_SORT_KEYS).decode()


def _read(text: str) -> Sharing:
    told = orjson.loads(text)
    return Sharing(**{**told, "domains": tuple(told["domains"])})


def _told(sharing: Sharing) -> dict[str, str]:
    return {
        "organization relationship": sharing.level and f"{sharing.name}: {sharing.level}",
        "sharing policy": sharing.individual,
        "other organization relationships": "disabled" if sharing.disable else "",
    }
