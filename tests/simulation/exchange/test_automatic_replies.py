"""GetUserOofSettings: for the person alone, by impersonation."""

import pytest
from lxml import etree

from protocols.ews.automatic_replies import encode
from protocols.model.mailbox import Mailbox
from simulation.estate import Estate
from simulation.exchange.automatic_replies import OPERATION, answer
from simulation.exchange.soap import NS, SoapFault
from simulation.replies import SECRET, Reply
from tests.simulation.exchange.asking import ADDRESS


def _told(estate: Estate, request: bytes, replies: dict[str, Reply]) -> str:
    root = etree.fromstring(request)
    operation = root.find("s:Body/*", NS)
    assert operation is not None
    assert operation.tag == OPERATION
    return answer(root, operation, estate, replies).text or ""


def test_what_is_set_is_told_whole(estate: Estate) -> None:
    request = encode(Mailbox.parse(ADDRESS))
    told = _told(estate, request, {ADDRESS: Reply(external="away", audience="known")})
    assert all(each in told for each in ("Enabled", "<ExternalAudience>Known<", SECRET, "away"))
    assert "Disabled" in _told(estate, request, {})


def test_whom_it_is_told(estate: Estate) -> None:
    request = encode(Mailbox.parse(ADDRESS))
    address = f"<t:Address>{ADDRESS}</t:Address>".encode()
    other = request.replace(address, b"<t:Address>frieda.lang@fabrikam.example</t:Address>")
    assert "ErrorAccessDenied" in _told(estate, other, {})
    with pytest.raises(SoapFault, match="ErrorNonExistentMailbox"):
        _told(estate, request.replace(ADDRESS.encode(), b"nobody@fabrikam.example"), {})
