"""Does the steps of a plan to contacts, mail users and groups of Exchange Online by cmdlets, one by one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from galsync.entries import Entry, Form, Stamp
from galsync.powershell.orders import PERSONAL, Order, order
from galsync.side import Failed, Outcome, Written
from galsync.sides.admin_cmdlets_groups import BYPASS, Members, described, undescribed
from galsync.sides.admin_cmdlets_held import FORMS, SYNCHRONISED, is_half, stamp_of
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.graph.admin_reading import one, stands, who_has
from protocols.graph.admin_recipients import CONTACT, GROUP, GROUP_PERSONAL, MAIL_USER, MANAGER, Recipient
from protocols.graph.cmdlets import Cmdlet, Endpoint, called, changed_values
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.person import Field

LONGEST_NAME: Final = 256  # of a display name, which is the stamp at first
KINDS: Final = {Form.MAIL_CONTACT: CONTACT, Form.MAIL_USER: MAIL_USER, Form.GROUP: GROUP}
_NOUNS: Final = {
    CONTACT: ("MailContact", "Contact"),
    MAIL_USER: ("MailUser", "User"),
    GROUP: ("DistributionGroup", "Group"),
}
_TOLD_OF_GROUPS: Final = frozenset(GROUP_PERSONAL)
_NAME: Final = PERSONAL[Field.DISPLAY_NAME]
_ADDRESS: Final = {CONTACT: "ExternalEmailAddress", MAIL_USER: "ExternalEmailAddress", GROUP: "PrimarySmtpAddress"}
_SEEN_AFTER: Final = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds: Graph knows a new mail user a little later
_DOUBT: Final = frozenset({Reason.TIMEOUT, Reason.UNREACHABLE, Reason.GARBLED, Reason.PEER_FAILED})
_FOREIGN: Final = Failed(Reason.FORBIDDEN, "the object does not bear this sync's stamp: it is left as it is")
_CHANGED: Final = Failed(Reason.INCOMPLETE, "somebody else changed the object meanwhile: the next plan looks again")
_GONE: Final = Failed(Reason.NO_SUCH_MAILBOX, "the object is not there any more: the next plan looks again")
_CLASH: Final = Failed(Reason.FORBIDDEN, "one of the addresses is somebody else's by now: the next plan names whose")
_NOTHING: Final = Failed(Reason.PEER_FAILED, "the step is nothing that can be written here")
_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "sign-in was refused: check the application's secret or certificate",
    Reason.NO_ACCESS: "not allowed: the application needs Exchange.ManageAsApp and the role Exchange Recipient "
    "Administrator, and the organisation may have to run Enable-OrganizationCustomization once",
    Reason.FORBIDDEN: "one of the addresses or names is somebody else's: the next plan names whose",
    Reason.THROTTLED: "Exchange Online asks for peace",
    Reason.NO_SUCH_MAILBOX: "the object is not there any more: the next plan looks again",
}
_OTHERWISE: Final = "try again; where it stays so, use the PowerShell script: this interface is undocumented"


class _FailedError(Exception):
    def __init__(self, outcome: Failed) -> None:
        super().__init__(outcome.words)
        self.outcome = outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What stands there is read before each write, and nothing of others is touched.

    ``send`` is for what comes first in a step; ``again`` may ask repeatedly where Exchange is busy, as the rest of a
    step that is begun does the same however often it is done. ``block`` keeps the account with this id from signing in.
    """

    send: Send
    again: Callable[[], Send]
    endpoint: Endpoint
    sync: str
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    stamp_attribute: str
    sign_in_domain: str
    password: Callable[[], str] = field(repr=False)
    block: Callable[[str], Awaitable[PeerError | None]] | None

    async def done(self, step: Step) -> Outcome:
        """The outcome of one step, always."""
        doing = {Act.CREATE: self._create, Act.UPDATE: self._update, Act.RETIRE: self._update, Act.REMOVE: self._remove}
        form = step.entry.form if step.act is Act.CREATE and step.entry else step.held.form if step.held else None
        if step.act not in doing or (step.act is Act.CREATE and form not in KINDS):
            return _NOTHING
        if step.held is not None and form not in KINDS:
            return _FOREIGN
        try:
            return await doing[step.act](step, order(step, self.sync, self.stamp_attribute))
        except _FailedError as error:
            return error.outcome
        except ValueError as error:
            return Failed(Reason.GARBLED, str(error))

    async def _create(self, step: Step, wanted: Order) -> Outcome:
        """Looks, makes the object under its stamp as a display name, writes the rest; half of it is gone on with."""
        entry = step.entry
        if entry is None or len(wanted.stamp) > LONGEST_NAME:
            return Failed(Reason.GARBLED, f"the anchor is longer than a stamp can be ({LONGEST_NAME} characters)")
        if entry.form is Form.MAIL_USER and self.block is None:
            return Failed(Reason.NO_ACCESS, "mail users are made only where Graph can block their sign-in")
        addresses = {wanted.address, *map(_address, wanted.add)}
        there = self._told(
            await who_has(self.send, self.endpoint, addresses, as_of=self.clock()), "looking for the addresses"
        )
        ours = [each for each in there if self._is_for(each, step.anchor) and each.kind == KINDS[entry.form]]
        if len(ours) != len(there) or len(ours) > 1:
            return _CLASH
        if ours and ours[0].synchronised:
            return Failed(Reason.FORBIDDEN, SYNCHRONISED)
        key, account = (ours[0].key, ours[0].account) if ours else await self._made(entry.form, wanted)
        if entry.form is Form.MAIL_USER:
            await self._blocked(account)
        missing = [each for each in wanted.add if not ours or _address(each) not in ours[0].addresses]
        own = {self.stamp_attribute: wanted.stamp, **self._own(wanted, missing, ()), _NAME: _name(entry)}
        if ours and ours[0].kind == GROUP:
            own |= described(ours[0].description, wanted.stamp)
        return await self._written(key, KINDS[entry.form], own, wanted, begun=True)

    async def _made(self, form: Form, wanted: Order) -> tuple[str, str]:
        parameters: dict[str, Any] = {
            "Name": wanted.name,
            "Alias": wanted.alias,
            "DisplayName": wanted.stamp,
            _ADDRESS[KINDS[form]]: wanted.address,
        }
        if form is Form.GROUP:
            parameters |= {"Type": "Distribution", **described("", wanted.stamp)}
        if form is Form.MAIL_USER:
            parameters["MicrosoftOnlineServicesID"] = f"{wanted.alias}@{self.sign_in_domain}"
            parameters["Password"] = self.password()  # nobody keeps it
        rows = await self._call(f"New-{_NOUNS[KINDS[form]][0]}", parameters)
        key = str(rows[0].get("Guid") or "") if rows else ""
        if not key:
            raise _FailedError(Failed(Reason.GARBLED, "Exchange Online does not say what it made", doubt=True))
        return key, str(rows[0].get("ExternalDirectoryObjectId") or "")

    async def _blocked(self, account: str) -> None:
        """Before the stamp is written: what bears it is blocked."""
        error = await self.block(account) if self.block and account else PeerError(Reason.NO_SUCH_MAILBOX)
        for pause in _SEEN_AFTER if account else ():
            if self.block is None or error is None or error.reason is not Reason.NO_SUCH_MAILBOX:
                break
            await self.sleep(pause)
            error = await self.block(account)
        if error is not None:
            words = f"the new mail user is there, and its sign-in is not blocked yet: the next plan goes on ({error})"
            raise _FailedError(Failed(error.reason, words, error.retry_after, doubt=True))

    async def _update(self, step: Step, wanted: Order) -> Outcome:
        there = await self._ours(step, wanted)
        if there is None:
            return _GONE
        alone = {change.field for change in step.changes} == {"members"}  # who went may have changed the group
        if step.held and step.held.version and step.held.version != there.version and not alone:
            return _CHANGED
        add = [each for each in wanted.add if _address(each) not in there.addresses]
        take = [each for each in wanted.take if _address(each) in there.addresses]
        own = self._own(wanted, add, take)
        if is_half(there, self.stamp_attribute):
            if there.kind == MAIL_USER:
                await self._blocked(there.account)
            own = {self.stamp_attribute: Stamp(self.sync, step.anchor).text, **own}
            if step.entry is not None:
                own[_NAME] = _name(step.entry)
        if there.kind == GROUP:
            own |= described(there.description, wanted.stamp)
        moved = await self._moved(there, wanted) if wanted.was else False
        return await self._written(there.key, there.kind, own, wanted, begun=moved)

    async def _moved(self, there: Recipient, wanted: Order) -> bool:
        """The address, and what Exchange makes of it: the primary one, and the old one among the others."""
        mine = {"Identity": there.key}
        if there.address is None or there.address.address != wanted.address:
            found = await who_has(self.send, self.endpoint, [wanted.address], as_of=self.clock())
            if any(each.key != there.key for each in self._told(found, "looking for the address")):
                raise _FailedError(_CLASH)
            await self._set(there.kind, {**mine, _ADDRESS[there.kind]: wanted.address})
        now = await self._read(there.kind, there.key)
        if now.primary != wanted.address:
            await self._set(there.kind, {**mine, "WindowsEmailAddress": wanted.address}, again=True)
            now = await self._read(there.kind, there.key)
        if _address(wanted.was) in now.addresses:
            without = changed_values(remove=[f"smtp:{wanted.was}"])
            await self._set(there.kind, {**mine, "EmailAddresses": without}, again=True)
        return True

    async def _remove(self, step: Step, wanted: Order) -> Outcome:
        there = await self._ours(step, wanted)
        if there is None:
            return Written()
        bypass = BYPASS if there.kind == GROUP else {}
        cmdlet = Cmdlet(f"Remove-{_NOUNS[there.kind][0]}", {"Identity": there.key, "Confirm": False, **bypass})
        result = await called(self.send, self.endpoint, cmdlet, as_of=self.clock())
        gone = isinstance(result, PeerError) and result.reason is Reason.NO_SUCH_MAILBOX
        return _failed(result, cmdlet.name, wrote=True) if isinstance(result, PeerError) and not gone else Written()

    async def _ours(self, step: Step, wanted: Order) -> Recipient | None:
        """The object as it stands at this moment; None where it is gone. Only what may be written here."""
        kind = KINDS[Form(wanted.form)]
        there = await one(self.send, self.endpoint, kind, wanted.guid, as_of=self.clock())
        if isinstance(there, PeerError) and there.reason is Reason.NO_SUCH_MAILBOX:
            other = await stands(self.send, self.endpoint, wanted.guid, as_of=self.clock())
            if self._told(other, "looking for the object"):
                raise _FailedError(_FOREIGN)  # something else has this key
            return None
        found: Recipient = self._told(there, "reading the object")
        if not self._is_for(found, step.anchor) or FORMS.get(found.kind) not in KINDS:
            raise _FailedError(_FOREIGN)
        if found.synchronised:
            raise _FailedError(Failed(Reason.FORBIDDEN, SYNCHRONISED))
        return found

    def _is_for(self, each: Recipient, anchor: str) -> bool:
        return stamp_of(each, self.stamp_attribute) == Stamp(self.sync, anchor)

    def _own(
        self, wanted: Order, add: list[str] | tuple[str, ...], take: list[str] | tuple[str, ...]
    ) -> dict[str, Any]:
        own: dict[str, Any] = _after(wanted.mail)
        if add or take:
            own["EmailAddresses"] = changed_values(add, take)
        if wanted.hidden is not None:
            own["HiddenFromAddressListsEnabled"] = wanted.hidden
        return own

    async def _written(
        self, key: str, kind: str, own: Mapping[str, Any], wanted: Order, *, begun: bool = False
    ) -> Outcome:
        personal = _after(wanted.personal)
        shown = {name: value for name, value in personal.items() if name != _NAME or value}  # it cannot be empty
        if kind == GROUP:
            shown = {name: value for name, value in shown.items() if name in _TOLD_OF_GROUPS}
        missing: tuple[str, ...] = ()
        if wanted.manager is not None and kind != GROUP:
            shown[MANAGER], missing = await self._manager(wanted.manager)
        for part, values in ((0, own), (1, shown)):
            if values:
                await self._set(kind, {"Identity": key, **values}, part=part, again=begun)
                begun = True
        if kind == GROUP and (wanted.join or wanted.leave):
            members = Members(again=self.again, endpoint=self.endpoint, clock=self.clock)
            missing = self._told(await members.change(key, wanted.join, wanted.leave), "changing members", wrote=True)
        there = await one(self.again(), self.endpoint, kind, key, as_of=self.clock())
        if isinstance(there, PeerError):  # it is written; its version comes with the next reading
            return Written(key, missing=missing)
        return Written(key, there.version, missing)

    async def _manager(self, address: str) -> tuple[str | None, tuple[str, ...]]:
        """Who that is here, and the address where nobody is."""
        members = Members(again=self.again, endpoint=self.endpoint, clock=self.clock)
        known = self._told(await members.who([address] if address else []), "looking for the manager")
        found = known.get(address.lower())
        return (found.key if found else None), ((address,) if address and not found else ())

    async def _set(self, kind: str, parameters: Mapping[str, Any], *, part: int = 0, again: bool = False) -> None:
        bypass = BYPASS if kind == GROUP else {}
        await self._call(f"Set-{_NOUNS[kind][part]}", {**parameters, **bypass}, again=again)

    async def _read(self, kind: str, key: str) -> Recipient:
        there: Recipient = self._told(
            await one(self.again(), self.endpoint, kind, key, as_of=self.clock()), "reading the object", wrote=True
        )
        return there

    async def _call(self, name: str, parameters: Mapping[str, Any], *, again: bool = False) -> list[dict[str, Any]]:
        send = self.again() if again else self.send
        result = await called(send, self.endpoint, Cmdlet(name, parameters), as_of=self.clock())
        if (less := undescribed(parameters, result)) is not None:
            result = await called(send, self.endpoint, Cmdlet(name, less), as_of=self.clock())
        rows: list[dict[str, Any]] = self._told(result, name, wrote=True)
        return rows

    def _told(self, result: Any, doing: str, *, wrote: bool = False) -> Any:
        if isinstance(result, PeerError):
            raise _FailedError(_failed(result, doing, wrote=wrote))
        return result


def _after(values: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {name: after or None for name, (_, after) in values.items()}


def _name(entry: Entry) -> str:
    return entry.texts.get(Field.DISPLAY_NAME) or entry.address.local


def _address(proxy: str) -> str:
    """As :attr:`galsync.entries.Held.addresses` has it."""
    return proxy.lower().removeprefix("smtp:")


def _failed(error: PeerError, doing: str, *, wrote: bool = False) -> Failed:
    """What a refusal means for the step. A write that was not answered may have been done."""
    unsure = wrote and error.reason in _DOUBT and not error.detail.startswith("HTTP 4")
    words = f"{doing}: {_REMEDIES.get(error.reason, _OTHERWISE)} ({error})"
    return Failed(error.reason, words, error.retry_after, doubt=unsure)
