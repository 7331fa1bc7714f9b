"""A new certificate takes the place of the old between two handshakes, or is refused in words."""

import ssl
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certs.live import Live
from certs.pair import CertificateError, Pair
from tests.certs.authority import CLIENT_AUTH, DAY, NOW, Authority, ec_key, rsa_key, write
from tests.certs.handshakes import shaken, shown, trusting_nobody

CA = Authority()
HOST = "busy.example.com"
FIRST, SECOND = CA.leaf(HOST, key=rsa_key()), CA.leaf(HOST, key=rsa_key(), ends=NOW + 200 * DAY)


def live(pair: Pair = FIRST, *, at: datetime = NOW, host: str | None = HOST) -> Live:
    return Live(pair, clock=lambda: at, host=host)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", [None, HOST, "other.example.com"])
def test_every_new_handshake_sees_the_new_pair(version: ssl.TLSVersion, name: str | None) -> None:
    """With a server name and without, by any version, and from one kind of key to another."""
    client = trusting_nobody()
    client.minimum_version = client.maximum_version = version
    server = live()
    context = server.context
    for pair in (SECOND, CA.leaf(HOST, key=ec_key()), FIRST):
        assert server.offer(pair)
        assert shown(context, client, host=name) == pair.leaf
    assert server.swaps == 3


def test_an_rsa_client_never_sees_the_old_rsa_pair_once_there_is_an_ecdsa_one() -> None:
    server, client = live(), trusting_nobody()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    assert shown(server.context, client) == FIRST.leaf
    server.offer(CA.leaf(HOST, key=ec_key()))
    with pytest.raises(ssl.SSLError):
        shown(server.context, client)


def test_a_connection_keeps_what_it_was_opened_with() -> None:
    server = live()
    asking, answering = shaken(server.context)
    first = answering.context
    server.offer(SECOND)
    assert asking.write(b"question") == 8
    assert answering.context is first
    assert asking.getpeercert(binary_form=True) == FIRST.leaf.public_bytes(Encoding.DER)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("asks", [False, True])
def test_a_session_begun_before_the_swap_is_taken_up_after_it(
    tmp_path: Path, version: ssl.TLSVersion, asks: bool
) -> None:
    """Exchange and browsers resume sessions: they must not fail, whether the server asks for certificates or not."""
    place = tmp_path / "callers.pem"
    place.write_bytes(CA.certificate.public_bytes(Encoding.PEM))
    server = Live(FIRST, clock=lambda: NOW, host=HOST, client_authorities=[place] if asks else [])
    client = trusting_nobody()
    client.minimum_version = client.maximum_version = version
    first, _ = shaken(server.context, client)
    assert first.session is not None
    server.offer(SECOND)
    second, _ = shaken(server.context, client, session=first.session)
    assert second.version() == first.version()
    assert second.session_reused


def test_the_same_again_changes_nothing() -> None:
    server = live()
    assert not server.offer(FIRST)
    assert server.swaps == 0


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (CA.leaf(HOST, begins=NOW - 9 * DAY, ends=NOW - DAY), "expired on 2026-11-19"),
        (CA.leaf(HOST, begins=NOW + DAY), "is not valid before"),
        (CA.leaf("other.example.com"), "does not name busy.example.com"),
        (Pair(SECOND.certificates, rsa_key(), "wrong"), "wrong: does not serve"),
        (Pair((SECOND.leaf, FIRST.leaf), SECOND.key, "wrong"), "wrong: the chain is out of order"),
        (Pair((SECOND.leaf,), SECOND.key, "wrong"), "wrong: the file holds the certificate alone"),
    ],
)
def test_what_callers_would_refuse_is_not_shown(pair: Pair, words: str) -> None:
    server = live()
    with pytest.raises(CertificateError, match=words):
        server.offer(pair)
    assert shown(server.context) == FIRST.leaf
    assert (server.swaps, server.pair) == (0, FIRST)


def test_what_was_wrong_before_may_stay_wrong() -> None:
    """A name that callers do not use was accepted at the start: its successor is better than an expired one."""
    server = live(host="elsewhere.example")
    assert server.offer(SECOND)


def test_a_certificate_that_only_ends_soon_is_taken() -> None:
    assert live().offer(CA.leaf(HOST, ends=NOW + 2 * DAY))


def test_how_long_it_holds() -> None:
    assert live().days_left == 90
    assert live(at=NOW + 100 * DAY).days_left == -10
    assert [each.kind for each in live(at=NOW + 100 * DAY).objections()] == ["expired"]


def test_a_swap_keeps_asking_callers_for_theirs(tmp_path: Path) -> None:
    place = tmp_path / "callers.pem"
    place.write_bytes(CA.certificate.public_bytes(Encoding.PEM))
    server = Live(FIRST, clock=lambda: NOW, host=HOST, client_authorities=[place])
    server.offer(SECOND)
    theirs, client = CA.leaf("exchange.contoso.example", usage=CLIENT_AUTH), trusting_nobody()
    client.load_cert_chain(*write(theirs, tmp_path))
    _, answering = shaken(server.context, client)
    assert answering.getpeercert(binary_form=True) == theirs.leaf.public_bytes(Encoding.DER)
    stranger = trusting_nobody()
    stranger.load_cert_chain(*write(Authority().leaf("exchange.contoso.example", usage=CLIENT_AUTH), tmp_path))
    with pytest.raises(ssl.SSLError):
        shaken(server.context, stranger)


def test_a_certificate_alone_is_taken_where_it_makes_nothing_worse() -> None:
    alone = Pair((SECOND.leaf,), SECOND.key, "alone")
    assert live(Pair((FIRST.leaf,), FIRST.key, "alone")).offer(alone)
    assert live(FIRST, at=NOW + 100 * DAY).offer(alone)  # what is shown has expired
