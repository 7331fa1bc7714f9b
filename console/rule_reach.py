"""Checks whom rules reach: entries that nobody is behind, and people who have a way around."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from console.findings import Finding, error, note, warning
from console.server_checks import meets
from protocols.model.freebusy import Detail
from protocols.model.mailbox import Mailbox
from proxy.settings.rules import RuleSettings
from routing.names import known_as
from routing.patterns import ANY
from routing.rules import About, Rule, Rules
from routing.table import Route, RouteTable

_MOST_TOLD = 10
_ANYBODY = "somebody"
_NARROWING = ("horizon_back", "horizon_ahead", "hours", "redact", "busy_only")
_NOTHING = (None, (), False)


@dataclass(frozen=True, slots=True)
class Entry:
    """Whom a rule is about, and where that stands: ``board.txt:3: ``, or nothing for the rule itself."""

    pattern: str
    place: str = ""


def check_reach(key: str, rule: RuleSettings, entries: Sequence[Entry], table: RouteTable) -> Iterator[Finding]:
    """Each entry that no route leads to, and the first of those whose people another route may lead to."""
    served = [match for route in table.routes for match in (route.match, *_target(route))]
    missed = [entry for entry in entries if not any(_serves(entry.pattern, match) for match in served)]
    finding = error if rule.busy_only else warning
    for entry in missed[:_MOST_TOLD]:
        yield finding(key, f"{entry.place}no route leads to {entry.pattern}", _remedy(entry.pattern, served))
    if len(missed) > _MOST_TOLD:
        what = f"no route leads to {len(missed) - _MOST_TOLD} more of its entries either"
        yield finding(key, what, "mend them, or take them out")
    if rule.sees is Detail.BUSY or any(getattr(rule, name) not in _NOTHING for name in _NARROWING):
        yield from _ways_around(key, [entry for entry in entries if entry not in missed], table)


def _target(route: Route) -> Iterator[str]:
    """What a rewrite leads to: an address, a domain, or ``*.domain``."""
    if route.rewrite is None:
        return
    local, _, domain = route.match.rpartition("@")
    somebody = Mailbox.parse(f"{local or _ANYBODY}@{domain.replace('*', _ANYBODY)}")
    for known in known_as(somebody, route):
        yield known if local else known.rpartition("@")[2].replace(f"{_ANYBODY}.", "*.", 1)


def _serves(pattern: str, match: str) -> bool:
    return pattern == match.lower() if "@" in pattern and "@" in match else meets(pattern, match)


def _remedy(pattern: str, served: Sequence[str]) -> str:
    local, at, domain = pattern.rpartition("@")
    close = get_close_matches(domain, [match.rpartition("@")[2] for match in served], n=1, cutoff=0.75)
    if close and close[0] != domain:
        return f"did you mean {local}{at}{close[0]}?"
    return "mend it, or take it out"


def _ways_around(key: str, entries: Sequence[Entry], table: RouteTable) -> Iterator[Finding]:
    """People who may have an address of another domain of their connector, about which no route tells anything."""
    rules = Rules([Rule(number=1, about=tuple(About(each.pattern, "") for each in entries))], "", table)
    domains = [route for route in table.routes if "@" not in route.match]
    around: dict[tuple[str, bool], list[Entry]] = {}
    for entry in entries if not any(each.pattern == ANY for each in entries) else ():
        vias = {via for route in table.routes if _serves(entry.pattern, route.match) for via in route.via}
        for route in domains:
            own = _serves(entry.pattern, route.match)
            if vias.intersection(route.via) and not own and _unseen(entry.pattern, route, rules):
                around.setdefault((route.match, "@" in entry.pattern), []).append(entry)
    for (match, person), missed in around.items():
        first = f"{missed[0].place}{missed[0].pattern}" + (f" and {len(missed) - 1} more" if len(missed) > 1 else "")
        what = f"{first} may have an address in {match} too, which the same connector answers for and no entry is about"
        yield (warning if person else note)(key, what, "name that address as well, where there is one")


def _unseen(pattern: str, route: Route, rules: Rules) -> bool:
    local = pattern.rpartition("@")[0] or _ANYBODY
    try:
        other = Mailbox.parse(f"{local}@{route.match.replace('*', _ANYBODY)}")
    except ValueError:
        return False
    return rules.ruling(other, Detail.BUSY, room=False) is None
