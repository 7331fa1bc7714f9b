"""The address books of the demo: who stands in them, what happens to them, and the plan that is drawn of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from lxml import etree
from rich.console import Console

from console.configuration import FILE_NAME, load
from console.demo.merger import Merger
from console.gal.showing import show
from console.gal.work import Chosen, at_work
from console.surroundings import Surroundings
from galsync.reports.report import RunReport
from galsync.steps import Act
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from service.runs.states import RunState
from simulation.address_book import AddressBook
from simulation.google.shared_contacts import ATOM, GD

SYNC: Final = "contoso-to-northwind"
SHOWN: Final = {Act.CREATE: 1, Act.UPDATE: 1, Act.RETIRE: 1, Act.CONFLICT: 1}
"""The steps that the plan of the demo has; anything else is wrong."""
NEW, IN_THE_WAY = "nora.lindqvist@contoso.example", "sam.rivera@contoso.example"
_CHANGED, _GONE = "grace.miller@contoso.example", "luis.ortega@contoso.example"
_TITLE: Final = "And their address books: Contoso's people for everybody at Northwind"
_DONE: Final = "A first run created {} shared contacts. Then somebody came to Contoso, somebody changed, somebody went."
_SHOWS: Final = "Only what this sync made itself is ever changed or removed; a conflict is left for you to decide."


async def draw_plan(console: Console, m: Merger, clock: Callable[[], datetime]) -> bool:
    """Fills Northwind's list, lets things happen at Contoso, draws what a second run would do; whether it is right."""
    chosen = chosen_of(m, SYNC, clock)
    console.print()
    console.print(_TITLE, style="bold", soft_wrap=True)
    async with at_work(chosen) as work:
        first = await work.engine.apply()
        happen(m)
        outlook = await work.engine.plan()
        report = RunReport.of(work.sync, outlook, begun_at=clock())
    console.print(_DONE.format(first.tally.written[Act.CREATE]), soft_wrap=True)
    console.print(f"What `busyline gal plan {SYNC}` says:\n", soft_wrap=True)
    show(report)
    right = first.state is RunState.DONE and +report.planned == SHOWN
    console.print(f"\n   {_SHOWS}", soft_wrap=True)
    verdict = "as things are at Contoso; nothing was written" if right else "WRONG: not what happened at Contoso"
    console.print(f"   {verdict}\n", style="green" if right else "red", soft_wrap=True)
    return right


def happen(m: Merger) -> None:
    """Somebody comes, somebody moves to another desk, somebody goes, and of another Northwind has a contact already."""
    book = m.people.contoso
    for number, address in enumerate((NEW, IN_THE_WAY), 1):
        name = address.partition("@")[0].replace(".", " ").title()
        texts = {Field.DISPLAY_NAME: name, Field.COMPANY: "Contoso", Field.DEPARTMENT: "Sales"}
        book.put(Person(anchor=f"contoso-new-{number}", kind=Kind.USER, primary=Mailbox.parse(address), texts=texts))
    changed = _known(book, _CHANGED)
    texts = {**changed.texts, Field.PHONE: "+1 212 555 0147", Field.TITLE: "Director"}
    book.put(replace(changed, texts=texts))
    book.remove(_known(book, _GONE).anchor)
    m.google.shared.put(typed("Sam from Contoso", IN_THE_WAY))


def chosen_of(m: Merger, sync: str, clock: Callable[[], datetime]) -> Chosen:
    """One of the syncs of merger.toml, as a command would take it up."""
    configuration = load(m.directory / FILE_NAME)
    settings = configuration.sync(sync)
    assert settings is not None  # merger.toml has it
    around = Surroundings(clock=clock, asks=False)
    return Chosen(configuration=configuration, directory=m.directory, settings=settings, around=around)


def _known(book: AddressBook, address: str) -> Person:
    person = book.find(address)
    assert person is not None  # simulation/people.py has them
    return person


def typed(name: str, address: str) -> etree._Element:
    """A shared contact that somebody at Northwind typed by hand."""
    entry = etree.Element(f"{ATOM}entry")
    etree.SubElement(etree.SubElement(entry, f"{GD}name"), f"{GD}fullName").text = name
    etree.SubElement(entry, f"{GD}email", rel="http://schemas.google.com/g/2005#work", address=address, primary="true")
    return entry
