"""Looks up the photos that a plan takes away, so that an undo can give them back: no reading of everybody has them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from galsync.side import Target
from galsync.steps import Act, Plan, Step

_AT_ONCE: Final = 100  # objects of one question: each answer may have 100 kB


async def pictured(target: Target, place: str, plan: Plan) -> Plan:
    """``plan``, whose steps tell in ``held`` the photo that was written there, where ``target`` gives it back.

    Nothing is asked where no photo is replaced or removed. Raises PeerError.
    """
    keys = [step.held.key for step in plan.steps if step.held and _loses(step)]
    if not keys or not target.ability.photos:
        return plan
    photos: dict[str, bytes] = {}
    for start in range(0, len(keys), _AT_ONCE):
        part: Sequence[str] = keys[start : start + _AT_ONCE]
        photos |= {held.key: held.photo for held in await target.look(place, part, ()) if held.photo}
    return replace(plan, steps=tuple(_with(step, photos) if _loses(step) else step for step in plan.steps))


def _loses(step: Step) -> bool:
    """Whether a photo that the ledger knows goes, and what stood there was read without it."""
    had = step.held is not None and not step.held.photo and step.known is not None and step.known.photo
    return bool(had) and (step.act is Act.REMOVE or any(change.field == "photo" for change in step.changes))


def _with(step: Step, photos: dict[str, bytes]) -> Step:
    photo = photos.get(step.held.key, b"") if step.held else b""
    return replace(step, held=replace(step.held, photo=photo)) if step.held and photo else step
