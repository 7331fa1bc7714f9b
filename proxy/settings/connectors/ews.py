"""protocol = "ews": Exchange Server, asked about free/busy."""

from typing import Literal

from pydantic import Field

from proxy.settings.connectors.section import PeerSection
from service.exchange_sign_in import EwsAuth, ExchangeSection
from service.words import Address, Whole


class EwsConnector(PeerSection, ExchangeSection):
    """Exchange Server by Exchange Web Services."""

    protocol: Literal["ews"]
    further_accounts: tuple[EwsAuth, ...] = Field(
        (),
        description="more accounts, written as auth is; Exchange throttles each for itself, so that more can be asked",
        examples=[[{"kind": "basic", "username": "FABRIKAM\\svc2", "password": "env:FABRIKAM_PASSWORD_2"}]],
    )
    impersonate: Address | None = Field(
        None,
        description="ask in the name of this mailbox (ExchangeImpersonation); only where the account alone may not ask",
        examples=["freebusy@fabrikam.example"],
    )
    concurrency: Whole = Field(10, ge=1, description="calls at once by one account; Exchange allows 27, 2010 allows 10")

    @property
    def by_account(self) -> "tuple[EwsConnector, ...]":
        """The same server by each of the accounts alone."""
        alone = self.model_copy(update={"further_accounts": ()})
        return (alone, *(alone.model_copy(update={"auth": auth}) for auth in self.further_accounts))
