"""Two EWS clients ask the proxy for mail tips of people on three systems and hear what outsiders hear."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
import requests
import zeep
from exchangelib.properties import EmailAddress, Mailbox, SendingAs
from exchangelib.protocol import Protocol
from exchangelib.services import GetMailTips
from requests.auth import HTTPBasicAuth
from zeep.transports import Transport

from simulation.estate import Estate
from simulation.replies import SECRET, Reply
from tests.clients.estate_proxy import PASSWORD, EstateProxy, estate_proxy
from tests.clients.exchangelib_client import _protocol

pytestmark = [pytest.mark.client, pytest.mark.asyncio(loop_scope="module")]
_CALLER = "tips@merger.example"
_EXTRA = """
[[callers]]
name = "tips"
basic = { usernames = ["tips@merger.example"], password = "file:caller.hash" }
may_ask = ["*"]
mailtips = true
"""
AWAY, HOME = "brian.sullivan@fabrikam.example", "denise.carter@fabrikam.example"
_CLIENT: Any = zeep.Client  # zeep has types only here and there
_TRANSPORT: Any = Transport
_BINDING = "{http://schemas.microsoft.com/exchange/services/2006/messages}ExchangeServiceBinding"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EstateProxy]:
    estate = Estate(date(2026, 11, 23))
    estate.replies = {AWAY: Reply(external="<p>Away until &lt;Monday&gt;</p>"), HOME: Reply(external="", enabled=False)}
    directory = tmp_path_factory.mktemp("mailtips")
    async with estate_proxy(directory, estate, extra=_EXTRA, more={"fabrikam": "automatic_replies = true"}) as here:
        yield here


async def test_exchangelib_reads_the_reply(here: EstateProxy) -> None:
    def ask() -> list[Any]:
        with _protocol(Protocol, here.ews_url, _CALLER, PASSWORD, str(here.ca)) as protocol:
            return list(
                GetMailTips(protocol=protocol).call(
                    sending_as=SendingAs(email_address="bob@merger.example"),
                    recipients=[Mailbox(email_address=AWAY), Mailbox(email_address=HOME)],
                    mail_tips_requested="All",
                )
            )

    away, home = await asyncio.to_thread(ask)
    assert isinstance(away.recipient_address, EmailAddress | Mailbox)
    assert away.recipient_address.email_address == AWAY
    assert away.out_of_office.reply_body == "Away until ‹Monday›"
    assert not home.out_of_office.reply_body
    assert SECRET not in repr((away, home))


async def test_zeep_reads_the_reply_by_our_description(here: EstateProxy) -> None:
    def ask() -> Any:
        with requests.Session() as session:
            session.auth, session.verify, session.trust_env = HTTPBasicAuth(_CALLER, PASSWORD), str(here.ca), False
            client = _CLIENT(here.wsdl_url, transport=_TRANSPORT(session=session))
            return client.create_service(_BINDING, here.ews_url).GetMailTips(
                SendingAs={"EmailAddress": "bob@merger.example"},
                Recipients={"Mailbox": [{"EmailAddress": address} for address in (AWAY, "nobody@fabrikam.example")]},
                MailTipsRequested=["OutOfOfficeMessage"],
                _soapheaders={"RequestVersion": {"Version": "Exchange2013"}},
            )

    answer = await asyncio.to_thread(ask)
    body = getattr(answer, "body", answer)
    body = getattr(body, "GetMailTipsResult", body)
    away, nobody = body.ResponseMessages.MailTipsResponseMessageType
    assert away.MailTips.OutOfOffice.ReplyBody.Message == "Away until ‹Monday›"
    assert (nobody.ResponseClass, nobody.ResponseCode) == ("Error", "ErrorAccessDenied")
    assert nobody.MailTips.RecipientAddress.EmailAddress == "nobody@fabrikam.example"
