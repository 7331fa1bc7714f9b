"""Who of a source is taken: by domain, group, unit, kind, address and condition, and why somebody is not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from galsync.entries import ACCOUNTS
from galsync.people.conditions import Condition
from galsync.people.globs import any_of
from galsync.people.moved import Moved
from galsync.people.units import Path, path, within
from galsync.steps import Left
from protocols.model.mailbox import canonical, canonical_domain
from protocols.model.person import Kind, Person

KINDS: Final = frozenset(Kind) - {Kind.CONTACT}
_ANY_BELOW: Final = "*."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What somebody may be asked to be; what is empty asks nothing. Made by :meth:`of` from what people write.

    ``domains`` are of the primary address, canonical, ``*.x`` for all below x; ``groups`` addresses of groups whose
    member, at any depth that the source tells, it is; ``units`` the organisational units with all below them;
    ``addresses`` patterns for the primary address.
    """

    domains: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    units: tuple[Path, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    addresses: tuple[str, ...] = ()
    where: Condition | None = None
    _tests: tuple[Callable[[Person], bool], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tests", tuple(self._made()))

    @classmethod
    def of(
        cls,
        *,
        domains: Iterable[str] = (),
        groups: Iterable[str] = (),
        units: Iterable[str] = (),
        kinds: Iterable[Kind] = (),
        addresses: Iterable[str] = (),
        where: str = "",
    ) -> "Sieve":
        """The sieve that these words describe. Raises ValueError, and of ``where`` ExpressionError."""
        paths = tuple(path(unit) for unit in units)
        if not all(paths):
            raise ValueError('an empty unit: write for example "OU=Sales,DC=fabrikam,DC=example" or "/Sales"')
        return cls(
            domains=frozenset(map(_domain, domains)),
            groups=frozenset(map(canonical, groups)),
            units=paths,
            kinds=frozenset(kinds),
            addresses=tuple(addresses),
            where=Condition.parse(where) if where else None,
        )

    def every(self, person: Person) -> bool:
        """Whether ``person`` is all that is asked; true where nothing is asked."""
        return all(test(person) for test in self._tests)

    def some(self, person: Person) -> bool:
        """Whether ``person`` is any of what is asked; false where nothing is asked."""
        return any(test(person) for test in self._tests)

    @property
    def needs_groups(self) -> bool:
        """Whether the source must tell of everybody whose member they are."""
        return bool(self.groups) or (self.where is not None and self.where.needs_groups)

    def _made(self) -> Iterable[Callable[[Person], bool]]:
        """The tests, the cheapest first."""
        if self.kinds:
            yield lambda person: person.kind in self.kinds
        if self.domains:
            below = tuple(domain[1:] for domain in self.domains if domain.startswith(_ANY_BELOW))
            yield lambda person: _lies_in(person, self.domains, below)
        if self.groups:
            yield lambda person: any(group.lower() in self.groups for group in person.groups)
        if self.units:
            yield lambda person: any(within(person.unit, unit) for unit in self.units)
        if self.addresses:
            matches = any_of(self.addresses)
            yield lambda person: person.primary is not None and matches(person.primary.address)
        if self.where:
            yield self.where.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Takes who is all that ``include`` asks and nothing that ``exclude`` asks: excluding wins.

    Within one question (the domains, say) one answer of several is enough. Who is ``disabled`` or ``hidden`` in the
    source is taken only where that is asked for. ``moved`` knows whom another side has, and of whose account, made by
    us, it is theirs by now.
    """

    include: Sieve = Sieve()
    exclude: Sieve = Sieve()
    disabled: bool = False
    hidden: bool = False
    moved: Moved | None = None

    def select(self, person: Person) -> Left | None:
        """Why ``person`` is left out; None where they are taken."""
        if person.kind is Kind.CONTACT:
            return Left.CONTACT
        if ACCOUNTS in person.attributes and not (self.moved is not None and self.moved.arrived(person)):
            return Left.OURS
        moved = self.moved.verdict(person) if self.moved is not None else None
        return moved or self._judged(person)

    def _judged(self, person: Person) -> Left | None:
        if person.disabled and not self.disabled:
            return Left.DISABLED
        if person.hidden and not self.hidden:
            return Left.HIDDEN
        if person.primary is None:
            return Left.NO_ADDRESS
        if self.exclude.some(person) or not self.include.every(person):
            return Left.NOT_SELECTED
        return None

    @property
    def needs_groups(self) -> bool:
        """Whether the source must tell of everybody whose member they are."""
        return self.include.needs_groups or self.exclude.needs_groups

    @property
    def by_person(self) -> bool:
        """Whether a change of the answer always comes with a change of the person, so that changes alone suffice.

        A membership is a change of the group. A unit that is moved or renamed changes nobody in it either, but that is
        rare: it comes with the next whole reading.
        """
        return not self.needs_groups

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes of the source that must be read for it."""
        conditions = [sieve.where for sieve in (self.include, self.exclude) if sieve.where]
        return frozenset[str]().union(*(condition.attributes for condition in conditions))


def _domain(text: str) -> str:
    below = text.strip().startswith(_ANY_BELOW)
    return (_ANY_BELOW if below else "") + canonical_domain(text.strip().removeprefix(_ANY_BELOW))


def _lies_in(person: Person, domains: frozenset[str], below: tuple[str, ...]) -> bool:
    domain = person.primary.domain if person.primary else ""
    return domain in domains or domain.endswith(below)
