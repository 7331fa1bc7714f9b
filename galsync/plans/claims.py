"""Believes a stamp that stands where anybody may write it only where this sync itself had begun to make the object."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from galsync.entries import Agreement, Held
from protocols.model.person import Field


def believed(
    held: Iterable[Held], *, sync: str, agreed: Mapping[str, Agreement], begun: Mapping[str, Sequence[Agreement]]
) -> Iterator[Held]:
    """``held``, read once and in its order. What is half made (``Held.half``) and claims to be of ``sync`` is somebody
    else's, without a stamp and named as it is, unless the ledger knows it: a guest is named by whoever invites them.

    ``agreed`` and ``begun`` (what may have been written without the ledger having heard of it) are by anchor.
    """
    for one in held:
        if not one.half or one.stamp is None or one.stamp.sync != sync or _made(one, one.stamp.anchor, agreed, begun):
            yield one
        else:
            yield replace(one, stamp=None, half=False, texts={**one.texts, Field.DISPLAY_NAME: one.stamp.text})


def _made(
    held: Held, anchor: str, agreed: Mapping[str, Agreement], begun: Mapping[str, Sequence[Agreement]]
) -> bool:  # fmt: skip
    known = agreed.get(anchor)
    if known is not None and known.key == held.key:
        return True
    has = held.addresses | ({held.address.address} if held.address else set())
    return any(each.address in has for each in begun.get(anchor, ()))
