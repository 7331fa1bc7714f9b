"""Does the steps of a plan to guests of a Microsoft 365 organisation, one by one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from galsync.entries import Entry, Form, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.graph.accounts import FIELDS, Account, Stands
from protocols.graph.guests import change, one, properties, remove, who_has
from protocols.graph.invitations import LONGEST_NAME, invite
from protocols.graph.photos import put_photo
from protocols.graph.tried import refused_with
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

_SEEN_AFTER: Final = (1.0, 2.0, 4.0, 8.0)  # seconds: a new guest is not known everywhere at once
_DOUBT: Final = frozenset({Reason.TIMEOUT, Reason.UNREACHABLE, Reason.GARBLED, Reason.PEER_FAILED})
_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "sign-in was refused: check the application's secret or certificate",
    Reason.NO_ACCESS: "not allowed: the application needs User.Invite.All, User.ReadWrite.All and "
    "User.EnableDisableAccount.All, and the organisation's external collaboration settings must let it invite",
    Reason.THROTTLED: "Graph asks for peace",
    Reason.NO_SUCH_MAILBOX: "the guest is not there any more: the next plan looks again",
}
_OTHERS: Final = "left alone: what stands there is not a guest of this sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """Writes guests of one sync; what stands there is read before each write, and nothing of others is touched."""

    send: Send
    sync: str
    api_url: str
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    stamp_at: str
    redirect: str

    async def write(self, step: Step) -> Outcome:
        """What became of one step."""
        if step.act is Act.CREATE:
            return await self._created(step)
        if step.held is None or step.act not in (Act.UPDATE, Act.RETIRE, Act.REMOVE):
            return Failed(Reason.PEER_FAILED, f"a step that names no guest ({step.act.value})")
        account = await self._one(step.held.key)
        if isinstance(account, PeerError):
            gone = account.reason is Reason.NO_SUCH_MAILBOX
            return Written() if gone and step.act is Act.REMOVE else _failed(account, "reading the guest")
        stamp = Stamp.read(account.stamp)
        if stamp is None or stamp.sync != self.sync or account.stands is not Stands.GUEST:
            return Failed(Reason.NO_ACCESS, _OTHERS)
        return await self._touched(step, account, stamp)

    async def _touched(self, step: Step, account: Account, stamp: Stamp) -> Outcome:
        if step.act is Act.REMOVE:
            failure = await remove(self.send, account.key, api_url=self.api_url, as_of=self.clock())
            return _failed(failure, "deleting the guest", wrote=True) if failure else Written()
        if step.held and step.held.version and step.held.version != account.version:
            return Failed(Reason.PEER_FAILED, "somebody else changed the guest meanwhile: the next plan looks again")
        return await self._updated(step, account, stamp)

    async def _updated(self, step: Step, account: Account, stamp: Stamp) -> Outcome:
        names = {each.field for each in step.changes}
        if step.entry is not None and "address" in names:
            words = "the address of a guest cannot be changed: remove the guest, or reset its redemption in Entra"
            return Failed(Reason.NO_ACCESS, words)
        body: dict[str, Any] = {}
        if step.entry is not None:
            written = [key for key in FIELDS if key.value in names]
            half = stamp.text if account.half else ""
            body = properties(step.entry.texts, written, stamp=half, stamp_at=self.stamp_at)
        if step.act is Act.RETIRE or "hidden" in names:
            body["accountEnabled"] = not (step.entry.hidden if step.entry else True)
        if step.entry is not None and "photo" in names and (failure := await self._pictured(account.key, step.entry)):
            return failure
        return await self._changed(account.key, body)

    async def _created(self, step: Step) -> Outcome:
        """Looks, invites under the stamp as a name, looks whether that is who was made, and writes the rest."""
        entry, stamp = step.entry, Stamp(self.sync, step.anchor)
        if entry is None or entry.form is not Form.GUEST:
            return Failed(Reason.PEER_FAILED, "only guests are made here: give the sync another target or form")
        if len(stamp.text) > LONGEST_NAME:
            return Failed(Reason.PEER_FAILED, f"the anchor is longer than a stamp can be ({LONGEST_NAME} characters)")
        key = await self._invited(entry.address, stamp)
        if isinstance(key, Failed):
            return key
        account = await self._one(key, patiently=True)
        if isinstance(account, PeerError):
            return _failed(account, "reading the new guest", doubt=True)
        if account.stamp != stamp.text or account.stands is not Stands.GUEST:
            return Failed(Reason.NO_ACCESS, "the address was taken meanwhile: the next plan names by whom")
        return await self._finished(key, entry, stamp)

    async def _invited(self, address: Mailbox, stamp: Stamp) -> str | Failed:
        now = self.clock()
        there = await who_has(
            self.send, address.address, api_url=self.api_url, as_of=now, stamp_at=self.stamp_at
        )  # fmt: skip
        if isinstance(there, PeerError):
            return _failed(there, "looking whether the address is taken")
        if there:
            return Failed(Reason.NO_ACCESS, "the address is taken in the directory: the next plan names by whom")
        key = await invite(self.send, address, stamp.text, api_url=self.api_url, as_of=now, redirect=self.redirect)
        return _failed(key, "inviting the guest", wrote=True) if isinstance(key, PeerError) else key

    async def _finished(self, key: str, entry: Entry, stamp: Stamp) -> Outcome:
        texts = {key: text for key, text in entry.texts.items() if key in FIELDS}
        body = properties(texts, texts, stamp=stamp.text, stamp_at=self.stamp_at)
        body = {"displayName": entry.address.local, **body}  # in place of the stamp
        if entry.hidden:
            body["accountEnabled"] = False
        failure = await self._pictured(key, entry) if entry.photo else None
        outcome = failure or await self._changed(key, body, patiently=True)
        if isinstance(outcome, Failed):  # a guest stands there, and the next plan knows it by its stamp
            return Failed(outcome.reason, outcome.words, outcome.retry_after, doubt=True)
        return outcome

    async def _pictured(self, key: str, entry: Entry) -> Failed | None:
        """The photo, before the rest: while it is missing, the stamp still stands where a half-made guest has it."""
        failure = await put_photo(self.send, key, entry.photo, api_url=self.api_url, as_of=self.clock())
        for pause in _SEEN_AFTER:
            if failure is None or not refused_with(failure, 404):
                break
            await self.sleep(pause)
            failure = await put_photo(self.send, key, entry.photo, api_url=self.api_url, as_of=self.clock())
        return _failed(failure, "writing the photo", wrote=True) if failure else None

    async def _changed(self, key: str, body: dict[str, Any], *, patiently: bool = False) -> Outcome:
        if body:
            failure = await change(self.send, key, body, api_url=self.api_url, as_of=self.clock())
            for pause in _SEEN_AFTER if patiently else ():
                if failure is None or failure.reason is not Reason.NO_SUCH_MAILBOX:
                    break
                await self.sleep(pause)
                failure = await change(self.send, key, body, api_url=self.api_url, as_of=self.clock())
            if failure is not None:
                return _failed(failure, "writing the guest", wrote=True)
        account = await self._one(key, patiently=patiently)
        if isinstance(account, PeerError):  # it is written; its version comes with the next reading
            return Written(key)
        return Written(key, account.version)

    async def _one(self, key: str, *, patiently: bool = False) -> Account | PeerError:
        account = await one(self.send, key, api_url=self.api_url, as_of=self.clock(), stamp_at=self.stamp_at)
        for pause in _SEEN_AFTER if patiently else ():
            if isinstance(account, Account) or account.reason is not Reason.NO_SUCH_MAILBOX:
                break
            await self.sleep(pause)
            account = await one(self.send, key, api_url=self.api_url, as_of=self.clock(), stamp_at=self.stamp_at)
        return account


def _failed(error: PeerError, doing: str, *, wrote: bool = False, doubt: bool = False) -> Failed:
    """What a refusal means for the step. A write that was not answered may have been done."""
    remedy = _REMEDIES.get(error.reason, "try again; where it stays so, look at the directory by hand")
    words = f"{doing}: {remedy} ({error})"
    unsure = doubt or (wrote and error.reason in _DOUBT and not error.detail.startswith("HTTP 4"))
    return Failed(error.reason, words, error.retry_after, doubt=unsure)
