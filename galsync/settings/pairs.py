"""[[pairs]]: two tenants of Microsoft 365 that are prepared in one stroke to work, or to become, one."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from galsync.settings.words import Text
from service.names import Name
from service.words import Domain, FilePath, Section, Switch, some

DetailWord: TypeAlias = Literal["availability", "limited-details"]
SharingWord: TypeAlias = Literal["policy", "relationship", "none"]
IndividualWord: TypeAlias = Literal["availability", "limited-details", "reviewer"]
_DETAIL = "availability: free or busy; limited-details: subject and place as well"


class EndSettings(Section):
    """[pairs.source] and [pairs.destination]: one of the two tenants."""

    directory: str = Field(description="its directory, of the protocol graph", examples=["fabrikam"])
    domain: Domain = Field(
        description="the domain of its people's primary addresses: mail and free/busy questions go there",
        examples=["fabrikam.example"],
    )
    exchange: str = Field(
        description="its Exchange: a directory of the protocol powershell or exchange-online-undocumented",
        examples=["fabrikam-exchange"],
    )
    connector: str | None = Field(
        None, description="the connector that answers for its people, where routes are wanted", examples=["fabrikam"]
    )


class IndividualSettings(Section):
    """[pairs.individual]: what people of one tenant may share with people of the other by themselves, at most."""

    detail: IndividualWord = Field("availability", description=f"{_DETAIL}; reviewer: everything")


class AccountSettings(Section):
    """[pairs.accounts]: the source's users get accounts at the destination, with licences, before they move."""

    licences: Annotated[tuple[str, ...], AfterValidator(some)] = Field(
        description="skuPartNumber of each licence that they get; where too few are left nothing at all is done",
        examples=[["SPE_E3"]],
    )
    usage_location: str = Field(
        pattern=r"^[A-Z]{2}$", description="the country of use, which licences ask for", examples=["DE"]
    )
    domain: Domain | None = Field(
        None,
        description="the domain of their sign-in names; the destination's where it is left out",
        examples=["contoso.example"],
    )
    enabled: Switch = Field(False, description="whether they may sign in at once; nobody knows their passwords anyway")


class PairSettings(Section):
    """[[pairs]]: the source's people move to the destination, or the two work together as they are."""

    name: Name = Field(description="its name; stands in the stamps", examples=["fabrikam-contoso"])
    source: EndSettings
    destination: EndSettings
    contacts: Switch = Field(True, description="mail contacts at each side for the people of the other")
    distribution_lists: Switch = Field(False, description="the source's distribution lists, too")
    groups: Switch = Field(False, description="the source's Microsoft 365 groups, too")
    group_address: Text | None = Field(
        None,
        description="where it is written, both are copied as distribution groups with their members, at this address\n"
        "in a domain of the destination's own; else they are mail contacts there",
        examples=["{local}.fabrikam@contoso.example"],
    )
    sharing: SharingWord = Field(
        "policy",
        description="policy: the Microsoft 365 cross-tenant access policy, and where that is not available as\n"
        "relationship: an organization relationship and a sharing policy; or none",
    )
    detail: DetailWord = Field("availability", description=_DETAIL)
    individual: IndividualSettings | None = None
    accounts: AccountSettings | None = None
    routes: Switch | None = Field(
        None,
        description="whether free/busy routes are added to this file; where it is left out, unless both tenants share\n"
        "free/busy by a policy, which needs no proxy",
        examples=[True],
    )
    users: FilePath | None = Field(
        None, description="where `busyline pair users` puts the discovered users (CSV)", examples=["fabrikam-users.csv"]
    )

    @model_validator(mode="after")
    def _two_tenants(self) -> Self:
        for key in ("directory", "domain", "exchange"):
            if getattr(self.source, key) == getattr(self.destination, key):
                raise ValueError(f"source and destination have one {key}: write that of the other tenant in one")
        if self.routes and not (self.source.connector and self.destination.connector):
            raise ValueError("routes need a connector in source and in destination: name them, or write routes = false")
        if self.group_address is not None and not (self.distribution_lists or self.groups):
            raise ValueError("group_address says where groups are copied to: write distribution_lists or groups = true")
        if self.individual is not None and self.sharing == "none":
            raise ValueError('individual goes with sharing = "policy" or "relationship": write one, or remove it')
        return self

    @property
    def ends(self) -> tuple[EndSettings, EndSettings]:
        """The source, then the destination."""
        return self.source, self.destination

    @property
    def account_domain(self) -> str:
        """Where accounts are made; "" where none are."""
        return (self.accounts.domain or self.destination.domain) if self.accounts else ""
