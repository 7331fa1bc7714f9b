"""GetUserOofSettings of the simulated Exchange: for the mailbox itself, or whoever asks in its name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from simulation.estate import Estate
from simulation.exchange.soap import NS, M, SoapFault, T, envelope
from simulation.replies import Reply

OPERATION: Final = f"{{{M}}}GetUserOofSettingsRequest"
_AUDIENCES: Final = {"all": "All", "known": "Known", "none": "None"}
_NEVER: Final = datetime(2020, 1, 1, tzinfo=UTC)


def answer(
    root: etree._Element, operation: etree._Element, estate: Estate, replies: Mapping[str, Reply]
) -> web.Response:
    """The settings of the mailbox asked about. Raises SoapFault; a refusal is an answer of class Error."""
    address = (operation.findtext("t:Mailbox/t:Address", "", NS)).strip().lower()
    acting = root.findtext("s:Header/t:ExchangeImpersonation/t:ConnectingSID/t:PrimarySmtpAddress", "", NS)
    if estate.find(acting, "ews") is None:
        raise SoapFault("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
    if acting.strip().lower() != address:
        return _refused("ErrorAccessDenied")
    reply = replies.get(address, Reply(external="", internal="", enabled=False, audience="none"))
    scheduled = reply.start is not None or reply.end is not None
    state = ("Scheduled" if scheduled else "Enabled") if reply.enabled else "Disabled"
    audience = _AUDIENCES[reply.audience]
    return envelope(
        f'<GetUserOofSettingsResponse xmlns="{M}"><ResponseMessage ResponseClass="Success"><ResponseCode>NoError'
        f'</ResponseCode></ResponseMessage><OofSettings xmlns="{T}"><OofState>{state}</OofState>'
        f"<ExternalAudience>{audience}</ExternalAudience><Duration><StartTime>{_time(reply.start)}</StartTime>"
        f"<EndTime>{_time(reply.end)}</EndTime></Duration>"
        f"<InternalReply><Message>{escape(reply.internal)}</Message></InternalReply>"
        f"<ExternalReply><Message>{escape(reply.external)}</Message></ExternalReply></OofSettings>"
        f"<AllowExternalOof>All</AllowExternalOof></GetUserOofSettingsResponse>"
    )


def _refused(code: str) -> web.Response:
    return envelope(
        f'<GetUserOofSettingsResponse xmlns="{M}"><ResponseMessage ResponseClass="Error"><MessageText>Refused.'
        f"</MessageText><ResponseCode>{code}</ResponseCode></ResponseMessage></GetUserOofSettingsResponse>"
    )


def _time(at: datetime | None) -> str:
    return f"{(at or _NEVER).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
