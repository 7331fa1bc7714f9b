"""Says for one item and one spoke what has to be done there, from what shall stand there and what was asked last."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from calsync.agreed import ANEW, Agreed, Link
from calsync.contents import content, digest, digests
from calsync.event_fields import AT, FRAME
from calsync.items import Fields
from calsync.plans.details import BUSY, DETAIL, NOTHING, family, labelled, level
from calsync.plans.getting import NEVER, ours, wanted, worn
from calsync.plans.linking import same_uid
from calsync.plans.looking import WITHHELD, Look, gets_of, less_given
from calsync.plans.refusals import NOT_NOW, PART, barred, first_part, kept, said
from calsync.plans.remembering import stood_before
from calsync.plans.shielding import HOLDS, held, surely
from calsync.plans.situation import Situation
from calsync.plans.staying import marked
from calsync.rules import Treat
from calsync.spoke import Act
from calsync.steps import Left, Step, Why

MAY_NOT_CHANGE: Final = "may not be changed here (change = false)"
MAY_NOT_DELETE: Final = "may not be removed here (delete = false)"
_UNREADABLE: Final = "cannot be read, so it is not written"


@dataclass(slots=True, kw_only=True)
class Standing:
    """What becomes of one item at all spokes. ``agreed`` is what all agree on from now on; ``disputed`` are the fields
    by spoke that another version won, ``revived`` the spokes where an edit elsewhere beat a removal; ``new``: no ledger
    knows the item."""

    situation: Situation
    look: Look
    agreed: Agreed
    live: bool
    fresh: Why = Why.NEW
    disputed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    revived: frozenset[str] = frozenset()
    new: bool = False
    links: dict[str, Link] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    waits: bool = False
    asks: list[tuple[str, str]] = field(default_factory=list)
    """What has to be seen before anything is written there, as (spoke, key)."""
    freed: list[Link] = field(default_factory=list)
    """Somebody's own, of which the item was another: from now on they stand for themselves."""

    @property
    def held_up(self) -> bool:
        """Whether a spoke cannot be written for a while, so that something waits."""
        return any(left.words == NOT_NOW for left in self.left)

    def each(self) -> None:
        """Fills ``steps``, ``left``, ``waits`` and ``links``, spoke by spoke."""
        out = {name: kept(link) for name, link in self.look.lost.items() if name not in self.situation.abilities}
        was = {name: link for name, link in self.look.lost.items() if self.live or link.key}  # or was never made
        lost = {name: replace(link, version="", left=out.get(name, "")) for name, link in was.items()}
        self.links = lost | self.look.links
        for spoke in self.situation.rules.spokes:
            act = self._kept if self.live else self._removed
            act(spoke.name)
        if not self.live:
            self._let_go()

    def _kept(self, spoke: str) -> None:
        link, situation, gets = self.look.links.get(spoke), self.situation, self.situation.gets(spoke)
        ability = situation.abilities.get(spoke)
        if ability is None:
            self.waits = self.waits or self._may_wait(spoke)
            return
        made = spoke != self.agreed.origin and (link is None or link.made)
        own = link is not None and not made and spoke != self.agreed.origin
        if link is not None and own:
            if self._withheld(link):
                return
            gets = gets_of(situation, self.agreed, link)
        shown, why = wanted(self.agreed.fields, gets, ability, situation.kind, made=made, own=own)
        if shown is None:
            if link is None or made or self._looked(link, set(FRAME)):
                self._leave(spoke, why)
        elif link is not None:
            self._compare(link, shown, made=made)
        elif gets.create and ability.writable:
            if not self._refused(spoke):
                self._create(spoke, shown)
        elif gets.create:
            self._leave(spoke, NOT_NOW)

    def _withheld(self, link: Link) -> bool:
        """Whether nothing is written to somebody's own: it is not given, or is again, and then stands for itself."""
        if self.look.withheld(link.spoke):
            self.links[link.spoke] = replace(link, left=WITHHELD)
            return True
        if link.left == WITHHELD:
            self._free(link.spoke)
            self.waits = True  # whether it is the same still, or a copy is to be made beside it, the next run finds out
            return True
        return False

    def _may_wait(self, spoke: str) -> bool:
        """Whether something may have to be done at a spoke that takes no part now."""
        before = self.look.agreed
        changed = self.new or before.pending or before.fields != self.agreed.fields or before.ended != self.agreed.ended
        return changed and (spoke in self.links or self.situation.gets(spoke).create)

    def _refused(self, spoke: str) -> bool:
        """Whether the spoke refused to take just this before, and nobody asked for another try."""
        situation, lost, before = self.situation, self.look.lost.get(spoke), self.look.agreed
        words = kept(lost) if lost is not None else ""
        if not words or situation.everything or spoke in situation.retry or before.fields != self.agreed.fields:
            return False
        self.links[spoke] = replace(self.links[spoke], left=words)
        return True

    def _create(self, spoke: str, shown: Fields) -> None:
        before, stood = self.look.agreed, self.look.lost.get(spoke)
        was = bool(stood and stood.key) and not before.ended and level(before.fields) != NOTHING
        why = Why.CONFLICT if spoke in self.revived else Why.LOST if was else self.fresh
        lost = self.links.get(spoke)
        step = Step(act=Act.CREATE, why=why, item=self.agreed.id, spoke=spoke, fields=shown, link=lost)
        wears = worn(self.situation.gets(spoke)) if spoke != self.agreed.origin else ""
        self.steps.append(replace(step, worn=wears))

    def _compare(self, link: Link, shown: Fields, *, made: bool) -> None:
        spoke = link.spoke
        asked = self._asked(link, shown, made=made)
        link = self.links[spoke] = replace(link, asked=asked)
        stands = digests(shown)
        differ = {name for name in {*stands, *asked} if stands.get(name, b"") != asked.get(name, b"")}
        differ -= self.look.items[spoke].cut if spoke in self.look.items else frozenset()
        differ -= self.agreed.cut if spoke == self.agreed.origin else frozenset()
        refused = frozenset[str]() if spoke in self.situation.retry else barred(link, stands, differ)
        link = replace(link, barred={name: link.barred[name] for name in refused})
        differ -= refused
        wears = worn(self.situation.gets(spoke)) if made else ""
        if not differ:
            self.links[spoke] = replace(link, left=said(link.left, link.barred), worn=link.worn if refused else wears)
            return
        if link.key in self.situation.unread.get(spoke, ()):
            self._leave(spoke, _UNREADABLE)
            self.waits = True
            return
        if not (differ := self._open_to(link, differ, made=made)):
            return
        if why := self._barred(link, allowed=self.situation.gets(spoke).change, words=MAY_NOT_CHANGE):
            self._leave(spoke, why)
            return
        if not made and not self._looked(link, differ):
            return
        if made and not FRAME.isdisjoint(differ):  # of all else its spoke keeps what nobody changed as it stands there
            differ |= {name for name in {*stands, *link.stood} if name.startswith(AT)}
        if link.left.startswith(PART):
            part = first_part(differ)
            wears = wears if part == differ else link.worn
            self.waits, differ = self.waits or part != differ, part
        else:
            link = replace(link, left=said(link.left, link.barred))
        self.links[spoke] = link
        step = Step(act=Act.UPDATE, why=self._why(spoke, differ), item=self.agreed.id, spoke=spoke, fields=shown)
        before = stood_before(self.situation, self.look, link)
        self.steps.append(replace(step, changes=frozenset(differ), link=link, before=before, worn=wears))
        if not made and spoke != self.agreed.origin:  # whether it is given still shows when it was written, and is read
            self.waits = self.waits or less_given(self.situation, content(shown), shown, spoke)

    def _open_to(self, link: Link, differ: set[str], *, made: bool) -> set[str]:
        """What of ``differ`` may be written: to what is no copy of ours nothing that it holds back, and no other times
        of a series that holds anything back."""
        if made or link.spoke not in self.look.items:
            return differ
        holds = held(self.situation, self.look, link.spoke)
        if holds and not FRAME.isdisjoint(differ):
            self._leave(link.spoke, HOLDS)
            return set()
        return differ - holds

    def _looked(self, link: Link, differ: set[str]) -> bool:
        """Whether it is known what a write of ``differ`` would befall there; else it waits until it was seen."""
        if link.spoke in self.look.items:
            return True
        cut = self.agreed.cut if link.spoke == self.agreed.origin else link.stood.keys()
        if surely(link, self.look.agreed.fields, differ, cut):
            return True
        self.waits = True
        self.asks.append((link.spoke, link.key))
        return False

    def _asked(self, link: Link, shown: Fields, *, made: bool) -> dict[str, bytes]:
        """What was asked of this spoke last, as far as that still tells what stands there now."""
        spoke, situation = link.spoke, self.situation
        asked = dict(link.asked)
        gets, fields = gets_of(situation, self.agreed, link), self.agreed.fields
        own = not made and spoke != self.agreed.origin
        if not made:  # what it does not share with the others is its own
            families = situation.abilities[spoke].fields
            asked = {
                name: each
                for name, each in asked.items()
                if not ours(name, fields, gets, situation.kind, own=own)
                and (families is None or family(name) in families)
            }
        for name in self._looked_at(spoke, shown, asked, made=made):
            value = shown.get(name)
            stays = self._marked(spoke, name, value) if made else self._gave(spoke, name)
            if stays or digest(value) == link.stood.get(name, b""):
                _put(asked, name, digest(value))
            elif made or name in shown or not ours(name, fields, gets, situation.kind, own=own):
                asked[name] = ANEW
        return asked

    def _marked(self, spoke: str, name: str, value: str | None) -> bool:
        """Whether a copy is as it shall be, but that somebody marked it as private: that stays, since it would not be
        given any more if its origin bore the mark."""
        gives = self.situation.gives(self.agreed.origin)
        skips = gives is not None and gives.private is not Treat.COPY
        return skips and marked(name, self.look.raw.get(spoke, {}).get(name), value)

    def _looked_at(self, spoke: str, shown: Fields, asked: Mapping[str, bytes], *, made: bool) -> frozenset[str]:
        """The fields of which what was seen there now says more than what was asked."""
        names = self.look.changed.get(spoke, frozenset()) - NEVER
        names -= self.look.own[spoke].withheld if spoke in self.look.own else frozenset()
        if spoke == self.agreed.origin and self.look.given is not None:  # given for the first time
            names |= {name for name in shown if name not in asked and self._gave(spoke, name)}
        stood, open_ = self.look.links[spoke].stood, {name for name, each in asked.items() if each == ANEW}
        open_ |= shown.keys() - asked.keys()
        return names | {name for name in open_ if digest(shown.get(name)) == stood.get(name, b"")}

    def _gave(self, spoke: str, name: str) -> bool:
        """Whether what all agree on is just what this spoke, which is the origin, gave."""
        given = self.look.given
        if spoke != self.agreed.origin or given is None or given.fields is None or spoke not in self.look.raw:
            return False
        return given.fields.get(name) == self.agreed.fields.get(name)

    def _why(self, spoke: str, differ: set[str]) -> Why:
        before = self.look.agreed
        if not self.live:
            return self._withdrawn
        if not differ.isdisjoint(self.disputed.get(spoke, ())):
            return Why.CONFLICT
        if self.look.edits or (before.fields != self.agreed.fields and not self.situation.everything):
            return Why.CHANGED
        if spoke in self.look.changed and not differ.isdisjoint(self.look.changed[spoke]):
            return Why.PUT_BACK
        return Why.RULES if self.situation.everything else Why.CHANGED

    @property
    def _withdrawn(self) -> Why:
        return Why.SORTED_OUT if self.look.given is not None and self.look.given.sort else Why.WITHDRAWN

    def _removed(self, spoke: str) -> None:
        """A copy goes with its original. What is not ours goes only where the item itself was removed."""
        link = self.look.links.get(spoke)
        if link is None:
            return
        if spoke == self.agreed.origin and not self.agreed.ended:
            return
        if self._stays(link):
            return
        if spoke not in self.situation.abilities or link.key in self.situation.unread.get(spoke, ()):
            self.waits = True
            return
        if why := self._barred(link, allowed=self.situation.gets(spoke).delete, words=MAY_NOT_DELETE):
            if why == MAY_NOT_DELETE and self._written_down(link):
                return
            self._leave(spoke, why)
            if not link.made and why != NOT_NOW:  # what only cannot be removed now goes when it can
                self._free(spoke)
            return
        link = self.links[spoke] = replace(link, left="")
        gone = Why.GONE if self.agreed.by in ("", self.agreed.origin) else Why.REMOVED
        why_removed = gone if self.agreed.ended else self._withdrawn
        before = stood_before(self.situation, self.look, link)
        step = Step(act=Act.DELETE, why=why_removed, item=self.agreed.id, spoke=spoke, link=link, before=before)
        self.steps.append(step)

    def _let_go(self) -> None:
        """Somebody's own stands for itself once all copies are gone: until then an edit of one of these may bring the
        item back, of which it is still another."""
        own = [spoke for spoke, link in self.look.links.items() if spoke in self.links and self._stays(link)]
        if own and self.agreed.ended and (self.steps or self.waits):
            self.waits = True
            return
        for spoke in own:
            self._free(spoke)

    def _stays(self, link: Link) -> bool:
        """Whether it is somebody's own, which does not go with the original."""
        return link.spoke != self.agreed.origin and not link.made and not self._goes(link)

    def _written_down(self, link: Link) -> bool:
        """Whether a copy of what is not given any more, which may be changed and not removed, is still to be written
        down to its times alone."""
        fields, spoke, situation = self.agreed.fields, link.spoke, self.situation
        if self.agreed.ended or not link.made or not situation.gets(spoke).change or fields.keys() <= {DETAIL}:
            return False
        ability, gets = situation.abilities[spoke], situation.gets(spoke)
        shown, _ = wanted(labelled(fields, BUSY), gets, ability, situation.kind, made=True)
        before = len(self.steps)
        if shown is not None:
            self._compare(link, shown, made=True)
        written = len(self.steps) > before
        self.waits = self.waits or written  # afterwards it is told that it stands there still
        return written

    def _goes(self, link: Link) -> bool:
        """Whether somebody's own goes with the original: it is the very one, by its UID, and is given."""
        return (
            self.agreed.ended and not link.copies and same_uid(self.agreed, link) and not self.look.withheld(link.spoke)
        )

    def _free(self, spoke: str) -> None:
        """Somebody's own stands for itself. What came in the place of a copy of ours never goes with the original: the
        original may have been moved here, and was read before it went there."""
        self.freed.append(self.links.pop(spoke))

    def _barred(self, link: Link, *, allowed: bool, words: str) -> str:
        if link.guarded:
            return link.guarded
        if not allowed:
            return words
        return "" if self.situation.writable(link.spoke) else NOT_NOW

    def _leave(self, spoke: str, words: str) -> None:
        """Told in the report, and kept in the link, where there is one. What only cannot be done now waits."""
        self.waits = self.waits or words == NOT_NOW
        self.left.append(Left(item=self.agreed.id, spoke=spoke, words=words))
        if spoke in self.look.links:
            self.links[spoke] = replace(self.links[spoke], left=words)


def _put(asked: dict[str, bytes], name: str, value: bytes) -> None:
    if value:
        asked[name] = value
    else:
        asked.pop(name, None)
