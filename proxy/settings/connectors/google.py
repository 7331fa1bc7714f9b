"""protocol = "google": Google Workspace."""

from typing import Literal, Self

from pydantic import Field, model_validator

from proxy.layers.budget import Rate
from proxy.settings.connectors.rates import Budget
from proxy.settings.connectors.section import PeerSection
from service.clouds import GoogleSection
from service.words import Address, Subject, Switch, Url, Whole


class GoogleConnector(PeerSection, GoogleSection):
    """Google Workspace by the Calendar API, a service account acting for the domain."""

    protocol: Literal["google"]
    subject: Subject = Field(
        description='whom the service account acts as: an address, or "target" for each person as themself',
        examples=["freebusy@northwind.example"],
    )
    further_subjects: tuple[Address, ...] = Field(
        (),
        description="more addresses to act as; Google counts the calls of each for itself, so that more can be asked",
        examples=[["freebusy2@northwind.example", "freebusy3@northwind.example"]],
    )
    statuses: Switch = Field(
        False, description="tell tentative and out of office from busy: one call per mailbox instead of one per 50"
    )
    concurrency: Whole = Field(10, ge=1, description="calls at once, of each subject")
    budget: Budget = Field(
        ("600/1m",),
        description='calls as one subject; Google allows 600 a minute, with "target" each person has theirs',
    )
    total_budget: Budget = Field(
        ("10000/1m",), description="calls of the whole section; Google allows its project 10,000 a minute"
    )
    api_url: Url | None = Field(None, description="another host than https://www.googleapis.com")

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whom it acts as, in turn; "target" alone where everybody is asked as themself."""
        return (self.subject, *self.further_subjects)

    @property
    def rates(self) -> tuple[Rate, ...]:
        """See :class:`PeerSection`."""
        return () if self.subject == "target" else super().rates

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.subject == "target" and self.further_subjects:
            raise ValueError('with subject = "target" everybody is asked as themself: remove further_subjects')
        if len(set(self.subjects)) < len(self.subjects):
            raise ValueError("further_subjects names somebody twice: write each address once, and not that of subject")
        return self
