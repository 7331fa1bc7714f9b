"""Reads what the script wrote about the recipients that stand there; what is half, old or another's is refused.

One JSON object a line (UTF-8): first ``{"busyline": 1, "sync": …, "serial": …}``, then one line with ``recipient`` for
each recipient and one with ``result`` for each order, last ``{"end": recipients, "results": orders, "finished":
instant}``. ``serial`` is that of the script that ran.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any, Final, TypeVar

import orjson

from galsync.entries import Form, Held, Stamp
from galsync.files.disk import UnreadableError, read
from galsync.powershell.orders import MAIL, PERSONAL
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

FORMAT: Final = 1
_T = TypeVar("_T")
_FORMS: Final = {
    "MailContact": Form.MAIL_CONTACT,
    "MailUser": Form.MAIL_USER,
    "GuestMailUser": Form.GUEST,
    **dict.fromkeys(
        (
            "MailUniversalDistributionGroup",
            "MailUniversalSecurityGroup",
            "MailNonUniversalGroup",
            "RoomList",
            "DynamicDistributionGroup",
            "GroupMailbox",
        ),
        Form.GROUP,
    ),
}
_FIELDS: Final = {name: key for key, name in (*PERSONAL.items(), *MAIL.items())}
_SYNCED: Final = "it comes from the local Active Directory by directory synchronisation: write it there"
_EARLY: Final = timedelta(hours=1)
"""How far the clock of whoever ran the script may be ahead of ours."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A whole export as it is written: what it says of each recipient is left to whoever wrote the script."""

    serial: str
    finished: datetime
    recipients: tuple[Mapping[str, Any], ...]
    results: tuple[Result, ...]


def load(path: Path, *, sync: str, stamp_attribute: str, now: datetime, max_age: timedelta) -> Export:
    """The export of ``sync`` at ``path``. Raises UnreadableError in words that say what to do."""

    def made(told: Told) -> Export:
        held = tuple(_held(each, stamp_attribute) for each in told.recipients)
        return Export(serial=told.serial, finished=told.finished, held=held, results=told.results)

    return loaded(path, made, of=("sync", sync), now=now, max_age=max_age)


def loaded(path: Path, made: Callable[[Told], _T], *, of: tuple[str, str], now: datetime, max_age: timedelta) -> _T:
    """What ``made`` makes of the export at ``path``, whose first line names ``of``. Raises UnreadableError in words
    that say what to do, also for whatever ValueError, KeyError or TypeError ``made`` raises."""
    data = read(path)
    if data is None:
        raise UnreadableError("there is no export yet", Reason.INCOMPLETE)
    try:
        told = _told([orjson.loads(line) for line in _lines(data)], of)
        export = made(told)
    except orjson.JSONDecodeError as error:
        raise UnreadableError("the export is half or broken", Reason.INCOMPLETE) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"the export cannot be read: {type(error).__name__}: {error}") from error
    if now - told.finished > max_age:
        days = (now - told.finished) / timedelta(days=1)
        raise UnreadableError(f"the export is {days:.1f} days old", Reason.INCOMPLETE)
    if told.finished - now > _EARLY:  # it would be believed for as long as the clock was ahead
        raise UnreadableError("the export was made in the future: one of the two clocks is wrong", Reason.INCOMPLETE)
    return export


def _lines(data: bytes) -> Iterator[bytes]:
    return (line for line in data.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip())


def _told(lines: list[Mapping[str, Any]], of: tuple[str, str]) -> Told:
    if not lines or lines[0].get("busyline") != FORMAT:
        raise UnreadableError("it is no export of this script")
    head, last = lines[0], lines[-1]
    kind, name = of
    if head[kind] != name:
        raise UnreadableError(f"it is the export of another {kind}, {head[kind]!r}")
    recipients = [line["recipient"] for line in lines if "recipient" in line]
    results = [line["result"] for line in lines if "result" in line]
    if "end" not in last or (last["end"], last["results"]) != (len(recipients), len(results)):
        raise UnreadableError("the export is half", Reason.INCOMPLETE)
    finished = datetime.fromisoformat(last["finished"])
    if finished.tzinfo is None:
        raise UnreadableError("the export does not say when it was made")
    return Told(
        serial=str(head["serial"]),
        finished=finished,
        recipients=tuple(recipients),
        results=tuple(Result(**{name: text_of(each, name) for name in each}) for each in results),
    )


def _held(told: Mapping[str, Any], stamp_attribute: str) -> Held:
    said = _texts(told)
    texts = {_FIELDS[name]: text for name, text in said.items() if name in _FIELDS and text}
    stamp = Stamp.read(said.get(stamp_attribute))
    if stamp and (manager := text_of(told, "manager")):
        texts[Field.MANAGER] = manager
    if not (key := text_of(told, "guid")):
        raise ValueError("a recipient has no guid")
    return Held(
        key=key,
        version=text_of(told, "version"),
        stamp=stamp,
        form=_FORMS.get(text_of(told, "kind")),
        address=_address(text_of(told, "address")),
        addresses=frozenset(address.lower() for address in list_of(told, "addresses")),
        texts={key: text for key, text in texts.items() if MAIL.get(key) != stamp_attribute},
        hidden=switch_of(told, "hidden"),
        members=tuple(sorted(list_of(told, "members"))),
        readonly=_SYNCED if switch_of(told, "synced") else "",
    )


_LATER: Final[Mapping[str, str | tuple[str, ...]]] = {"manager": "", "members": ()}
"""What the scripts of before there were groups did not tell."""


def text_of(told: Mapping[str, Any], name: str) -> str:
    """A text. Raises KeyError, and TypeError where it is none."""
    return str(_of(told, name, str, "a text"))


def switch_of(told: Mapping[str, Any], name: str) -> bool:
    """True or false. Raises KeyError, and TypeError where it is neither."""
    return bool(_of(told, name, bool, "true or false"))


def list_of(told: Mapping[str, Any], name: str) -> Sequence[str]:
    """Texts. Raises KeyError, and TypeError where one is none."""
    values: Sequence[Any] = _of(told, name, list | tuple, "a list")
    if not all(isinstance(value, str) for value in values):
        raise TypeError(f"{name} holds something that is no text")
    return values


def _texts(told: Mapping[str, Any]) -> Mapping[str, str]:
    texts: Mapping[str, Any] = _of(told, "texts", dict, "a table")
    if strange := sorted(name for name, text in texts.items() if not isinstance(text, str)):
        raise TypeError(f"{strange[0]} in texts is no text")
    return texts


def _of(told: Mapping[str, Any], name: str, kind: type | UnionType, words: str) -> Any:
    """What is told under ``name``. Raises KeyError, and TypeError where it is of another kind: a single text, taken for
    a list, is one of letters."""
    value = told[name] if name in told or name not in _LATER else _LATER[name]
    if not isinstance(value, kind):
        raise TypeError(f"{name} is not {words}")
    return value


def _address(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text)
    except ValueError:
        return None
