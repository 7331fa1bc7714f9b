"""Cuts a plan down to some of its people: those of a batch that moves now, while everybody else waits for a run."""

from collections.abc import Collection
from dataclasses import replace

from galsync.steps import Plan


def narrowed(plan: Plan, anchors: Collection[str], addresses: Collection[str]) -> Plan:
    """``plan`` with the steps of ``anchors`` alone, in their order, and what is reused for ``addresses`` alone.

    What another step would have made room for becomes a failure of the target's, which the next whole run mends.
    """
    return replace(
        plan,
        steps=tuple(step for step in plan.steps if step.anchor in anchors),
        forget=tuple(anchor for anchor in plan.forget if anchor in anchors),
        reused=tuple(address for address in plan.reused if address.lower() in addresses),
    )
