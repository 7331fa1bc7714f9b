"""A plan as a readable difference: one sign a step, the fields of an update below it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from galsync.engine.tally import who
from galsync.steps import Act, Plan, Step
from protocols.model.person import Field
from service.plain_line import one_line

SIGNS: Final = {
    Act.CREATE: "+",
    Act.UPDATE: "~",
    Act.RETIRE: "-",
    Act.REMOVE: "x",
    Act.REMEMBER: "=",
    Act.CONFLICT: "!",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: ``sign`` for its colour (one of SIGNS, " " below a step, "#" a heading)."""

    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


def difference(plans: Iterable[Plan], *, most: int | None = None) -> Iterator[Line]:
    """The steps of ``plans`` in their order, each place under its name; after ``most`` steps, how many more there are.

    The lines name people: they are for the operator, never for a log.
    """
    shown = more = 0
    for plan in plans:
        if not plan.steps and not plan.reused:
            continue
        if plan.place and (most is None or shown < most):
            yield Line("#", one_line(plan.place))
        for step in plan.steps:
            if most is not None and shown >= most:
                more += 1
                continue
            shown += 1
            yield from _lines(step)
        for address in plan.reused if most is None or shown < most else ():
            words = "their own old object stands there since they moved"
            yield Line(SIGNS[Act.REMEMBER], f"reuse {one_line(address)}: {words}")
    if more:
        yield Line("#", f"and {more} more steps")


def _lines(step: Step) -> Iterator[Line]:
    name = step.entry.texts.get(Field.DISPLAY_NAME, "") if step.entry else _held_name(step)
    person = f"{who(step)} ({name})" if name and name != who(step) else who(step)
    yield Line(SIGNS[step.act], f"{step.act.value} {one_line(person)}: {step.why.value}")
    for change in step.changes:
        before, after = (one_line(text) or "(nothing)" for text in (change.before, change.after))
        yield Line(" ", f"    {change.field}: {before} -> {after}")
    if step.act is Act.CONFLICT:
        if step.against:
            yield Line(" ", f"    in the way: {', '.join(one_line(key) for key in step.against)}")
        if step.remedy is not None:
            yield Line(" ", f"    proposed: {step.remedy.value}")
    if step.note:
        yield Line(" ", f"    {one_line(step.note)}")


def _held_name(step: Step) -> str:
    return step.held.texts.get(Field.DISPLAY_NAME, "") if step.held else ""
