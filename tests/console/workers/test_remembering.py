"""One directory for one service: made where it is needed, nobody else's, and gone with the service."""

import os
import shutil
import signal
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.workers.plan import Plan
from console.workers.remembering import Remembering
from service.turns import Turn
from simulation.federation import FederatedCaller, Identity, TokenIssuer
from simulation.federation.issuer import Wish
from tests.console.workers.serving import SERVER, killed, lives, serving
from tests.proxy.federated import asked

FEDERATION = """
[federation]
application_uri = "FYDIBOHF25SPDLT.fabrikam.example"
domains = ["fabrikam.example"]
current = { chain = "federation.pem", key = "federation.key" }
[[federation.issuers]]
uri = "urn:federation:MicrosoftOnline"
certificates = ["gateway.pem"]
"""
CALLERS = """
[[callers]]
name = "contoso"
may_ask = []
never_via = []
federation = { domains = ["contoso.example"] }
"""
SECURED = "/EWS/Exchange.asmx/WSSecurity"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def plan(folder: Path, more: str = FEDERATION) -> Plan:
    path = folder / "busyline.toml"
    path.write_text(SERVER + more, "utf-8")
    return Plan.read(path, style="json", workers=2)


def test_it_is_made_once_is_its_users_alone_and_goes_with_the_service(tmp_path: Path, place: Path) -> None:
    remembering = Remembering([place])
    seen = remembering.told(plan(tmp_path)).seen
    assert seen is not None
    assert seen.directory.parent == place
    assert seen.directory.stat().st_mode & 0o777 == 0o700
    assert list(seen.directory.iterdir()) == []
    assert abs(datetime.now(UTC) - seen.since) < timedelta(minutes=1)
    assert remembering.told(plan(tmp_path)).seen == seen
    (seen.directory / "of-somebody").touch()
    remembering.end()
    assert list(place.iterdir()) == []


def test_where_nothing_is_to_be_remembered_there_is_none(tmp_path: Path, place: Path) -> None:
    assert Remembering([place]).told(plan(tmp_path, "")).seen is None
    assert list(place.iterdir()) == []


def test_one_that_somebody_removed_is_made_anew_and_knows_nothing_of_before(tmp_path: Path, place: Path) -> None:
    times = [datetime.now(UTC)]
    remembering = Remembering([place], clock=lambda: times[-1])
    first = remembering.told(plan(tmp_path)).seen
    assert first is not None
    shutil.rmtree(first.directory)
    times.append(times[0] + timedelta(hours=1))
    second = remembering.told(plan(tmp_path)).seen
    assert second is not None
    assert second.directory != first.directory
    assert second.key != first.key
    assert second.since == times[1]
    remembering.end()
    assert list(place.iterdir()) == []


def test_the_next_place_is_taken_where_the_first_is_none(tmp_path: Path, place: Path) -> None:
    remembering = Remembering([tmp_path / "none", place])
    seen = remembering.told(plan(tmp_path)).seen
    assert seen is not None
    assert seen.directory.parent == place
    remembering.end()
    with pytest.raises(FileNotFoundError):
        Remembering([tmp_path / "none"]).told(plan(tmp_path))


def test_what_a_killed_parent_left_is_removed_and_nothing_else(tmp_path: Path, place: Path) -> None:
    left, used, new, file = (place / f"busyline-seen-{name}" for name in ("left", "used", "new", "file"))
    for each in (left, used, new, place / "else"):
        (each / "folder").mkdir(parents=True)
    file.touch()
    (place / "busyline-seen-link").symlink_to(place / "else")
    long_ago = datetime.now(UTC).timestamp() - 90
    for each in (left, used, file, place / "else"):
        os.utime(each, (long_ago, long_ago))
    turn = Turn(used)
    assert turn.taken()
    remembering = Remembering([place])
    seen = remembering.told(plan(tmp_path)).seen
    assert seen is not None
    names = {"busyline-seen-used", "busyline-seen-new", "busyline-seen-file", "busyline-seen-link", "else"}
    assert {path.name for path in place.iterdir()} == names | {seen.directory.name}
    assert (place / "else" / "folder").is_dir()
    turn.end()
    remembering.end()


def test_nobody_takes_the_one_in_use_for_left_behind(tmp_path: Path, place: Path) -> None:
    first, second = Remembering([place]), Remembering([place], clock=lambda: datetime.now(UTC) + timedelta(days=1))
    one, other = first.told(plan(tmp_path)).seen, second.told(plan(tmp_path)).seen
    assert one is not None
    assert other is not None
    assert one.directory.is_dir()
    assert one.directory != other.directory
    first.end()
    second.end()


class Contoso:
    """An organisation whose messages are of now, and the files by which it is trusted."""

    def __init__(self, folder: Path) -> None:
        span = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=9)
        self._ours, gateway = Identity("fabrikam", *span), Identity("gateway", *span)
        self._ours.write(folder / "federation.pem", folder / "federation.key")
        gateway.write(folder / "gateway.pem")
        self._issuer = TokenIssuer(gateway)

    def message(self) -> bytes:
        """A signed question about somebody unknown."""
        now = datetime.now(UTC) - timedelta(milliseconds=20)
        wish = Wish(
            audience="http://FYDIBOHF25SPDLT.fabrikam.example",
            person="ann@contoso.example",
            domain="contoso.example",
            at=now - timedelta(seconds=1),
        )
        token = self._issuer.issue(wish, self._ours.certificate)
        return FederatedCaller().request(
            asked("bob@fabrikam.example"), token, to=f"http://127.0.0.1:1{SECURED}", at=now
        )


def sent(address: str, data: bytes) -> int:
    """The status of the answer, on a connection of its own."""
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    try:
        asking = urllib.request.Request(f"http://{address}{SECURED}", data, headers)
        with urllib.request.urlopen(asking, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def remembering_of(pid: int) -> set[Path]:
    """The directories whose turn a parent has."""
    held = {each.readlink() for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()}
    return {each for each in held if each.name.startswith("busyline-seen-") and each.is_dir()}


def test_a_signed_message_is_answered_by_one_worker_once(tmp_path: Path) -> None:
    """Whichever it comes to, also those that came later: after a replacement, and after a death."""
    contoso, path = Contoso(tmp_path), tmp_path / "busyline.toml"
    exact = FEDERATION.replace("[federation]", '[federation]\nclock_skew = "1ms"', 1)  # else nothing for half a minute
    path.write_text(SERVER + exact + CALLERS, "utf-8")
    with serving(path) as server:
        (address,), (directory,) = server.addresses, remembering_of(server.process.pid)
        seen, kept = contoso.message(), contoso.message()
        assert sorted(sent(address, seen) for _ in range(8)) == [200] + [500] * 7
        server.send(signal.SIGUSR1)
        workers = server.until("replaced")["workers"]
        assert [sent(address, seen) for _ in range(8)] == [500] * 8
        assert sorted(sent(address, kept) for _ in range(8)) == [200] + [500] * 7  # older than any worker
        killed(workers[0])
        server.until("worker_started")
        assert [sent(address, data) for data in (seen, kept) for _ in range(8)] == [500] * 16
        assert sent(address, contoso.message()) == 200
        assert server.ended() == 0
        refused = {(each["worker"], each["refused"]) for each in server.events if each.get("refused")}
        assert refused == {(1, "message-seen-before"), (2, "message-seen-before")}
        assert not directory.exists()
    assert not any(lives(pid) for pid in workers)
