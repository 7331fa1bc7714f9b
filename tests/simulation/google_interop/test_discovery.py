"""Both dialects tell the same address, to those who are there."""

from datetime import date

import pytest

from protocols.errors import PeerError
from protocols.ews.autodiscover import pox as client_pox
from protocols.ews.autodiscover import user_settings
from simulation.estate import Estate
from simulation.google_interop import discovery

ESTATE = Estate(date(2026, 11, 23))
URL = "https://interop.example/exchange.asmx?a=1&b=2"


def body_of(response: object) -> bytes:
    body = getattr(response, "body", None)
    assert isinstance(body, bytes)
    return body


def test_both_tell_the_address() -> None:
    for address in ("interop@northwind.example", "jack.thompson@northwind.example"):
        plain = discovery.pox(client_pox.encode_request(address), ESTATE, URL)
        soap = discovery.soap(user_settings.encode_request(address, "https://x/y.svc"), ESTATE, URL)
        assert client_pox.read(body_of(plain)) == user_settings.read(body_of(soap)) == client_pox.PoxAnswer(URL)


def test_who_is_not_there_is_told_so() -> None:
    nobody = "nobody@northwind.example"
    plain = discovery.pox(client_pox.encode_request(nobody), ESTATE, URL)
    soap = discovery.soap(user_settings.encode_request(nobody, "https://x/y.svc"), ESTATE, URL)
    for read, response in ((client_pox.read, plain), (user_settings.read, soap)):
        with pytest.raises(PeerError, match="no-such-mailbox"):
            read(body_of(response))
