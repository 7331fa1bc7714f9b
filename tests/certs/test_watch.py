"""Files that are looked at: whole, half written, wrong, gone, and a link that is turned."""

from pathlib import Path

import pytest

from certs import pem
from certs.pair import CertificateError, Pair
from certs.watch import Watch
from tests.certs.authority import Authority, private_pem, write

CA = Authority()
FIRST, SECOND = CA.leaf("a.example"), CA.leaf("a.example")


def watch(directory: Path) -> Watch:
    chain, key = write(FIRST, directory)
    return Watch((chain, key), lambda: pem.read(chain, key))


def test_nothing_new_is_nothing(tmp_path: Path) -> None:
    files = watch(tmp_path)
    assert [files.look() for _ in range(3)] == [None, None, None]
    again = files.look(now=True)
    assert again is not None
    assert again.leaf == FIRST.leaf


def test_a_new_pair_is_seen_once_and_only_when_the_files_rest(tmp_path: Path) -> None:
    files = watch(tmp_path)
    write(SECOND, tmp_path)
    assert files.look() is None
    found = files.look()
    assert found is not None
    assert found.leaf == SECOND.leaf
    assert files.look() is None


def test_a_half_written_pair_waits_for_its_other_half(tmp_path: Path) -> None:
    files = watch(tmp_path)
    write(SECOND, tmp_path)
    (tmp_path / "key.pem").write_bytes(private_pem(FIRST) + b"\n")
    assert files.look() is None
    (tmp_path / "key.pem").write_bytes(private_pem(SECOND))
    assert files.look() is None
    found = files.look()
    assert found is not None
    assert found.leaf == SECOND.leaf


def test_what_is_still_written_is_not_read(tmp_path: Path) -> None:
    """The first certificate of a chain fits the key before the others are there."""
    files, (chain, _) = watch(tmp_path), write(SECOND, tmp_path)
    whole = chain.read_bytes()
    end = whole.index(b"-----END") + len("-----END CERTIFICATE-----\n")
    for length in (end, end + 100, len(whole)):
        chain.write_bytes(whole[:length])
        assert files.look() is None
    found = files.look()
    assert found is not None
    assert found.certificates == SECOND.certificates


def test_what_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    chain, key = write(FIRST, tmp_path)
    writes = [SECOND]

    def read() -> Pair:
        pair = pem.read(chain, key)
        if writes:
            write(writes.pop(), tmp_path)
        return pair

    files = Watch((chain, key), read)
    chain.touch()
    key.write_bytes(private_pem(FIRST) + b"\n")
    found = [files.look() for _ in range(4)]
    assert [each.leaf if each else None for each in found] == [None, None, None, SECOND.leaf]


@pytest.mark.parametrize("state", ["mismatched", "garbage", "gone"])
def test_what_stays_wrong_is_told_once(tmp_path: Path, state: str) -> None:
    files, key = watch(tmp_path), tmp_path / "key.pem"
    if state == "gone":
        key.unlink()
    else:
        key.write_bytes(private_pem(SECOND) + b"\n" if state == "mismatched" else b"x")
    assert files.look() is None
    with pytest.raises(CertificateError, match=r"key\.pem"):
        files.look()
    assert files.look() is None
    with pytest.raises(CertificateError):
        files.look(now=True)
    key.write_bytes(private_pem(FIRST))
    assert files.look() is None
    assert files.look() is not None


def test_who_asks_now_is_told_now(tmp_path: Path) -> None:
    files = watch(tmp_path)
    (tmp_path / "key.pem").write_bytes(b"x")
    with pytest.raises(CertificateError):
        files.look(now=True)
    assert files.look() is None  # it was told


def test_a_link_that_is_turned_is_seen(tmp_path: Path) -> None:
    """As a Kubernetes secret or certbot changes them."""
    for name, pair in (("old", FIRST), ("new", SECOND)):
        (tmp_path / name).mkdir()
        write(pair, tmp_path / name)
    link = tmp_path / "live"
    link.symlink_to("old")
    chain, key = link / "chain.pem", link / "key.pem"
    files = Watch((chain, key), lambda: pem.read(chain, key))
    link.unlink()
    link.symlink_to("new")
    assert files.look() is None
    found = files.look()
    assert found is not None
    assert found.leaf == SECOND.leaf
