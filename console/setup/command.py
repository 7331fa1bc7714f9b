"""`busyline setup`: what administrators of both sides run and click, and with --remove the way back."""

from typing import Annotated

import typer

from console.setup import exchange, google
from console.setup.quoting import comment
from console.setup.removal import removal
from console.setup.sides import Kind, Side, asides, left_out, sides
from console.terminal import ConfigOption, EndingError, configured

_STEPS = {Kind.GOOGLE: google.steps_of, Kind.EXCHANGE: exchange.script, Kind.EXCHANGE_ONLINE: exchange.script}
_RULE = "# " + "=" * 100


def command(
    callers: Annotated[list[str] | None, typer.Argument(metavar="[CALLER]...", help="Only these callers.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Print the way back instead.")] = False,
    config: ConfigOption = None,
) -> None:
    """Print the exact PowerShell and the Google Admin steps for both sides."""
    configuration, _ = configured(config)
    names = tuple(callers or ())
    found, others = sides(configuration, names), asides(configuration, names)
    texts = [text_for(side, remove=remove) for side in found if _concerns(side, remove=remove)]
    texts += ["\n".join(comment(f"{each.caller}: {each.why}")) + "\n" for each in others if not each.is_mistake]
    print(f"\n{_RULE}\n\n".join(texts), end="")
    wrong = [f'"{each.caller}": {each.why}' for each in others if each.is_mistake]
    wrong += [_nothing_to_do(side) for side in found if not _concerns(side, remove=remove)]
    if wrong:
        raise EndingError("\n".join(wrong))


def text_for(side: Side, *, remove: bool = False) -> str:
    """What one side's administrator reads; for Exchange it is a script as it stands."""
    return removal(side) if remove else _STEPS[side.kind](side)


def _concerns(side: Side, *, remove: bool) -> bool:
    """Whether there is a domain to set up, or anything that may once have been."""
    return bool(side.domains or (remove and (side.own or side.unrouted or side.kind is Kind.GOOGLE)))


def _nothing_to_do(side: Side) -> str:
    words = [f'"{side.caller}" may ask about no domain that can be set up: name each domain in its may_ask.']
    if side.wildcards:
        words.append(f"A wildcard cannot be entered there: {', '.join(side.wildcards)}.")
    return " ".join([*words, *left_out(side)])
