"""Makes the plan for a pair: looks at both tenants and at its syncs, and says what lacks; nothing is written."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from galsync.engine.troubles import in_peace
from galsync.pairs import deciding
from galsync.pairs.accounts import more_skus
from galsync.pairs.ends import Organisation, Stock
from galsync.pairs.pair import Pair
from galsync.pairs.past import Past
from galsync.pairs.pieces import Absent, Part, Piece
from galsync.pairs.steps import PairPlan, PairStep, SyncStep
from galsync.reports.report import RunReport
from galsync.side import Failed
from protocols.model.freebusy import Reason
from protocols.model.person import Kind, Person

EVERYTHING: Final = frozenset(Part)
_AT_ONCE: Final = 8
"""Accounts that are looked at at the same time."""
_WHY_POLICY: Final = "the partner's people shall see when people are free"
_WHY_OLD: Final = "an organization relationship that is enabled wins over the policy"
_WHY_INSTEAD: Final = "the partner's people shall see when people are free, and there is no policy for that"
_WHY_ACCOUNT: Final = "a user of the source, who gets an account with licences at the destination"
_WHY_ROUTES: Final = "Busyline answers about people of both"


@dataclass(slots=True, kw_only=True)
class _Found:
    """The plan while it is made."""

    past: Past
    tenants: dict[str, str] = field(default_factory=dict)
    steps: list[PairStep] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    licences: dict[str, tuple[int, int]] = field(default_factory=dict)
    by_policy: bool = False
    not_yet: bool = False


async def planned(pair: Pair, only: frozenset[Part] = EVERYTHING) -> PairPlan:
    """What `apply` would do now, of the parts in ``only``. Raises StateError; what a tenant fails with is a refusal."""
    after = await pair.record.last(pair.name)
    now, found = pair.clock(), _Found(past=Past(tuple(await pair.record.standing(pair.name))))
    found.notes += [deciding.FORMER.format(each.sync.name) for each in pair.former if each.part in only]
    syncs = [step async for step in _syncs(pair, only)]
    if only & {Part.ACCOUNTS, Part.SHARING, Part.ROUTES}:
        organisations = [await in_peace(end.organisation()) for end in pair.ends]
        found.refusals += deciding.strangers(pair.ends, organisations, pair.account_domain)
        if not found.refusals:
            known = [told for told in organisations if isinstance(told, Organisation)]
            found.tenants = dict(zip(("source", "destination"), (each.id for each in known), strict=True))
            await _beside_contacts(pair, known, only, found)
    return PairPlan(
        pair=pair.name,
        made_at=now,
        syncs=tuple(syncs),
        steps=tuple(found.steps),
        refusals=tuple(found.refusals),
        notes=tuple(found.notes),
        licences=found.licences,
        after=after,
        tenants=found.tenants,
    )


async def discovered(pair: Pair) -> list[Person] | Failed:
    """The source's people who are taken, in order of their addresses."""
    reading = await in_peace(pair.people.source.read())
    if isinstance(reading, Failed):
        return reading
    taken = [person for person in reading.people if pair.people.selection.select(person) is None]
    return sorted(taken, key=lambda person: person.primary.address if person.primary else "")


async def destinations(pair: Pair, people: Sequence[Person]) -> dict[str, str] | Failed:
    """Where each of ``people`` will be at the destination, by their primary addresses: the sign-in name of the account
    that this pair made or would make them, and "" where that name is somebody else's by now."""
    pieces = [pair.destination.account(person, ()) for person in people]
    found: dict[str, str] = {}
    for person, piece, was in zip(people, pieces, await _all_read(pieces), strict=True):
        if not isinstance(was, str):
            return was if isinstance(was, Failed) else Failed(Reason.GARBLED, was.words)
        found[person.primary.address if person.primary else ""] = piece.name(was)
    return found


async def _syncs(pair: Pair, only: frozenset[Part]) -> AsyncIterator[SyncStep]:
    for each in pair.syncs:
        if each.part in only:
            outlook = await each.engine.plan()
            yield SyncStep(
                part=each.part,
                name=each.sync.name,
                report=RunReport.of(each.sync, outlook, begun_at=pair.clock()),
            )


async def _beside_contacts(
    pair: Pair, organisations: Sequence[Organisation], only: frozenset[Part], found: _Found
) -> None:
    if Part.ACCOUNTS in only and pair.account_domain:
        await _accounts(pair, found)
    if only & {Part.SHARING, Part.ROUTES} and pair.sharing:
        await _sharing(pair, organisations, found, planned=Part.SHARING in only)
    elif Part.SHARING in only and found.past.shared:
        found.notes.append(deciding.SHARED_BEFORE)
    if Part.ROUTES in only and pair.routes is not None:
        await _routes(pair, pair.routes, found)


async def _accounts(pair: Pair, found: _Found) -> None:
    people, stock = await discovered(pair), await in_peace(pair.destination.stock())
    if isinstance(people, Failed) or isinstance(stock, Failed):
        found.refusals += [f"{pair.source.name} cannot be read: {people.words}"] if isinstance(people, Failed) else []
        found.refusals += [f"licences cannot be counted: {stock.words}"] if isinstance(stock, Failed) else []
        return
    wanted = {part: stock.get(part.upper()) for part in pair.licences}
    skus = tuple(each.sku for each in wanted.values() if each is not None)
    users = [person for person in people if person.kind is Kind.USER]
    pieces = [pair.destination.account(person, skus, found.past) for person in users]
    stands = await _all_read(pieces)
    steps: list[PairStep] = []
    others: list[str] = []
    for piece, was in zip(pieces, stands, strict=True):
        if not isinstance(was, str):
            found.refusals.append(f"{piece.title} cannot be looked at: {was.words}")
        elif step := deciding.step_of(piece, was, _WHY_ACCOUNT):
            steps.append(step)
        else:
            others += piece.notes(was)
    found.notes += deciding.named(others)
    found.steps += steps
    _counted(steps, wanted, found)


def _counted(steps: Sequence[PairStep], wanted: Mapping[str, Stock | None], found: _Found) -> None:
    """Licences are counted before anything is done: with too few nothing is."""
    more = [more_skus(step.was, step.shall) for step in steps]
    found.refusals += deciding.lacking(more, wanted)
    for part, stock in wanted.items():
        if stock is not None:
            found.licences[part] = (sum(stock.sku in skus for skus in more), stock.free)


async def _all_read(pieces: Sequence[Piece]) -> list[str | Absent | Failed]:
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(piece: Piece) -> str | Absent | Failed:
        async with turn:
            return await in_peace(piece.read())

    return list(await asyncio.gather(*map(one, pieces)))


async def _sharing(pair: Pair, organisations: Sequence[Organisation], found: _Found, *, planned: bool) -> None:
    """A policy at both, then what stood in its way goes; or, where one of them has none, what did it before."""
    pieces: list[tuple[Piece, str]] = []
    if pair.policy:
        source, destination = pair.ends
        policies = [source.policy(organisations[1], found.past), destination.policy(organisations[0], found.past)]
        stands = await _all_read(policies)
        words = deciding.absent(zip(pair.ends, stands, strict=True))
        told = [(piece, was) for piece, was in zip(policies, stands, strict=True) if isinstance(was, str)]
        found.by_policy = len(told) == 2 and not any(piece.notes(was) for piece, was in told)
        found.not_yet = not planned and not all(piece.same(was, piece.shall(was)) for piece, was in told)
        if words:
            found.notes.append(words)
        else:
            pieces += [(piece, _WHY_POLICY) for piece in policies]
            old = [(piece, _WHY_OLD) for end in pair.ends for piece in end.beside_policy()]
            pieces += old if found.by_policy else []
            found.notes += [deciding.OLD_STAY] if planned and len(told) == 2 and not found.by_policy else []
    if not pieces:
        pieces += [(piece, _WHY_INSTEAD) for end in pair.ends for piece in end.instead_of_policy(found.past)]
    for piece, why in pieces if planned else ():
        await _step(piece, why, found)


async def _routes(pair: Pair, routes: Piece, found: _Found) -> None:
    if pair.routes_wanted is None and found.by_policy:
        found.notes.append(deciding.NOT_YET if found.not_yet else deciding.NO_PROXY)
    elif pair.routes_wanted is not False:
        await _step(routes, _WHY_ROUTES, found)


async def _step(piece: Piece, why: str, found: _Found) -> None:
    was = await in_peace(piece.read())
    if not isinstance(was, str):
        found.refusals.append(f"{piece.title} cannot be looked at: {was.words}")
        return
    step = deciding.step_of(piece, was, why)
    if step:
        found.steps.append(step)
    else:
        found.notes += [f"{piece.title}: {note}" for note in piece.notes(was)]
