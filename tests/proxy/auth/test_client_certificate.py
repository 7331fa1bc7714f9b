"""A client certificate proves its caller by name or by key, where the caller's own authority signed it."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.client_certificate import EXPIRED, UNKNOWN, UNREADABLE, ClientCertificates, Holder, pin
from tests.proxy.auth.issuing import CLIENT, SERVER, Issued, authority, leaf

CONTOSO, NORTHWIND = Caller("contoso", "Contoso", "certificate"), Caller("northwind", "Northwind", "certificate")
CONTOSO_CA, NORTHWIND_CA, STRANGER = authority("Contoso"), authority("Northwind"), authority("Contoso")
DNS = x509.DNSName("exchange.contoso.example")
PINNED = ec.generate_private_key(ec.SECP256R1())


def _proof(*, now: datetime | None = None, authorities: tuple[Issued, ...] = (CONTOSO_CA,)) -> ClientCertificates:
    names = frozenset({"exchange.contoso.example", "busy@contoso.example", "urn:contoso:busy"})
    pins = frozenset({pin(leaf(None, key=PINNED).certificate)})
    holders = [
        Holder(CONTOSO, names, pins, tuple(each.certificate for each in authorities)),
        Holder(NORTHWIND, frozenset({"ews.northwind.example"}), frozenset(), (NORTHWIND_CA.certificate,)),
    ]
    return ClientCertificates(holders, clock=lambda: now or datetime.now(UTC))


async def _found(shown: Issued, proof: ClientCertificates | None = None) -> Caller | Refused | None:
    proof = proof or _proof()
    found = await proof.identify(Knock(certificate=shown.der))
    assert await proof.identify(Knock(certificate=shown.der)) == found  # as it is remembered
    return found


@pytest.mark.parametrize(
    "name",
    [
        DNS,
        x509.DNSName("EXCHANGE.Contoso.example"),
        x509.RFC822Name("busy@contoso.example"),
        x509.UniformResourceIdentifier("urn:contoso:busy"),
    ],
)
async def test_it_is_known_by_any_of_its_names(name: x509.GeneralName) -> None:
    assert await _found(leaf(CONTOSO_CA, x509.DNSName("other.example"), name)) == CONTOSO


async def test_it_is_known_by_its_key_whatever_it_says_of_itself() -> None:
    assert await _found(leaf(CONTOSO_CA, key=PINNED)) == CONTOSO
    assert await _found(leaf(CONTOSO_CA, x509.DNSName("renewed.example"), key=PINNED)) == CONTOSO


async def test_a_pinned_certificate_may_be_its_own_authority() -> None:
    alone = leaf(None, key=PINNED)
    assert await _found(alone, _proof(authorities=(alone,))) == CONTOSO


async def test_an_intermediate_may_have_signed_it_where_the_settings_have_it() -> None:
    between = authority("Contoso Clients", CONTOSO_CA)
    shown = leaf(between, DNS)
    assert await _found(shown, _proof(authorities=(CONTOSO_CA, between))) == CONTOSO
    assert await _found(shown, _proof(authorities=(between,))) == CONTOSO
    assert await _found(shown) == UNKNOWN


@pytest.mark.parametrize(
    "shown",
    [
        leaf(CONTOSO_CA, common_name="exchange.contoso.example"),  # the CN is not looked at
        leaf(CONTOSO_CA, x509.DNSName("www.contoso.example")),
        leaf(CONTOSO_CA, x509.DNSName("*.contoso.example")),
        leaf(CONTOSO_CA, x509.DNSName("ews.northwind.example")),  # Contoso's authority writes Northwind's name
        leaf(NORTHWIND_CA, DNS),
        leaf(NORTHWIND_CA, key=PINNED),
        leaf(STRANGER, DNS),  # an authority of the same name with another key
        leaf(None, DNS),
        leaf(leaf(CONTOSO_CA, DNS), DNS),  # a certificate that is no authority signed another
        leaf(CONTOSO_CA, DNS, usage=(SERVER,)),
    ],
    ids=["cn", "name", "wildcard", "their-name", "their-ca", "their-ca-pin", "namesake", "self", "leaf", "server"],
)
async def test_it_proves_nobody(shown: Issued) -> None:
    assert await _found(shown) == UNKNOWN


async def test_what_says_that_it_is_no_authority_vouches_for_nobody() -> None:
    alone, between = authority("Alone", ca=False), authority("Between", CONTOSO_CA, ca=False)
    assert await _found(leaf(alone, DNS), _proof(authorities=(alone,))) == UNKNOWN
    assert await _found(leaf(between, DNS), _proof(authorities=(CONTOSO_CA, between))) == UNKNOWN


@pytest.mark.parametrize("usage", [None, (CLIENT, SERVER)])
async def test_what_it_is_for_may_be_left_out_or_more(usage: tuple[x509.ObjectIdentifier, ...] | None) -> None:
    assert await _found(leaf(CONTOSO_CA, DNS, usage=usage)) == CONTOSO


async def test_an_expired_one_proves_nobody_nor_does_one_that_expires_while_it_is_remembered() -> None:
    assert await _found(leaf(CONTOSO_CA, DNS, life=timedelta(days=-1))) in (UNKNOWN, EXPIRED)
    shown, now = leaf(CONTOSO_CA, DNS, life=timedelta(seconds=100)), [datetime.now(UTC)]
    holder = Holder(CONTOSO, frozenset({DNS.value}), frozenset(), (CONTOSO_CA.certificate,))
    proof = ClientCertificates([holder], clock=lambda: now[0])
    assert await proof.identify(Knock(certificate=shown.der)) == CONTOSO
    now[0] += timedelta(seconds=101)
    assert await proof.identify(Knock(certificate=shown.der)) == EXPIRED


async def test_what_is_no_certificate_is_refused() -> None:
    of_no_version = leaf(CONTOSO_CA, DNS).der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020142"), 1)
    for data in (b"\x30\x03\x02\x01\x01", of_no_version):
        assert await _proof().identify(Knock(certificate=data)) == UNREADABLE


async def test_none_shown_is_left_to_the_next_way() -> None:
    assert await _proof().identify(Knock()) is None
