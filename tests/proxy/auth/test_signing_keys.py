"""Signing keys across time, restarts and processes; and what others may see of them on the disk."""

import fcntl
import json
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from proxy.auth.signing_keys import LEEWAY, SigningKeys
from service.secrets import SecretError

HOUR, DAY = 3_600.0, 86_400.0


class Time:
    """A clock that is set by hand."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    """Of this test alone."""
    return Time()


def _keys(directory: Path, time: Time, *, lifetime: float = HOUR) -> SigningKeys:
    keys = SigningKeys(
        directory / "tokens", lifetime=timedelta(seconds=lifetime), rotate=timedelta(seconds=DAY), clock=time
    )
    keys.open()
    return keys


def _written(directory: Path) -> list[str]:
    return [entry["kid"] for entry in json.loads((directory / "tokens" / "keys.json").read_text())["keys"]]


def test_the_files_are_for_their_owner_alone(tmp_path: Path, time: Time) -> None:
    _keys(tmp_path, time)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tokens").iterdir()}
    assert modes == {"keys.json": 0o600, "keys.lock": 0o600}
    assert stat.S_IMODE((tmp_path / "tokens").stat().st_mode) == 0o700


def test_the_next_key_is_written_down_a_whole_rotation_ahead(tmp_path: Path, time: Time) -> None:
    keys = _keys(tmp_path, time)
    first, following = _written(tmp_path)
    assert keys.current().kid == first
    time.now += DAY - 1
    assert keys.current().kid == first
    time.now += 1
    assert keys.current().kid == following
    assert _written(tmp_path)[:2] == [first, following]
    assert len(_written(tmp_path)) == 3


def test_a_key_is_kept_until_its_last_token_is_dead_and_no_longer(tmp_path: Path, time: Time) -> None:
    keys = _keys(tmp_path, time)
    first = keys.current().kid
    time.now += DAY  # the last token signed by it was issued a moment ago
    keys.current()
    time.now += HOUR + LEEWAY
    assert keys.find(first) is not None
    time.now += LEEWAY
    assert keys.find(first) is None
    time.now += DAY
    keys.current()
    assert first not in _written(tmp_path)


def test_a_restart_invalidates_nothing(tmp_path: Path, time: Time) -> None:
    before = _keys(tmp_path, time).current()
    again = _keys(tmp_path, time)
    assert again.find(before.kid) == before == again.current()


def test_a_shorter_lifetime_does_not_shorten_that_of_tokens_issued_before(tmp_path: Path, time: Time) -> None:
    old = _keys(tmp_path, time, lifetime=10 * HOUR).current().kid
    time.now += DAY
    keys = _keys(tmp_path, time, lifetime=HOUR)
    keys.current()
    time.now += 9 * HOUR
    assert keys.find(old) is not None


def test_another_node_knows_the_next_key_before_it_signs(tmp_path: Path, time: Time) -> None:
    one, other = _keys(tmp_path, time), _keys(tmp_path, time)
    (tmp_path / "tokens" / "keys.json").chmod(0o000)  # from here on, the other one cannot read anything
    time.now += DAY
    following = one.find(other.current().kid)
    assert following is not None


def test_a_key_that_another_node_made_is_found(tmp_path: Path, time: Time) -> None:
    one, other = _keys(tmp_path, time), _keys(tmp_path, time)
    time.now += 5 * DAY  # both slept past all keys
    made = one.current()
    assert other.find(made.kid) == made
    assert other.current() == made


def test_names_that_nobody_knows_cost_no_reading(tmp_path: Path, time: Time) -> None:
    keys = _keys(tmp_path, time)
    path = tmp_path / "tokens" / "keys.json"
    read = path.stat().st_atime_ns
    before = path.read_bytes()
    assert [keys.find(f"unknown-{number}") for number in range(50)] == [None] * 50
    assert path.read_bytes() == before
    assert path.stat().st_atime_ns >= read


def test_after_a_long_sleep_there_is_a_new_key_at_once(tmp_path: Path, time: Time) -> None:
    keys = _keys(tmp_path, time)
    old = set(_written(tmp_path))
    time.now += 30 * DAY
    assert keys.current().kid not in old
    assert keys.current() == keys.current()


def test_a_clock_that_went_back_leaves_a_key_to_sign_with(tmp_path: Path, time: Time) -> None:
    keys = _keys(tmp_path, time)
    later = keys.current()
    time.now -= 3 * DAY
    assert keys.current().begins <= time.now
    assert keys.find(later.kid) is not None


def test_a_rotation_that_cannot_be_written_leaves_the_present_key_in_force(tmp_path: Path, time: Time) -> None:
    keys = _keys(tmp_path, time)
    following = _written(tmp_path)[1]
    time.now += DAY
    (tmp_path / "tokens" / "keys.lock").unlink()
    (tmp_path / "tokens" / "keys.lock").mkdir()
    assert keys.current().kid == following


def test_what_another_process_spoilt_leaves_the_known_keys_in_force(tmp_path: Path, time: Time) -> None:
    keys = _keys(tmp_path, time)
    known = keys.current()
    (tmp_path / "tokens" / "keys.json").write_text("spoilt")
    assert keys.find("unknown") is None
    assert keys.find(known.kid) == known
    time.now += DAY
    assert keys.current().begins == time.now


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2, "keys": []}', '{"format": 1, "keys": [{}]}', "x"])
def test_a_damaged_file_is_told_with_its_remedy(tmp_path: Path, time: Time, content: str) -> None:
    _keys(tmp_path, time)
    (tmp_path / "tokens" / "keys.json").write_text(content)
    with pytest.raises(SecretError, match=r"keys\.json is damaged: restore it, or remove it"):
        _keys(tmp_path, time)


@pytest.mark.parametrize("secret", ["", "AAAA", "!"])
def test_a_short_key_is_no_key(tmp_path: Path, time: Time, secret: str) -> None:
    _keys(tmp_path, time)
    path = tmp_path / "tokens" / "keys.json"
    content = json.loads(path.read_text())
    content["keys"][0]["secret"] = secret
    path.write_text(json.dumps(content))
    with pytest.raises(SecretError, match="is damaged"):
        _keys(tmp_path, time)


def test_a_file_that_others_can_read_is_not_used(tmp_path: Path, time: Time) -> None:
    _keys(tmp_path, time)
    (tmp_path / "tokens" / "keys.json").chmod(0o640)
    with pytest.raises(SecretError, match="chmod 600"):
        _keys(tmp_path, time)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path, time: Time) -> None:
    (tmp_path / "tokens").write_text("a file")
    with pytest.raises(SecretError, match=r"tokens\.directory: .*tokens: .*; let the user"):
        _keys(tmp_path, time)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_directory_that_others_can_write_is_refused(tmp_path: Path, time: Time, mode: int) -> None:
    _keys(tmp_path, time)
    (tmp_path / "tokens").chmod(mode)
    with pytest.raises(SecretError, match=r"can be written by others.*chmod 700"):
        _keys(tmp_path, time)


def test_a_key_does_not_print_its_secret(tmp_path: Path, time: Time) -> None:
    key = _keys(tmp_path, time).current()
    assert "secret" not in repr(key)
    assert key.secret.hex() not in repr(key)


def test_who_makes_a_key_waits_for_whoever_is_making_one(tmp_path: Path, time: Time) -> None:
    directory = tmp_path / "tokens"
    directory.mkdir(mode=0o700)
    with (directory / "keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = threading.Thread(target=_keys, args=(tmp_path, time))
        other.start()
        other.join(0.5)
        waits = other.is_alive()
    other.join()
    assert waits
    assert len(_written(tmp_path)) == 2


_OTHER_PROCESS = """
import sys, time
from datetime import timedelta
from pathlib import Path
from proxy.auth.signing_keys import SigningKeys
keys = SigningKeys(Path(sys.argv[1]), lifetime=timedelta(hours=1), rotate=timedelta(days=1), clock=time.time)
sys.stdin.readline()
keys.open()
print(keys.current().kid)
"""


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OTHER_PROCESS, str(tmp_path / "tokens")]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].strip() for process in running]
    assert len(set(said)) == 1
    assert said[0] == _written(tmp_path)[0]
    assert len(_written(tmp_path)) == 2
