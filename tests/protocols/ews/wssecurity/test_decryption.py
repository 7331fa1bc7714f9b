"""Tokens are deciphered by one of our keys; all that fails, fails alike."""

import base64
import time
from collections.abc import Callable

import pytest
from lxml import etree

from protocols.ews.wssecurity.decryption import decrypt, unwrap
from protocols.ews.wssecurity.names import DS, XENC
from simulation.federation.issuer import encrypted, wrapped
from tests.protocols.ews.wssecurity.world import fabrikam, key, reason, stranger

PLAIN = b"<token>" + b"x" * 500 + b"</token>"
KEYS = [key(fabrikam())]
UNDECIPHERED, UNREAD = "token-not-deciphered", "token-not-encrypted-as-we-read-it"


def _sealed() -> etree._Element:
    return encrypted(PLAIN, fabrikam().certificate)


def _value(sealed: etree._Element, path: str) -> etree._Element:
    found = sealed.find(path, {"x": XENC, "d": DS})
    assert found is not None
    return found


def _flipped(element: etree._Element, place: int) -> None:
    octets = bytearray(base64.b64decode(element.text or ""))
    octets[place] ^= 0x80
    element.text = base64.b64encode(octets).decode()


def _base64(size: int) -> str:
    return base64.b64encode(bytes(size)).decode()


@pytest.mark.parametrize("size", [1, 15, 16, 17, 1_000])
def test_what_was_encrypted_is_deciphered(size: int) -> None:
    assert decrypt(encrypted(b"y" * size, fabrikam().certificate), KEYS) == b"y" * size


def test_each_of_our_keys_is_tried_where_none_is_named() -> None:
    sealed = _sealed()
    info = _value(sealed, "d:KeyInfo/x:EncryptedKey/d:KeyInfo")
    info.clear()
    assert decrypt(sealed, [key(stranger()), *KEYS]) == PLAIN


def test_a_wrong_name_does_not_hinder() -> None:
    sealed = _sealed()
    _value(sealed, "d:KeyInfo/x:EncryptedKey/d:KeyInfo")[0][0].text = "AAAA"
    assert decrypt(sealed, [key(stranger()), *KEYS]) == PLAIN


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: _flipped(_value(sealed, "d:KeyInfo/x:EncryptedKey/x:CipherData/x:CipherValue"), 5),
        lambda sealed: _flipped(_value(sealed, "x:CipherData/x:CipherValue"), -17),
        lambda sealed: setattr(_value(sealed, "d:KeyInfo/x:EncryptedKey/x:CipherData/x:CipherValue"), "text", "AAAA"),
    ],
)
def test_every_failure_of_a_key_is_the_same(spoil: Callable[[etree._Element], None]) -> None:
    sealed = _sealed()
    spoil(sealed)
    assert reason(lambda: decrypt(sealed, KEYS)) == UNDECIPHERED
    assert reason(lambda: decrypt(_sealed(), [key(stranger())])) == UNDECIPHERED


def test_padding_that_happens_to_fit_a_random_key_is_refused_all_the_same() -> None:
    """A key that cannot be opened is replaced: what comes out must not be believed, whatever it is."""
    sealed = _sealed()
    secret = unwrap(_value(sealed, "d:KeyInfo/x:EncryptedKey"), KEYS, lengths=(32,))
    assert secret is not None
    assert reason(lambda: decrypt(sealed, [key(stranger())], random=lambda _: secret)) == UNDECIPHERED


def test_a_key_of_another_length_is_refused() -> None:
    sealed = _sealed()
    info = _value(sealed, "d:KeyInfo")
    info.clear()
    info.append(wrapped(b"k" * 16, fabrikam().certificate))
    assert reason(lambda: decrypt(sealed, KEYS)) == UNDECIPHERED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[0].set("Algorithm", f"{XENC}tripledes-cbc"),
        lambda sealed: sealed.remove(sealed[0]),
        lambda sealed: _value(sealed, "d:KeyInfo/x:EncryptedKey/x:EncryptionMethod").set("Algorithm", f"{XENC}rsa-1_5"),
        lambda sealed: _value(sealed, "d:KeyInfo/x:EncryptedKey/x:EncryptionMethod")[0].set("Algorithm", f"{XENC}md5"),
        lambda sealed: sealed[1].clear(),
        lambda sealed: sealed[1].append(wrapped(b"k" * 32, fabrikam().certificate)),
        lambda sealed: setattr(_value(sealed, "x:CipherData/x:CipherValue"), "text", "*"),
        lambda sealed: setattr(_value(sealed, "x:CipherData/x:CipherValue"), "text", "AAAA"),
        lambda sealed: setattr(_value(sealed, "x:CipherData/x:CipherValue"), "text", "A" * 100_000),
        lambda sealed: setattr(_value(sealed, "x:CipherData/x:CipherValue"), "text", _base64(16)),
        lambda sealed: setattr(_value(sealed, "x:CipherData/x:CipherValue"), "text", _base64(64 * 1024 + 16)),
        lambda sealed: sealed[2].remove(sealed[2][0]),
        lambda sealed: setattr(_value(sealed, "x:CipherData/x:CipherValue"), "text", "AAAA" * 12 + "AAA="),
    ],
)
def test_another_encryption_is_not_read(spoil: Callable[[etree._Element], None]) -> None:
    sealed = _sealed()
    spoil(sealed)
    assert reason(lambda: decrypt(sealed, KEYS)) == UNREAD


def test_a_key_that_cannot_be_opened_takes_the_same_way_on() -> None:
    """The cipher is worked off in both cases: with a key that was opened, and with a random one."""
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return b"r" * size

    decrypt(_sealed(), KEYS, random=random)
    assert asked == []
    assert reason(lambda: decrypt(_sealed(), [key(stranger())], random=random)) == UNDECIPHERED
    assert asked == [32]


def test_a_large_token_costs_little() -> None:
    sealed = encrypted(b"z" * 60_000, fabrikam().certificate)
    started = time.perf_counter()
    decrypt(sealed, KEYS)
    assert time.perf_counter() - started < 1
