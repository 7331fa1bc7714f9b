"""What every connector's section has."""

from datetime import timedelta
from typing import Self

from pydantic import Field

from proxy.layers.budget import Rate
from proxy.settings.connectors.rates import Budget, among, rate_of
from proxy.settings.directory import DirectorySettings
from proxy.settings.rules import HoursTable
from service.durations import Duration
from service.outgoing import NetworkSection
from service.words import Number, Switch


class PeerSection(NetworkSection):
    """What every connector has."""

    budget: Budget = Field(
        (),
        description='calls that one account may make, such as "600/1m"; all that are written are kept to. Workers of '
        "one node share it; where several nodes ask by the same account, write the part of each",
        examples=[["600/1m", "20/1s"]],
    )
    total_budget: Budget = Field(
        (),
        description="calls that all accounts of this section may make together",
        examples=[["10000/1m"]],
    )
    extra_calls: Number = Field(
        0.05,
        ge=0,
        le=0.5,
        description="share of the calls that may be made besides, where one takes longer than usual: the question is "
        "asked again, of several mailboxes in halves; 0: never",
    )
    overdue: Duration = Field(
        timedelta(seconds=3),
        description="a call that takes this long is late, until it is known how long calls usually take",
    )
    working_hours: HoursTable | None = Field(
        None,
        description="of everybody of whom the system tells none; as hours in [[rules]]",
        examples=[{"zone": "Europe/Berlin", "from": "08:00", "to": "17:00"}],
    )
    automatic_replies: Switch = Field(
        False,
        description="read automatic replies (graph, ews, google) for callers with mailtips; needs one more permission",
    )
    directory: DirectorySettings | None = Field(None, description="its groups and rooms; only where written")

    @property
    def rates(self) -> tuple[Rate, ...]:
        """What one account may do."""
        return tuple(map(rate_of, self.budget))

    @property
    def total_rates(self) -> tuple[Rate, ...]:
        """What all accounts may do together."""
        return tuple(map(rate_of, self.total_budget))

    def among(self, parts: int) -> Self:
        """The same for one of so many processes, each of which may make its part of the calls."""
        budgets = {"budget": among(self.budget, parts), "total_budget": among(self.total_budget, parts)}
        return self.model_copy(update=budgets)
