"""One tenant of a pair: Microsoft 365 by Graph, and its Exchange by cmdlet or by script."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from galsync.entries import ACCOUNTS, Stamp
from galsync.pairs.ends import Organisation, Stock
from galsync.pairs.past import NOTHING_YET, Past
from galsync.pairs.pieces import Piece
from galsync.powershell.sharing import Sharing
from galsync.side import Failed
from galsync.sides.patience import patient
from galsync.sides.tenant_accounts import AccountPiece, Accounts
from galsync.sides.tenant_exchange import Exchange, IndividualPiece, OldRelationshipsPiece, RelationshipPiece
from galsync.sides.tenant_failures import failed
from galsync.sides.tenant_policy import PolicyPiece
from galsync.sides.tenant_script import ScriptPiece
from protocols.errors import PeerError
from protocols.graph import cross_tenant, licences, organization_relationships, sharing_policies, tenants
from protocols.graph.cmdlets import Endpoint
from protocols.graph.new_users import NewUser
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.person import Field, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a pair wants of each end: ``detail`` of organisation sharing and ``individual`` of people's own, "" for
    none of it; of accounts, the domain of their sign-in names, where they are used, and whether they may sign in."""

    pair: str
    partner: str
    detail: str = ""
    individual: str = ""
    sign_in_domain: str = ""
    location: str = ""
    enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How an end is reached: Graph, and Exchange by ``cmdlets`` or by scripts in ``folder``; ``stamp_at`` is where the
    stamps of accounts stand, and ``anchors`` names the directory that people of the other end come from."""

    graph: Send
    api_url: str
    cmdlets: tuple[Send, Endpoint] | None
    folder: Path
    stamp_at: str
    anchors: str
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    password: Callable[[], str] = field(repr=False)
    serial: Callable[[], str]


class TenantEnd:
    """An ``End``. ``name`` begins with ``source`` or ``destination``."""

    def __init__(self, name: str, domain: str, wanted: Wanted, ways: Ways) -> None:
        self.name, self.domain = name, domain
        self._wanted, self._ways = wanted, ways
        self._graph = self._patient(ways.graph)
        self._products: dict[str, str] = {}

    async def organisation(self) -> Organisation | Failed:
        """Its id and verified domains."""
        told = await tenants.own(self._graph, api_url=self._ways.api_url, as_of=self._ways.clock())
        if isinstance(told, PeerError):
            return failed(told)
        return Organisation(id=told.id, domains=frozenset(each.name for each in told.domains))

    def policy(self, partner: Organisation, past: Past = NOTHING_YET) -> Piece:
        """Towards ``partner``."""
        return self._policy(partner.id, past)

    def beside_policy(self) -> tuple[Piece, ...]:
        """By cmdlet, or by one script that sees to all of it. Our own goes, old ones are disabled."""
        if self._ways.cmdlets is None:
            return (self._script(instead=False),)
        return RelationshipPiece(self._exchange(), ""), OldRelationshipsPiece(self._exchange())

    def instead_of_policy(self, past: Past = NOTHING_YET) -> tuple[Piece, ...]:
        """By cmdlet, or by one script that sees to all of it."""
        if self._ways.cmdlets is None:
            return (self._script(instead=True),)
        at, wanted = self._exchange(), self._wanted
        individual = IndividualPiece(at, wanted.individual, past)
        relationship = RelationshipPiece(at, wanted.detail, past)
        return (relationship, individual) if wanted.individual or past.of(individual.key) else (relationship,)

    async def stock(self) -> Mapping[str, Stock] | Failed:
        """What Graph counts."""
        told = await licences.licences(self._graph, api_url=self._ways.api_url, as_of=self._ways.clock())
        if isinstance(told, PeerError):
            return failed(told)
        self._products.update({each.sku: each.part for each in told})
        return {each.part.upper(): Stock(sku=each.sku, free=each.free) for each in told}

    def account(self, person: Person, skus: tuple[str, ...], past: Past = NOTHING_YET) -> AccountPiece:
        """With the same local part, in the domain of the accounts."""
        wanted, local = self._wanted, person.primary.local if person.primary else ""
        user = NewUser(
            sign_in=f"{local}@{wanted.sign_in_domain}",
            name=person.texts.get(Field.DISPLAY_NAME, local),
            alias=local,
            location=wanted.location,
            enabled=wanted.enabled,
            given_name=person.texts.get(Field.GIVEN_NAME, ""),
            surname=person.texts.get(Field.SURNAME, ""),
            stamp=self._stamp(f"{self._ways.anchors}:{person.anchor}"),
        )
        return AccountPiece(self._accounts(), user.sign_in, user.stamp, user, skus, past.given(user.stamp))

    def piece(self, key: str) -> Piece | None:
        """By the second word of its key."""
        end, _, rest = key.partition("/")
        what, _, subject = rest.partition("/")
        if end != self.name.partition(" ")[0]:
            return None
        if what == "policy":
            return self._policy(subject)
        if what == "account":
            sign_in, _, anchor = subject.partition("/")
            return AccountPiece(self._accounts(), sign_in, self._stamp(anchor))
        pieces = (*self.beside_policy(), *self._instead())
        return next((piece for piece in pieces if piece.key == key), None)

    def _instead(self) -> tuple[Piece, ...]:
        if self._ways.cmdlets is None:
            return ()
        at = self._exchange()
        return RelationshipPiece(at, self._wanted.detail), IndividualPiece(at, self._wanted.individual)

    def _stamp(self, anchor: str) -> str:
        return Stamp(f"{self._wanted.pair}{ACCOUNTS}", anchor).text

    def _policy(self, tenant: str, past: Past = NOTHING_YET) -> Piece:
        wanted = self._wanted
        chosen = [cross_tenant.AVAILABILITY[wanted.detail]] if wanted.detail else []
        chosen += [cross_tenant.SHARING[wanted.individual]] if wanted.individual else []
        ways = self._ways
        return PolicyPiece(
            self.name, self._graph, tenant, tuple(chosen), api_url=ways.api_url, clock=ways.clock, past=past
        )

    def _exchange(self) -> Exchange:
        assert self._ways.cmdlets is not None  # asked before
        send, endpoint = self._ways.cmdlets
        return Exchange(
            end=self.name,
            send=self._patient(send),
            endpoint=endpoint,
            clock=self._ways.clock,
            partner=self._wanted.partner,
            name=self._ours,
        )

    def _script(self, *, instead: bool) -> Piece:
        wanted = self._wanted
        sharing = Sharing(
            pair=wanted.pair,
            name=self._ours,
            domains=(wanted.partner,),
            level=organization_relationships.LEVELS[wanted.detail] if instead and wanted.detail else "",
            individual=sharing_policies.ACTIONS[wanted.individual] if instead and wanted.individual else "",
            disable=not instead,
        )
        ways = self._ways
        return ScriptPiece(self.name, sharing, ways.folder, clock=ways.clock, serial=ways.serial)

    def _accounts(self) -> Accounts:
        ways = self._ways
        return Accounts(
            end=self.name,
            send=self._graph,
            api_url=ways.api_url,
            clock=ways.clock,
            password=ways.password,
            stamp_at=ways.stamp_at,
            names=self._products,
        )

    @property
    def _ours(self) -> str:
        return f"Busyline {self._wanted.pair}"

    def _patient(self, send: Send) -> Send:
        """Each call waits where it is asked to: all that is asked here may be asked twice."""
        ways = self._ways

        async def asking(request: HttpRequest) -> HttpResponse:
            return await patient(send, clock=ways.clock, sleep=ways.sleep)(request)

        return asking
