"""What a door shows before the first certificate: TLS works, and nobody trusts it."""

from certs.live import Live
from certs.objections import objections
from certs.placeholder import placeholder
from tests.certs.authority import NOW


def test_it_serves_and_is_its_own_issuer() -> None:
    pair = placeholder(["busy.example.com"], now=NOW)
    assert pair.leaf.issuer == pair.leaf.subject
    assert objections(pair.certificates, now=NOW, host="busy.example.com") == []
    assert Live(pair, clock=lambda: NOW).expires > NOW
