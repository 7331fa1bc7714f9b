"""protocol = "graph": Microsoft 365."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from proxy.settings.connectors.rates import Budget
from proxy.settings.connectors.section import PeerSection
from service.clouds import MicrosoftSection
from service.words import Address, Whole, some


class GraphConnector(PeerSection, MicrosoftSection):
    """Microsoft 365 by Microsoft Graph."""

    protocol: Literal["graph"]
    anchors: Annotated[tuple[Address, ...], AfterValidator(some)] = Field(
        description="mailboxes that carry the questions; more of them carry more at once",
        examples=[["fb1@contoso.example"]],
    )
    concurrency: Whole = Field(4, ge=1, le=4, description="questions at once per anchor; Graph allows 4")
    budget: Budget = Field(
        ("10000/10m",), description="calls by one anchor; Graph allows an application 10,000 in 10 minutes per mailbox"
    )
