"""Does the steps of a plan in an Active Directory, one by one, each with its outcome."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from galsync.engine.troubles import in_peace
from galsync.entries import Entry, Form, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.sides.active_directory_groups import differing
from galsync.sides.active_directory_held import VERSION, filters_of, is_ours
from galsync.sides.active_directory_names import names_of
from galsync.steps import Act, Step
from protocols.ldap.changes import Wanted, hides, modifications
from protocols.ldap.mail_groups import MailGroup, added_group, membership
from protocols.ldap.names import common_name, escaped, quoted
from protocols.ldap.operations import Add, Delete, Modify, Request, Search
from protocols.ldap.recipients import Manner, Recipient, account_name, added, digest, nickname
from protocols.ldap.replies import Found
from protocols.ldap.results import ALREADY_EXISTS, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, SUCCESS, WAIT, told
from protocols.ldap.searching import Ask, matching, named, one
from protocols.model.freebusy import Reason
from protocols.model.person import Field

_T = TypeVar("_T")
_TOLD_BEFORE: Final = frozenset({Reason.UNAUTHORIZED, Reason.THROTTLED})  # nothing was begun
_GONE: Final = Failed(Reason.NO_SUCH_MAILBOX, "the object is not there any more: the next run will look again")
_FOREIGN: Final = Failed(Reason.FORBIDDEN, "the object does not carry this sync's stamp: it is not touched")
_CHANGED: Final = Failed(Reason.INCOMPLETE, "somebody changed the object meanwhile: the next run will look again")
_CLASH: Final = Failed(Reason.FORBIDDEN, "an object that is not ours has one of the addresses: it is not touched")
_NO_HIDING: Final = Failed(
    Reason.PEER_FAILED, "the schema knows no way to hide an object: it stays shown until removed"
)
_NO_NAME: Final = Failed(Reason.PEER_FAILED, "other objects of the unit have this name: rename them, or the entry")
_NOTHING: Final = Failed(Reason.PEER_FAILED, "the step is nothing that can be written")
_TEXTS: Final = frozenset(Field) - {Field.MANAGER}
_FORMS: Final = frozenset({Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP})
_MEMBERS: Final = "members"


class _FailedError(Exception):
    def __init__(self, outcome: Failed) -> None:
        super().__init__(outcome.words)
        self.outcome = outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Everything that writing needs. Each object is read right before it is touched."""

    ask: Ask
    domain: str
    unit: str
    sync: str
    manner: Manner
    attributes: tuple[str, ...]
    password: Callable[[], str] = field(repr=False)

    async def done(self, step: Step) -> Outcome:
        """The outcome of one step, always; the version of what was written is not known yet."""
        doing = {Act.CREATE: self._create, Act.UPDATE: self._update, Act.RETIRE: self._retire, Act.REMOVE: self._remove}
        try:
            if step.act not in doing:
                return _NOTHING
            outcome = await in_peace(doing[step.act](step))
        except _FailedError as error:
            return error.outcome
        # a line that was lost while writing is told by _asked; before that nothing was done
        return replace(outcome, doubt=False) if isinstance(outcome, Failed) else outcome

    async def versions(self, keys: Sequence[str]) -> Mapping[str, str]:
        """The version of each object that is there, by its key in lower case; none where the directory is lost now."""
        search = Search(base=self.domain, attributes=(VERSION,))
        found = await in_peace(matching(self.ask, search, named(keys)))
        if isinstance(found, Failed):  # what was written is written
            return {}
        return {each.dn.lower(): each.readable().text(VERSION) for each in found}

    async def _create(self, step: Step) -> Outcome:
        entry = step.entry
        if entry is None or entry.form not in _FORMS:
            return _NOTHING
        mark = self._mark(step)
        nick = nickname(entry.address)
        there = await self._there(entry, f"(mailNickname={quoted(nick)})")
        for each in there:
            if is_ours(each, self.manner.stamp, mark):  # an earlier try got that far
                return await self._with_members(each, step, entry, mark)
        if any(_shares(each, entry) for each in there):
            return _CLASH
        taken = any(each.readable().text("mailNickname").lower() == nick.lower() for each in there)
        nick = nickname(entry.address, entry.anchor) if taken else nick
        if entry.form is Form.GROUP:
            return await self._create_group(step, entry, nick, mark)
        recipient = await self._recipient(entry, mark)
        attributes = added(
            recipient,
            self.manner,
            nickname=nick,
            account_name=account_name(mark.text) if recipient.account else "",
            password=self.password() if recipient.account else "",
        )
        manager = entry.texts.get(Field.MANAGER, "")
        missing = (manager,) if manager and not recipient.manager else ()
        return replace(await self._add(entry, attributes), missing=missing)

    async def _create_group(self, step: Step, entry: Entry, nick: str, mark: Stamp) -> Outcome:
        known = await self._known(names_of(self.ask, self.domain, entry.members))
        group = MailGroup(
            address=entry.address,
            aliases=entry.aliases,
            texts=entry.texts,
            hidden=entry.hidden,
            stamp=mark.text,
            members=tuple(dict.fromkeys(known[name.lower()] for name in entry.members if name.lower() in known)),
        )
        attributes = added_group(group, self.manner, nickname=nick, account_name=account_name(mark.text))
        written = await self._add(entry, attributes)
        return await self._with_members(Found(written.key, {}), step, entry, mark)

    async def _with_members(self, found: Found, step: Step, entry: Entry, mark: Stamp) -> Outcome:
        """The members of a group become those of ``entry``; anything else is done already."""
        if entry.form is not Form.GROUP:
            return Written(found.dn)
        differs = await self._known(differing(self.ask, self.domain, found, entry, step.held))
        for changes in membership(differs.add, differs.take, self.manner, mark.text):
            if await self._asked(Modify(found.dn, tuple(changes)), but=NO_SUCH_ATTRIBUTE) == NO_SUCH_ATTRIBUTE:
                return _CHANGED
        return Written(found.dn, missing=differs.missing)

    async def _known(self, asked: Awaitable[_T]) -> _T:
        """What the directory answers to a question. A failure is told as one in which nothing is in doubt."""
        found = await in_peace(asked)
        if isinstance(found, Failed):
            raise _FailedError(replace(found, doubt=False))
        return found

    async def _add(self, entry: Entry, attributes: Mapping[str, Sequence[bytes]]) -> Written:
        shown = entry.texts.get(Field.DISPLAY_NAME, "")
        plain = common_name(shown) or entry.address.address[:64]
        for name in (plain, common_name(plain, digest(entry.anchor)[:8])):
            dn = f"CN={escaped(name)},{self.unit}"
            code = await self._asked(Add(dn, attributes), but=ALREADY_EXISTS)
            if code == SUCCESS:
                return Written(dn)
        raise _FailedError(_NO_NAME)

    async def _update(self, step: Step) -> Outcome:
        entry, held = step.entry, step.held
        if entry is None or held is None:
            return _NOTHING
        found = await self._ours(step, held.key)
        if found is None:
            return _GONE
        names = {change.field for change in step.changes}
        if names & {"address", "aliases"} and any(
            _shares(each, entry) for each in await self._there(entry) if each.dn != found.dn
        ):
            return _CLASH
        texts = {Field(c.field): c.after for c in step.changes if c.field in _TEXTS}
        manager = entry.texts.get(Field.MANAGER, "") if Field.MANAGER.value in names else None
        linked = await self._manager(manager) if manager is not None else None
        wanted = Wanted(
            texts=texts,
            address=entry.address if "address" in names else None,
            aliases=entry.aliases if "aliases" in names else (),
            dropped=_dropped(step, entry) if "aliases" in names else (),
            hidden=entry.hidden if "hidden" in names else None,
            manager=linked,
            photo=entry.photo if "photo" in names else None,
        )
        written = await self._modify(found, wanted, self._mark(step))
        if _MEMBERS in names and isinstance(written, Written):
            return await self._with_members(found, step, entry, self._mark(step))
        missing = (manager,) if manager and not linked and isinstance(written, Written) else ()
        return replace(written, missing=missing) if missing and isinstance(written, Written) else written

    async def _retire(self, step: Step) -> Outcome:
        if step.held is None:
            return _NOTHING
        if not hides(self.manner):
            return _NO_HIDING
        found = await self._ours(step, step.held.key)
        return _GONE if found is None else await self._modify(found, Wanted(hidden=True), self._mark(step))

    async def _remove(self, step: Step) -> Outcome:
        if step.held is None:
            return _NOTHING
        found = await self._ours(step, step.held.key)
        if found is not None:
            await self._asked(Delete(found.dn), but=NO_SUCH_OBJECT)
        return Written()

    async def _modify(self, found: Found, wanted: Wanted, mark: Stamp) -> Outcome:
        changes = modifications(found.readable(), wanted, self.manner, mark.text)
        if changes and await self._asked(Modify(found.dn, changes), but=NO_SUCH_ATTRIBUTE) == NO_SUCH_ATTRIBUTE:
            return _CHANGED
        return Written(found.dn)

    async def _ours(self, step: Step, key: str) -> Found | None:
        """The object as it is now; None where it is gone. Fails where it is not ours, or not as it was planned for."""
        found = await one(self.ask, key, self.attributes)
        if found is None:
            return None
        if not is_ours(found, self.manner.stamp, self._mark(step)):
            raise _FailedError(_FOREIGN)
        version = step.held.version if step.held else ""
        if {change.field for change in step.changes} == {_MEMBERS}:
            version = ""  # the removal of a member is a change already; members change one by one
        if version and found.readable().text(VERSION) != version:
            raise _FailedError(_CHANGED)
        return found

    async def _there(self, entry: Entry, *further: str) -> list[Found]:
        spelled = (entry.address.address, *(each.lower() for each in entry.aliases))
        items = [each for address in spelled for each in filters_of(address)]
        return await matching(self.ask, Search(base=self.domain, attributes=self.attributes), [*items, *further])

    async def _recipient(self, entry: Entry, mark: Stamp) -> Recipient:
        return Recipient(
            account=entry.form is Form.MAIL_USER,
            address=entry.address,
            aliases=entry.aliases,
            texts=entry.texts,
            hidden=entry.hidden,
            stamp=mark.text,
            manager=await self._manager(entry.texts.get(Field.MANAGER, "")),
            photo=entry.photo,
        )

    async def _manager(self, address: str) -> str:
        return (await names_of(self.ask, self.domain, [address])).get(address.lower(), "") if address else ""

    def _mark(self, step: Step) -> Stamp:
        return Stamp(self.sync, step.anchor)

    async def _asked(self, request: Request, *, but: int) -> int:
        """The result code, which is SUCCESS or ``but``; others are failures."""
        reply = await in_peace(self.ask(request, ()))
        if isinstance(reply, Failed):
            raise _FailedError(replace(reply, doubt=reply.reason not in _TOLD_BEFORE))
        if reply.code not in {SUCCESS, but}:
            reason, words = told(reply.code, reply.diagnostic)
            raise _FailedError(Failed(reason, words, WAIT if reason is Reason.THROTTLED else None))
        return reply.code


def _shares(found: Found, entry: Entry) -> bool:
    """Whether it answers to one of the entry's addresses, and was not found for its alias alone."""
    found = found.readable()
    wanted = {entry.address.address, *(each.lower().removeprefix("x500:") for each in entry.aliases)}
    proxies = {each.lower().partition(":")[2] for each in found.texts("proxyAddresses")}
    target = found.text("targetAddress").lower().partition(":")[2]
    return bool(wanted & {*proxies, target, found.text("mail").lower(), found.text("legacyExchangeDN").lower()})


def _dropped(step: Step, entry: Entry) -> tuple[str, ...]:
    wanted = {alias.lower() for alias in entry.aliases}
    return tuple(alias for alias in (step.known.aliases if step.known else ()) if alias.lower() not in wanted)
