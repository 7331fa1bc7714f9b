"""Carries plans out in a small address book of its own, as strictly as a target would, for the tests of what plans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from galsync.engine.order import answers_to
from galsync.entries import Agreement, Entry, Held, Stamp
from galsync.plans.fields import texts_after
from galsync.rows import Done
from galsync.steps import Act, Plan, Step


@dataclass
class World:
    """What stands in a target, by key, and what the ledger knows of it. ``unique``: nobody gets a taken address."""

    sync: str
    objects: dict[str, Held] = field(default_factory=dict)
    agreed: dict[str, Agreement] = field(default_factory=dict)
    hides: bool = True
    unique: bool = True
    made: int = 0

    def copy(self) -> "World":
        """The same, to be changed alone."""
        return replace(self, objects=dict(self.objects), agreed=dict(self.agreed))

    def hiding(self, hides: bool) -> "World":
        """The same as a target that can hide or cannot: then nothing is hidden in it."""
        shown = {key: replace(held, hidden=held.hidden and hides) for key, held in self.objects.items()}
        return replace(self, objects=shown, agreed=dict(self.agreed), hides=hides)

    def put(self, held: Held) -> Held:
        """An object under a key of its own."""
        self.made += 1
        held = replace(held, key=held.key or f"new-{self.made:04}")
        self.objects[held.key] = held
        return held

    def ours(self) -> list[Held]:
        """What bears our stamp, by anchor."""
        found = (held for held in self.objects.values() if held.stamp and held.stamp.sync == self.sync)
        return sorted(found, key=lambda held: (held.stamp.anchor if held.stamp else "", held.key))

    def foreign(self) -> dict[str, Held]:
        """What does not, by key."""
        return {key: held for key, held in self.objects.items() if not held.stamp or held.stamp.sync != self.sync}

    def content(self) -> list[Held]:
        """All objects without what a target names them by."""
        bare = (replace(held, key="", version="") for held in self.objects.values())
        return sorted(
            bare, key=lambda held: (held.stamp.text if held.stamp else "", sorted(held.addresses), repr(held))
        )

    def apply(self, plan: Plan) -> list[Done]:
        """Do all of ``plan`` in its order; the history of it. AssertionError where a target would refuse."""
        done = []
        for step in plan.steps:
            if step.act is Act.CONFLICT:
                continue
            if step.act is Act.REMEMBER:
                self._agree(step, "")
                continue
            key = self._write(step)
            self._agree(step, key)
            done.append(
                Done(
                    act=step.act,
                    anchor=step.anchor,
                    place=plan.place,
                    key=key or (step.held.key if step.held else ""),
                    entry=replace(step.entry, photo=b"") if step.entry else None,
                    before=step.held,
                    known=step.known,
                    agreement=step.agreement and replace(step.agreement, key=key or step.agreement.key),
                    changes=step.changes,
                )
            )
        for anchor in plan.forget:
            del self.agreed[anchor]
        return done

    def _agree(self, step: Step, key: str) -> None:
        if step.agreement is None:
            self.agreed.pop(step.anchor, None)
        else:
            assert step.agreement.anchor == step.anchor
            self.agreed[step.anchor] = replace(step.agreement, key=key or step.agreement.key)

    def _write(self, step: Step) -> str:
        if step.act is Act.CREATE:
            assert step.entry is not None
            assert step.held is None
            made = _made(step.entry, self.sync, self._free(answers_to(step.entry)))
            return self.put(replace(made, hidden=made.hidden and self.hides)).key
        assert step.held is not None
        held = self.objects[step.held.key]
        assert held == step.held, "somebody else was quicker"
        assert held.stamp == Stamp(self.sync, step.anchor), "not ours"
        if step.act is Act.RETIRE and not self.hides:
            return held.key  # the ledger alone remembers it
        assert not held.readonly
        assert held.form is not None
        del self.objects[held.key]
        if step.act is Act.REMOVE:
            return ""
        if step.act is Act.RETIRE:
            self.objects[held.key] = replace(held, hidden=True)
        else:
            assert step.changes, "an update of nothing"
            after = _updated(held, step)
            self._free(after.addresses - held.addresses)
            self.objects[held.key] = after
        return held.key

    def _free(self, addresses: Iterable[str]) -> frozenset[str]:
        taken = frozenset().union(*(held.addresses for held in self.objects.values()))
        assert not self.unique or taken.isdisjoint(addresses), f"taken: {sorted(taken.intersection(addresses))}"
        return frozenset(addresses)


def _made(entry: Entry, sync: str, addresses: frozenset[str]) -> Held:
    return Held(
        key="",
        stamp=Stamp(sync, entry.anchor),
        form=entry.form,
        address=entry.address,
        addresses=addresses,
        texts=dict(entry.texts),
        hidden=entry.hidden,
        members=entry.members,
        photo=entry.photo,
    )


def _updated(held: Held, step: Step) -> Held:
    """Only what the changes name, as the docstring of Change says."""
    entry, names = step.entry, {change.field for change in step.changes}
    assert entry is not None
    addresses = set(held.addresses)
    if "aliases" in names:
        gone = {*(step.known.aliases if step.known else ())} - {*entry.aliases}
        addresses -= {alias.lower() for alias in gone}
        addresses |= {alias.lower() for alias in entry.aliases}
    if "address" in names:
        addresses -= {held.address.address} if held.address else set()
        addresses |= {alias.lower() for alias in entry.aliases}
    addresses.add(entry.address.address if "address" in names or not held.address else held.address.address)
    return replace(
        held,
        address=entry.address if "address" in names else held.address,
        addresses=frozenset(addresses),
        texts=texts_after(held, step.changes),
        hidden=entry.hidden if "hidden" in names else held.hidden,
        members=entry.members if "members" in names else held.members,
        photo=entry.photo if "photo" in names else held.photo,
    )


def looked(world: World, keys: Iterable[str], addresses: Iterable[str]) -> list[Held]:
    """What a target's ``look`` answers."""
    keys, addresses = set(keys), set(addresses)
    return [held for held in world.objects.values() if held.key in keys or held.addresses & addresses]


def without_keys(agreed: Mapping[str, Agreement]) -> dict[str, Agreement]:
    """Agreements without what a target names the objects by."""
    return {anchor: replace(agreement, key="") for anchor, agreement in agreed.items()}
