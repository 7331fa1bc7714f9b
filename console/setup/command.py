"""`busyline setup`: what administrators of both sides run and click, and with --remove the way back."""

from typing import Annotated

import typer

from console.setup import exchange, google
from console.setup.removal import removal
from console.setup.sides import Kind, Side, sides
from console.terminal import ConfigOption, configured

_STEPS = {Kind.GOOGLE: google.steps_of, Kind.EXCHANGE: exchange.script, Kind.EXCHANGE_ONLINE: exchange.script}
_RULE = "# " + "=" * 100


def command(
    callers: Annotated[list[str] | None, typer.Argument(metavar="[CALLER]...", help="Only these callers.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Print the way back instead.")] = False,
    config: ConfigOption = None,
) -> None:
    """Print the exact PowerShell and the Google Admin steps for both sides."""
    configuration, _ = configured(config)
    found = sides(configuration, tuple(callers or ()))
    print(f"\n{_RULE}\n\n".join(text_for(side, remove=remove) for side in found), end="")


def text_for(side: Side, *, remove: bool = False) -> str:
    """What one side's administrator reads; for Exchange it is a script as it stands."""
    return removal(side) if remove else _STEPS[side.kind](side)
