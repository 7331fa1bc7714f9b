"""One item at two spokes as the ledger has it, and what becomes of it."""

from dataclasses import replace

from calsync.agreed import Agreed, Link
from calsync.contents import digests, fields
from calsync.plans.draft import Draft
from calsync.plans.looking import look
from calsync.plans.situation import Situation
from calsync.plans.standing import everywhere
from calsync.rules import HubRules
from calsync.spoke import Ability
from tests.calsync.plans.model import NOW, event, giver, rules, whatever

FIELDS = fields(event())
STOOD = digests(FIELDS)
A = Link(spoke="a", key="1", version="v1", asked=STOOD, stood=STOOD)
B = replace(A, spoke="b", made=True, copies=1, worn="{}")
AGREED = Agreed(id="x", origin="a", fields=FIELDS, links={"a": A, "b": B})
OPEN = rules(giver("a"), giver("b"))


def standing(
    agreed: Agreed = AGREED, *, hub: HubRules = OPEN, now: Agreed | None = None, live: bool = True, away: str = ""
) -> Draft:
    """What becomes of ``agreed``, as the ledger has it, where it shall be as ``now``."""
    situation = Situation(
        rules=hub,
        now=NOW,
        seen={},
        unread={},
        abilities={name: Ability(fit=whatever) for name in "ab" if name != away},
        everything=False,
    )
    made = Draft(situation=situation, look=look(situation, agreed), agreed=now or agreed, live=live)
    everywhere(made)
    return made
