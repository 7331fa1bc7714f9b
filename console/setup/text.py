"""The shape of what `setup` prints: numbered steps, as a PowerShell script or as prose for a person at a web page."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from console.setup.quoting import comment

_WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what it does, why, the lines to run or the fields to fill in, and what of it nobody has confirmed."""

    title: str
    why: str = ""
    lines: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()


def powershell(title: str, notes: Iterable[str], steps: Iterable[Step]) -> str:
    """The steps as one script block: a paste runs it whole, and the first error ends it."""
    out = [*comment(_wrapped(title)), "#"]
    for note in notes:
        out += [*comment(_wrapped(note)), "#"]
    out += ["& {", "    $ErrorActionPreference = 'Stop'"]
    for number, step in enumerate(steps, 1):
        out += ["", *(f"    {line}" for line in comment(_wrapped(f"{number}. {step.title}")))]
        for text in _prose(step):
            out += [f"    {line}" for line in comment(_wrapped(text))]
        out += [f"    {line}".rstrip() for line in step.lines]
    return "\n".join([*out, "}"]) + "\n"


def prose(title: str, notes: Iterable[str], steps: Iterable[Step]) -> str:
    """The steps for a person to read; fields to fill in are indented."""
    out = [_wrapped(title), ""]
    for note in notes:
        out += [_wrapped(note), ""]
    for number, step in enumerate(steps, 1):
        out.append(_wrapped(f"{number}. {step.title}"))
        out += [textwrap.indent(_wrapped(text), "   ") for text in _prose(step)]
        out += [f"      {line}" for line in step.lines]
        out.append("")
    return "\n".join(out)


def _prose(step: Step) -> list[str]:
    return [text for text in (step.why, *(f"unconfirmed: {doubt}" for doubt in step.unconfirmed)) if text]


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(" ".join(text.split()), _WIDTH, break_long_words=False, break_on_hyphens=False))
