"""The account of somebody who is to move, with its licences, as a piece of a pair."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from galsync.pairs.accounts import Account, ordered, read, same
from galsync.pairs.pieces import Back, Part, Stands
from galsync.side import Failed, Written
from galsync.sides.tenant_failures import failed
from galsync.steps import Change
from protocols.errors import PeerError
from protocols.graph import licences, new_users
from protocols.graph.new_users import Made, NewUser, User
from protocols.http import Send
from protocols.model.freebusy import Reason

_ITS_OWN = "is there already and was not made by this pair: it is left as it is"
_RENAMED = "is the account of {}, made before: it is not made again, and keeps its name"
_WITHOUT = "{} was taken away from {} since it was given, and is not given again"
_STAYS = "it is left, with its licences; delete it in Entra where that is meant"
_USED = f"somebody has signed in to it: {_STAYS}"
_UNTOLD = f"whether somebody has signed in to it cannot be told ({{}}): {_STAYS}"
_CHANGED = f"somebody changed since {{}}: {_STAYS}"
_STRANGE = f"does not bear the stamp of this pair any more: {_STAYS}"
_MAILBOX = "its mailbox, if its licences made one, goes with it; both can be restored for 30 days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The directory that accounts are made in; ``end`` is the end in words, ``names`` the products by their sku."""

    end: str
    send: Send
    api_url: str
    clock: Callable[[], datetime]
    password: Callable[[], str] = field(repr=False)
    stamp_at: str
    names: dict[str, str]


class _Finding(Protocol):
    def __call__(
        self, send: Send, key: str, /, *, api_url: str, as_of: datetime, stamp_at: str
    ) -> Awaitable[User | PeerError | None]: ...


class AccountPiece:
    """The account with ``stamp``, or whose sign-in name it would have; ``user`` and ``skus`` are who they are and what
    they shall have, for a plan. ``given`` are the licences that it was given before.

    States are those of :mod:`galsync.pairs.accounts`.
    """

    part = Part.ACCOUNTS

    def __init__(
        self,
        at: Accounts,
        sign_in: str,
        stamp: str,
        user: NewUser | None = None,
        skus: tuple[str, ...] = (),
        given: frozenset[str] = frozenset(),
    ) -> None:
        self._at, self._sign_in, self._stamp, self._user, self._skus = at, sign_in, stamp, user, skus
        self._given = given
        self.key = f"{at.end.partition(' ')[0]}/account/{sign_in}/{stamp.partition('/')[2]}"
        self.title = f"{at.end}: the account {sign_in}"

    async def read(self) -> Stands:
        """As it stands, with its licences. By its stamp first: it may have got another name."""
        at = self._at
        user = await self._found(new_users.find_stamped, self._stamp)
        if user is None:
            user = await self._found(new_users.find, self._sign_in)
        if isinstance(user, PeerError):
            return failed(user)
        if user is None:
            return ""
        has = await licences.assigned(at.send, user.key, api_url=at.api_url, as_of=at.clock())
        if isinstance(has, PeerError):
            return failed(has)
        return Account(
            key=user.key, stamp=user.stamp, enabled=user.enabled, skus=ordered(has.every), sign_in=user.sign_in
        ).text

    async def _found(self, by: _Finding, what: str) -> User | PeerError | None:
        at = self._at
        return await by(at.send, what, api_url=at.api_url, as_of=at.clock(), stamp_at=at.stamp_at)

    def shall(self, was: str) -> str:
        """Somebody else's account is left as it is; a licence that was given once is not given again."""
        there, user = read(was), self._user
        if user is None or (there is not None and there.stamp != user.stamp):
            return was
        made = there or Account(stamp=user.stamp, enabled=user.enabled, make=_making(user))
        return replace(made, skus=ordered((*made.skus, *self._lacking(there)))).text

    def _lacking(self, there: Account | None) -> frozenset[str]:
        return frozenset(self._skus) - (self._given if there else frozenset())

    def name(self, was: str) -> str:
        """Of ours as it is by now."""
        there = read(was)
        if there is None:
            return self._sign_in
        return there.sign_in if there.stamp == self._stamp else ""

    def same(self, one: str, other: str) -> bool:
        """All of the state."""
        return same(one, other)

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """Whether it is there, and its licences."""
        before, after = read(was), read(shall)
        found = () if bool(before) == bool(after) else (Change("account", _there(before), _there(after)),)
        had, has = self._products(before), self._products(after)
        return found if had == has else (*found, Change("licences", had, has))

    def notes(self, was: str) -> tuple[str, ...]:
        """An account that is not ours, one that has another name by now, and licences that somebody took away."""
        there, user = read(was), self._user
        if there is None or user is None:
            return ()
        if there.stamp != user.stamp:
            return (f"{self._sign_in} {_ITS_OWN}",)
        found = []
        if there.sign_in.lower() != self._sign_in.lower():
            found.append(f"{there.sign_in} {_RENAMED.format(self._sign_in)}")
        if taken := {*self._skus} & self._given - {*there.skus}:
            found.append(_WITHOUT.format(self._names(taken), there.sign_in))
        return tuple(found)

    async def write(self, now: str, shall: str) -> Written | Failed:
        """Make it and give its licences, or take them and delete it; what is done already is done."""
        before, after = read(now), read(shall)
        if after is None:
            return await self._removed(before.key) if before else Written()
        if before is not None:
            return await self._licensed(before.key, {*before.skus}, {*after.skus})
        made = await self._made(after)
        return made if isinstance(made, Failed) else await self._licensed(made.key, set(), {*after.skus})

    async def back(self, now: str, *, was: str, did: str) -> Back | Failed:
        """One that we made goes, and so do licences that we gave, where it stands as we left it and nobody has ever
        signed in. Entra tells of that late: one that somebody enabled is left without asking."""
        there, before, after = read(now), read(was), read(did)
        if after is None:
            return Back(now)
        if there is None or there.stamp != after.stamp or (after.key and there.key != after.key):
            return await self._stranger(now, after)
        name = there.sign_in or self._sign_in
        if why := _changed(there, after) or await self._used(there.key):
            return Back(now, f"{name}: {why}", left=True)
        if before is None:
            return Back("", f"{name}: {_MAILBOX}" if there.skus else "")
        given = {*after.skus} - {*before.skus}
        return Back(replace(there, skus=ordered({*there.skus} - given)).text)

    async def _stranger(self, now: str, left: Account) -> Back | Failed:
        """Nobody with our stamp stands there: whether the one that we made is gone is told by its id."""
        user = await self._found(new_users.read, left.key) if left.key else None
        if isinstance(user, PeerError):
            return failed(user)
        if user is None or user.stamp == left.stamp:
            return Back(now)
        return Back(now, f"{user.sign_in} {_STRANGE}", left=True)

    async def _used(self, key: str) -> str:
        """Why it may be in use, "" where nobody has signed in."""
        at = self._at
        told = await new_users.signed_in(at.send, key, api_url=at.api_url, as_of=at.clock())
        if isinstance(told, PeerError):
            return _UNTOLD.format(told.detail or told.reason.value)
        return _USED if told else ""

    async def _made(self, shall: Account) -> User | Failed:
        at = self._at
        user = NewUser(sign_in=self._sign_in, stamp=shall.stamp, enabled=shall.enabled, **shall.make)
        told = await new_users.create(
            at.send, user, at.password(), api_url=at.api_url, as_of=at.clock(), stamp_at=at.stamp_at
        )  # fmt: skip
        match told:
            case Made():
                return told.user
            case PeerError():
                return failed(told)
            case _:
                return Failed(Reason.FORBIDDEN, f"{self._sign_in} or its alias is somebody else's: look at a new plan")

    async def _licensed(self, key: str, had: set[str], shall: set[str]) -> Written | Failed:
        at = self._at
        if extra := sorted(had - shall):
            error = await licences.take(at.send, key, extra, api_url=at.api_url, as_of=at.clock())
            if error:
                return failed(error)
        if missing := sorted(shall - had):
            told = await licences.give(at.send, key, missing, api_url=at.api_url, as_of=at.clock())
            if isinstance(told, PeerError):
                return failed(told)
            if told is not None:
                return Failed(Reason.FORBIDDEN, f"{told.value}; the account is there without")
        return Written(key)

    async def _removed(self, key: str) -> Written | Failed:
        at = self._at
        error = await new_users.delete(at.send, key, api_url=at.api_url, as_of=at.clock())
        return failed(error) if error else Written()

    def _products(self, state: Account | None) -> str:
        return self._names(state.skus if state else ())

    def _names(self, skus: Iterable[str]) -> str:
        return ", ".join(sorted(self._at.names.get(sku, sku) for sku in skus))


def _changed(there: Account, left: Account) -> str:
    """Why ``there`` is not as we ``left`` it; "" where it is. What has no id was never finished: then licences may
    lack, since perhaps they were not given."""
    whether = [("whether somebody may sign in", there.enabled != left.enabled)]
    had, has = {*left.skus}, {*there.skus}
    whether.append(("its licences", has != had if left.key else not has <= had))
    changed = " and ".join(words for words, so in whether if so)
    return _CHANGED.format(changed) if changed else ""


def _making(user: NewUser) -> dict[str, str]:
    return {name: getattr(user, name) for name in ("name", "alias", "location", "given_name", "surname")}


def _there(state: Account | None) -> str:
    if state is None:
        return ""
    return "there" if state.enabled else "there, sign-in blocked"
