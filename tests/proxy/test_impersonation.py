"""ExchangeImpersonation in a caller's request: the answer is the caller's own all the same, and no peer hears of it."""

import pytest

from tests.proxy.crowds import World, at_the_door, crowd, question

_HEADER = (
    '<t:ExchangeImpersonation s:mustUnderstand="1"><t:ConnectingSID>'
    "<t:PrimarySmtpAddress>{}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>"
)


@pytest.mark.parametrize(
    "named", ["assistant@merger.example", "frieda.lang@fabrikam.example", "nobody@elsewhere.example"]
)
async def test_it_widens_nothing_and_goes_no_further(world: World, named: str) -> None:
    body = question([crowd(company, 1)[0] for company in ("contoso", "northwind", "fabrikam")])
    with_header = body.replace(b"<s:Header>", b"<s:Header>" + _HEADER.format(named).encode(), 1)
    assert with_header != body
    async with world() as here, at_the_door(here) as door:
        for server in here.systems.values():
            server.faults.clear()
        plain = await door(body)
        assert await door(with_header) == plain
    async with world() as here, at_the_door(here) as door:  # nothing cached: each system is asked for this request
        assert await door(with_header) == plain
        heard = [call for server in here.systems.values() for call in server.calls]
        assert heard
        for call in heard:
            assert b"mpersonat" not in call.body
            assert named.encode() not in call.body
            assert "mpersonat" not in repr(call.headers)
