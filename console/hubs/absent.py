"""Says why an item does not stand at a spoke, as far as the rules, the ledger and the last attempt tell."""

from calsync.agreed import Agreed
from calsync.hubs import Hub
from calsync.ledger.rows import Story
from calsync.plans.details import NOTHING, level
from calsync.plans.getting import wanted
from calsync.rules import SpokeRules
from calsync.spoke import Act
from service.runs.states import StepState

_NOT_MADE = (StepState.FAILED, StepState.DOUBT)


def why_absent(hub: Hub, agreed: Agreed, story: Story, rules: SpokeRules, *, paused: str) -> str:
    """In a sentence, the strongest reason first; ``paused`` says why the spoke is, "" where it is not."""
    link, ability = agreed.links.get(rules.name), hub.spokes[rules.name].ability
    unfit = wanted(agreed.fields, rules.gets, ability, hub.rules.kind, made=True)[1]
    latest = next((row for row in story.steps if row.spoke == rules.name), None)
    failed = latest if latest is not None and latest.act is Act.CREATE and latest.state in _NOT_MADE else None
    reasons = (
        (agreed.ended, f"it is gone at {agreed.origin}, where it came from"),
        (level(agreed.fields) == NOTHING, f"{agreed.origin} does not give it any more"),
        (not rules.gets.create, "no copies may be made here (create = false)"),
        (not ability.writable, "this spoke cannot be written"),
        (bool(paused), f"this spoke is paused: {paused}"),
        (bool(unfit), unfit),
        (link is not None and bool(link.left), link.left if link is not None else ""),
        (failed is not None, f"run {failed.run} could not make it: {failed.words}" if failed else ""),
        (agreed.pending, "the next run makes it"),
    )
    return next(
        (words for holds, words in reasons if holds),
        f"nothing tells why: `busyline calendar sync {hub.name} --whole` reads all of it, and makes it or says why not",
    )
