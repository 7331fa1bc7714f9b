"""Asks Microsoft's servers in which zone a mailbox of a hub lives.

Graph and Exchange tell it with the working hours of a mailbox, as part of a question for free/busy: that takes no right
beyond those that a hub has to have (Graph: getSchedule, scheduleInformation.workingHours; [MS-OXWAVLS] 2.2.4.20).
"""

from contextlib import AsyncExitStack
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from calsync.engine.troubles import in_peace
from calsync.settings.exchange import EwsSpoke
from calsync.settings.microsoft import GraphAccountSpoke, GraphSpoke
from calsync.spoke import Failed
from calsync.wiring.microsoft import scopes_of
from protocols.ews import ask as exchange
from protocols.graph import schedule
from protocols.model.freebusy import Answer, Availability, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from service.clouds import at_graph, at_graph_as_person
from service.exchange import at_exchange
from service.outgoing import Outgoing
from service.secrets import SecretError


async def zone_of(spoke: GraphSpoke | EwsSpoke, connection: str, directory: Path, now: datetime) -> tzinfo | str:
    """The zone of a spoke's mailbox, or in words why it is not known. ``connection`` is the name by which its owner
    signed in; ``now`` is aware."""
    try:
        told = await in_peace(_asked(spoke, connection, directory, now), within=2 * spoke.deadline)
    except (SecretError, OSError) as error:
        return str(error)
    if isinstance(told, Failed):
        return told.words
    [answer] = told
    if not isinstance(answer, Availability):
        return answer.detail or answer.reason.value
    return answer.working_hours.zone if answer.working_hours is not None else "its server tells no working hours"


async def _asked(spoke: GraphSpoke | EwsSpoke, connection: str, directory: Path, now: datetime) -> list[Answer]:
    """What is said of one mailbox. Raises PeerError, SecretError, OSError."""
    mailbox, question = Mailbox.parse(spoke.mailbox), Question(window=TimeWindow(now, now + timedelta(hours=1)))
    async with AsyncExitStack() as stack:
        network = Outgoing(spoke, directory, stack)
        if isinstance(spoke, EwsSpoke):
            send = await at_exchange(spoke, network, lanes=1)
            owner = spoke.mailbox if spoke.impersonate else ""
            return await exchange.ask(send, [mailbox], question, url=spoke.url, source="", as_of=now, impersonate=owner)
        if isinstance(spoke, GraphAccountSpoke):
            scopes = scopes_of(spoke, of_contacts=False)
            send, url = await at_graph_as_person(spoke, network, name=connection, scopes=scopes)
        else:
            send, url = await at_graph(spoke, network)
        anchor = mailbox.address
        return await schedule.ask(send, [mailbox], question, api_url=url, anchor=anchor, source="", as_of=now)
