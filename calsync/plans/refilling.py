"""Fills a spoke again that lost its items: what is gone there is made anew, and nothing else goes with it."""

from collections.abc import Iterable
from dataclasses import replace

from calsync.plans.found import Found
from calsync.spoke import Act
from calsync.steps import Decision, Why


def forgotten(found: Found) -> None:
    """What is gone at the spokes that are filled again, and did not come back under another key, nobody removed."""
    spokes = found.situation.refill
    for agreed in list(found.items.values()) if spokes else ():
        lost = [agreed.links[spoke] for spoke in sorted(spokes & agreed.links.keys())]
        lost = [link for link in lost if found.situation.gone(link)]
        if lost and not agreed.ended:
            links = {link.spoke: replace(link, version="", left="") for link in lost}
            found.put(replace(agreed, links={**agreed.links, **links}, pending=True), ())


def told(decisions: Iterable[Decision], spokes: frozenset[str]) -> list[Decision]:
    """``decisions``; what is made again at ``spokes`` says why."""
    return [
        replace(
            decision,
            steps=[
                replace(step, why=Why.REFILLED)
                if step.act is Act.CREATE and step.why is Why.LOST and step.spoke in spokes
                else step
                for step in decision.steps
            ],
        )
        if spokes
        else decision
        for decision in decisions
    ]
