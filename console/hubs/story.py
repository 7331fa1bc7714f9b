"""Tells the story of single items: where each comes from, where it stands, what was done to it, and why it is not."""

from collections.abc import Mapping
from typing import Any, Final

from calsync.agreed import Agreed, Aside
from calsync.contents import title
from calsync.hubs import Hub
from calsync.items import Fields
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Story
from calsync.plans.details import DETAIL
from calsync.plans.refusals import undone
from calsync.spoke import Act
from console.hubs.absent import why_absent
from console.hubs.conflicts import clash_json, conflict_lines, instant
from console.hubs.past import step_json, step_line
from console.hubs.said import when_said
from console.hubs.showing import changed
from console.hubs.withheld import Withheld, withheld
from console.hubs.work import ChosenHub, HubWork, at_work
from console.terminal import print_json, screen
from service.plain_line import one_line

_REMOVED: Final = "the hub has it no more: it was removed, or is not given; this is what was done to it"
MOST: Final = 10
"""Items that are told of at once: more are counted."""


async def told(chosen: ChosenHub, text: str, *, as_json: bool, removed: bool = False) -> bool:
    """Everything whose id, key or UID is ``text``, or whose title holds it: whether there was anything.

    What is gone everywhere is looked for where nothing else is called so, or where ``removed`` asks for it: that goes
    through the whole history. What a spoke holds back is looked for last, by its whole title, at the spoke itself.
    """
    unknown = Withheld()
    async with at_work(chosen) as work:
        agreed, asides = await work.ledger.search(chosen.name, text, MOST + 1)
        gone = await _gone(work, text) if removed or not (agreed or asides) else []
        if not (agreed or asides or gone):
            unknown = await withheld(work, text)
        paused = {name: await work.ledger.paused(chosen.name, name) for name in work.hub.spokes}
        stories = [await _document(work.hub, work.ledger, each, paused) for each in agreed[:MOST]]
        stories += [await _removed(work.hub, work.ledger, each) for each in gone[: MOST - len(stories)]]
    asides = [*asides, *unknown.found]
    left = [_aside(each) for each in asides[:MOST]]
    more = max(len(agreed) + len(gone), len(asides)) > MOST
    if as_json:
        told = {"hub": chosen.name, "items": stories, "not_taken": left, "not_asked": unknown.troubles, "more": more}
        print_json(told)
        return bool(stories or left)
    _draw(chosen, stories, left, text=text, more=more)
    for name, words in unknown.troubles.items():
        line = f"{name} could not be asked whether it holds back anything of that title: {one_line(words)}"
        screen().print(line, style="yellow", soft_wrap=True)
    return bool(stories or left)


async def _gone(work: HubWork, text: str) -> list[str]:
    """The ids of what is nowhere any more: by its id at once, else by all that was ever done."""
    known = await work.ledger.story(work.hub.name, text, 1)
    if known.agreed is None and known.steps:
        return [text]
    return await work.ledger.gone(work.hub.name, text, MOST + 1)


def _draw(
    chosen: ChosenHub, stories: list[dict[str, Any]], left: list[dict[str, Any]], *, text: str, more: bool
) -> None:
    out = screen()
    if not stories and not left:
        words = f"nothing of {chosen.name} is called so, nor has this key or UID: {one_line(text)}"
        out.print(f"{words}; what is not given is found by its whole title, or by its key", soft_wrap=True)
    for story in stories:
        _draw_story(story)
    for aside in left:
        named = f"{one_line(aside['title'])}: " if aside["title"] else ""
        out.print(f"{named}not taken from {aside['spoke']} ({one_line(aside['key'])})", style="bold", soft_wrap=True)
        again = f"; it is looked at again after {aside['due'][:16].replace('T', ' ')} UTC" if aside["due"] else ""
        out.print(f"  {one_line(aside['why'])}{again}", soft_wrap=True)
    if more:
        out.print("there are more: write more of the title, or a key", style="bold")


def _draw_story(story: dict[str, Any]) -> None:
    out = screen()
    when = f", {story['when']}" if story["when"] else ""
    out.print(f"{one_line(story['title'])}{when}", style="bold", soft_wrap=True)
    by = f", changed last at {story['changed_by']}" if story["changed_by"] else ""
    from_ = f", from {story['origin']}" if story["origin"] else ""
    out.print(f"  item {story['item']}{from_}{by}", soft_wrap=True)
    for words in story["notes"]:
        out.print(f"  {words}", style="yellow", soft_wrap=True)
    for place in story["spokes"]:
        key = f" ({one_line(place['key'])})" if place["key"] else ""
        out.print(f"  {place['spoke']}: {one_line(place['words'])}{key}", soft_wrap=True)
    for step in story["steps"]:
        out.print(f"  {instant(step['at'])} run {step['run']}: {one_line(step['line'])}", soft_wrap=True)
        for words in changed(step["changes"]) if step["act"] == Act.UPDATE.value else ():
            out.print(f"      {words}", soft_wrap=True)
        if step["words"]:
            out.print(f"      {one_line(step['words'])}", soft_wrap=True)
    for happened, line in conflict_lines(story["conflicts"]):
        out.print(f"  {line}" if happened else f"      {line}", style="red" if happened else "", soft_wrap=True)


async def _document(hub: Hub, ledger: Ledger, agreed: Agreed, paused: Mapping[str, str]) -> dict[str, Any]:
    story = await ledger.story(hub.name, agreed.id)
    return {
        "item": agreed.id,
        "title": title(agreed.fields),
        "when": when_said(agreed.fields),
        "origin": agreed.origin,
        "changed_by": agreed.by,
        "changed_at": agreed.changed_at.isoformat() if agreed.changed_at else None,
        "notes": list(_notes(agreed)),
        "fields": {name: text for name, text in agreed.fields.items() if name != DETAIL},
        "spokes": [_place(hub, agreed, story, name, paused[name]) for name in hub.spokes],
        "steps": [step_json(row) | {"line": step_line(row)} for row in story.steps],
        "conflicts": [clash_json(row, hub.rules.conflicts, agreed.origin) for row in story.clashes],
    }


async def _removed(hub: Hub, ledger: Ledger, item: str) -> dict[str, Any]:
    """An item that stands nowhere any more, by what was done to it."""
    story = await ledger.story(hub.name, item)
    last = story.steps[0]
    fields = next((told for row in story.steps for told in (row.before, row.after) if "when" in told), last.before)
    return {
        "item": item,
        "title": last.title,
        "when": when_said(fields),
        "origin": "",
        "changed_by": "",
        "changed_at": None,
        "notes": [_REMOVED],
        "fields": {},
        "spokes": [],
        "steps": [step_json(row) | {"line": step_line(row)} for row in story.steps],
        "conflicts": [clash_json(row, hub.rules.conflicts, "", gone=True) for row in story.clashes],
    }


def _notes(agreed: Agreed) -> list[str]:
    fields: Fields = agreed.fields
    notes = [f"{agreed.origin} gives no more of it than: {fields[DETAIL]}"] if DETAIL in fields else []
    notes += [f"longer there than is carried: {', '.join(sorted(agreed.cut))}"] if agreed.cut else []
    notes += ["something of it is still to be written: the next run does"] if undone(agreed) else []
    return notes


def _place(hub: Hub, agreed: Agreed, story: Story, name: str, paused: str) -> dict[str, Any]:
    link = agreed.links.get(name)
    rules = next(each for each in hub.rules.spokes if each.name == name)
    if link is None or not link.version:
        why = why_absent(hub, agreed, story, rules, paused=paused)
        return {"spoke": name, "stands": False, "key": "", "uid": "", "copy": False, "words": f"is not here: {why}"}
    what = "our copy" if link.made else "where it comes from" if name == agreed.origin else "stood here by itself"
    but = [f"never written: {link.guarded}"] if link.guarded else []
    but += [f"not as it should be: {link.left}"] if link.left else []
    but += [f"paused: {paused}"] if paused else []
    words = "; ".join([what, *but])
    return {"spoke": name, "stands": True, "key": link.key, "uid": link.uid, "copy": link.made, "words": words}


def _aside(aside: Aside) -> dict[str, Any]:
    return {
        "spoke": aside.spoke,
        "key": aside.key,
        "title": aside.title,
        "why": aside.why,
        "due": aside.due.isoformat() if aside.due else None,
    }
