"""Reads what the script wrote about the recipients that stand there; what is half, old or another's is refused.

One JSON object a line (UTF-8): first ``{"busyline": 1, "sync": …, "serial": …}``, then one line with ``recipient`` for
each recipient and one with ``result`` for each order, last ``{"end": recipients, "results": orders, "finished":
instant}``. ``serial`` is that of the script that ran.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from galsync.entries import Form, Held, Stamp
from galsync.files.disk import UnreadableError, read
from galsync.powershell.orders import MAIL, PERSONAL
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

FORMAT: Final = 1
_FORMS: Final = {"MailContact": Form.MAIL_CONTACT, "MailUser": Form.MAIL_USER, "GuestMailUser": Form.GUEST}
_FIELDS: Final = {name: key for key, name in (*PERSONAL.items(), *MAIL.items())}
_SYNCED: Final = "it comes from the local Active Directory by directory synchronisation: write it there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one order: ``state`` is done, unchanged, skipped or failed."""

    act: str
    anchor: str
    state: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What stood there at ``finished``, after the script with ``serial`` had run."""

    serial: str
    finished: datetime
    held: tuple[Held, ...]
    results: tuple[Result, ...]


def load(path: Path, *, sync: str, stamp_attribute: str, now: datetime, max_age: timedelta) -> Export:
    """The export of ``sync`` at ``path``. Raises UnreadableError in words that say what to do."""
    data = read(path)
    if data is None:
        raise UnreadableError("there is no export yet", Reason.INCOMPLETE)
    try:
        export = _export([orjson.loads(line) for line in _lines(data)], sync, stamp_attribute)
    except orjson.JSONDecodeError as error:
        raise UnreadableError("the export is half or broken", Reason.INCOMPLETE) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"the export cannot be read: {type(error).__name__}: {error}") from error
    if now - export.finished > max_age:
        days = (now - export.finished) / timedelta(days=1)
        raise UnreadableError(f"the export is {days:.1f} days old", Reason.INCOMPLETE)
    return export


def _lines(data: bytes) -> Iterator[bytes]:
    return (line for line in data.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip())


def _export(lines: list[Mapping[str, Any]], sync: str, stamp_attribute: str) -> Export:
    if not lines or lines[0].get("busyline") != FORMAT:
        raise UnreadableError("it is no export of this script")
    head, last = lines[0], lines[-1]
    if head["sync"] != sync:
        raise UnreadableError(f"it is the export of another sync, {head['sync']!r}")
    recipients = [line["recipient"] for line in lines if "recipient" in line]
    results = [line["result"] for line in lines if "result" in line]
    if "end" not in last or (last["end"], last["results"]) != (len(recipients), len(results)):
        raise UnreadableError("the export is half", Reason.INCOMPLETE)
    finished = datetime.fromisoformat(last["finished"])
    if finished.tzinfo is None:
        raise UnreadableError("the export does not say when it was made")
    return Export(
        serial=str(head["serial"]),
        finished=finished,
        held=tuple(_held(each, stamp_attribute) for each in recipients),
        results=tuple(Result(**each) for each in results),
    )


def _held(told: Mapping[str, Any], stamp_attribute: str) -> Held:
    texts = {_FIELDS[name]: text for name, text in told["texts"].items() if name in _FIELDS and text}
    return Held(
        key=told["guid"],
        version=told["version"],
        stamp=Stamp.read(told["texts"].get(stamp_attribute)),
        form=_FORMS.get(told["kind"]),
        address=_address(told["address"]),
        addresses=frozenset(told["addresses"]),
        texts={key: text for key, text in texts.items() if MAIL.get(key) != stamp_attribute},
        hidden=told["hidden"],
        readonly=_SYNCED if told["synced"] else "",
    )


def _address(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text)
    except ValueError:
        return None
