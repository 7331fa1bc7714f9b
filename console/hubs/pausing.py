"""Pauses a hub or one of its spokes, and lets it run again."""

from console.hubs.work import ChosenHub, memory
from console.terminal import print_json, screen
from service.plain_line import one_line


async def pause(chosen: ChosenHub, spoke: str, why: str, *, as_json: bool) -> None:
    """No run, or none with ``spoke`` where one is named, from now on; one that goes on ends first."""
    async with memory(chosen) as ledger:
        await ledger.pause(chosen.name, why, spoke)
    if as_json:
        print_json({"hub": chosen.name, "spoke": spoke, "paused": why})
        return
    what = f"{spoke} of {chosen.name}" if spoke else chosen.name
    again = " ".join(filter(None, (chosen.command("resume"), spoke)))
    screen().print(f"{what} is paused; a run that goes on ends first. `{again}` ends the pause", soft_wrap=True)


async def resume(chosen: ChosenHub, spoke: str, *, as_json: bool) -> None:
    """It may run again; what else of the hub stays paused is told."""
    async with memory(chosen) as ledger:
        why = await ledger.paused(chosen.name, spoke)
        await ledger.resume(chosen.name, spoke)
        paused = {name: await ledger.paused(chosen.name, name) for name in ("", *chosen.settings.spokes)}
    still = {name: words for name, words in paused.items() if words}
    if as_json:
        print_json({"hub": chosen.name, "spoke": spoke, "was_paused": bool(why), "still_paused": still})
        return
    what = f"{spoke} of {chosen.name}" if spoke else chosen.name
    screen().print(f"{what} may run again" if why else f"{what} was not paused", soft_wrap=True)
    for name, words in still.items():
        command = " ".join(filter(None, (chosen.command("resume"), name)))
        line = f"{name or chosen.name} stays paused: {one_line(words)}; `{command}` ends that"
        screen().print(line, style="yellow", soft_wrap=True)
