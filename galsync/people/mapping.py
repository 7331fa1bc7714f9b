"""How people of one source become entries of the target: the form, the address, the aliases, and field by field."""

from collections import Counter, abc
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from galsync.entries import Entry, Form, How
from galsync.people.cleaning import clean
from galsync.people.limits import ALIASES, HOLDS, PHOTO, X500, fit
from galsync.people.selection import KINDS
from galsync.people.templates import Template
from galsync.steps import Left
from protocols.model.mailbox import Mailbox, canonical, canonical_domain
from protocols.model.person import Field, Kind, Person

LONGEST_ADDRESS: Final = 254  # octets: a path of RFC 5321 4.5.3.1.3 without its brackets
LONGEST_ANCHOR: Final = 256  # characters, so that a stamp fits into any attribute
LONGEST_X500: Final = 1_118  # proxyAddresses take 1,123 with the prefix
_OF_MANY_LINES: Final = frozenset({Field.STREET, Field.NOTES})
_BY_ADDRESS: Final = frozenset({Field.MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What becomes of one field; ``value`` is the same field of the person where it is None."""

    how: How = How.WRITE
    value: Template | None = None


FIELDS: Final[abc.Mapping[Field, Rule]] = MappingProxyType(
    dict.fromkeys(
        (
            Field.DISPLAY_NAME,
            Field.GIVEN_NAME,
            Field.SURNAME,
            Field.INITIALS,
            Field.COMPANY,
            Field.DEPARTMENT,
            Field.TITLE,
            Field.OFFICE,
            Field.PHONE,
            Field.FAX,
            Field.STREET,
            Field.CITY,
            Field.STATE,
            Field.POSTAL_CODE,
            Field.COUNTRY,
        ),
        Rule(),
    )
)
"""What is written where nobody says otherwise; mobile phones, managers and whatever else is not here is left alone."""

FORMS: Final[abc.Mapping[Kind, Form]] = MappingProxyType(dict.fromkeys(sorted(KINDS, key=str), Form.MAIL_CONTACT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How the people of ``source`` stand in the target.

    ``forms`` says as what, by kind; a kind that is not in it has no entry. ``external`` is a template of the address
    where mail and free/busy questions go, for a domain that has the free/busy route; otherwise ``domains`` replaces the
    domain of the primary address, and where that is not in it, the primary address it is. ``fields`` that are not
    named are left alone. ``x500``: replies to mail from before arrive, because the entry answers to the old
    distinguished names. ``proxies``: it answers to the person's further SMTP addresses as well, and to the primary.
    ``photos`` are handed on, those of more than ``largest_photo`` octets (None: what the form takes) excepted;
    ``hidden`` hides all entries, and who is hidden in the source is hidden anyway. ``group_address`` is a template of
    the address of groups that become groups, for a domain of the target's own. ``narrow`` leaves out of an entry what
    the target cannot hold all told (:class:`galsync.side.Ability`).

    Raises ValueError for a name that could not stand in an anchor, and forms or fields that cannot be.
    """

    source: str
    forms: abc.Mapping[Kind, Form] = field(default_factory=lambda: FORMS)
    external: Template | None = None
    domains: abc.Mapping[str, str] = field(default_factory=dict)
    fields: abc.Mapping[Field, Rule] = field(default_factory=lambda: FIELDS)
    x500: bool = True
    proxies: bool = False
    photos: bool = False
    largest_photo: int | None = None
    hidden: bool = False
    group_address: Template | None = None
    narrow: abc.Callable[[Entry], tuple[Entry, tuple[str, ...]]] | None = field(default=None, repr=False, compare=False)
    _written: tuple[tuple[Field, Template | None, bool], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.source or not self.source.isprintable() or {*":/"} & {*self.source}:
            raise ValueError(f"not a name for a source, which has no : and no / in it: {self.source!r}")
        for kind, form in self.forms.items():
            if kind is Kind.CONTACT or (form is Form.GROUP and kind is not Kind.GROUP):
                raise ValueError(f"a {kind.value} cannot become a {form.value}: groups alone become groups")
        if self.fields.get(Field.DISPLAY_NAME, Rule()).how is How.CLEAR:
            raise ValueError("an entry without a display name shows in no list: do not clear it")
        domains = {canonical_domain(old): canonical_domain(new) for old, new in self.domains.items()}
        object.__setattr__(self, "domains", domains)
        rules = {Field.DISPLAY_NAME: Rule()} | dict(self.fields)
        written = ((name, rule.value, name in _OF_MANY_LINES) for name, rule in rules.items())
        cleared = {name for name, rule in rules.items() if rule.how is How.CLEAR}
        object.__setattr__(self, "_written", tuple(each for each in written if each[0] not in cleared))

    @property
    def hows(self) -> dict[Field, How]:
        """What becomes of each field that one of the forms has, for the plan's rules."""
        held = frozenset[Field]().union(*(HOLDS[form] for form in self.forms.values()))
        rules = {Field.DISPLAY_NAME: Rule()} | dict(self.fields)
        return {name: rule.how for name, rule in rules.items() if name in held}

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes of the source that must be read for it."""
        templates = [self.external, self.group_address, *(rule.value for rule in self.fields.values())]
        return frozenset[str]().union(*(template.attributes for template in templates if template))

    @property
    def follows(self) -> bool:
        """Whether an entry names others by address (members, the manager) whose address is another in the target."""
        names_others = Form.GROUP in self.forms.values() or not _BY_ADDRESS.isdisjoint(self.fields)
        elsewhere = self.external is not None or self.group_address is not None or bool(self.domains)
        return names_others and elsewhere

    @property
    def by_person(self) -> bool:
        """Whether an entry follows from its person alone, so that changes alone suffice."""
        return not self.follows

    def narrowed(
        self,
        *,
        fields: abc.Collection[Field] | None,
        aliases: bool = True,
        photos: int | None = None,
        narrow: abc.Callable[[Entry], tuple[Entry, tuple[str, ...]]] | None = None,
    ) -> "Mapping":
        """The same for a target that holds ``fields`` alone (None: all), ``aliases`` or none, photos of ``photos``
        octets (None: as the form does), and all told what ``narrow`` leaves of an entry: what it cannot hold is never
        wanted of it, so that a plan finds nothing to write there."""
        held = {name: rule for name, rule in self.fields.items() if fields is None or name in fields}
        return replace(
            self,
            fields=held,
            x500=self.x500 and aliases,
            proxies=self.proxies and aliases,
            photos=self.photos and photos != 0,
            largest_photo=photos,
            narrow=narrow,
        )

    def anchor_of(self, anchor: str) -> str:
        """The entry's anchor for a person's."""
        return f"{self.source}:{anchor}"

    def external_of(self, person: Person) -> Mailbox | None:
        """The address in the target; None where there is none that is an SMTP address."""
        primary = person.primary
        if self.group_address is not None and self.forms.get(person.kind) is Form.GROUP and primary is not None:
            return _parsed(self.group_address.render(person))
        if primary is None or (self.external is None and primary.domain not in self.domains):
            return primary
        if self.external is not None:
            return _parsed(self.external.render(person))
        return _parsed(f"{primary.local}@{self.domains[primary.domain]}")

    def entry(self, person: Person, *, cut: Counter[str] | None = None) -> Entry | Left:
        """The entry for ``person``, or why there is none. Texts that had to be cut are counted in ``cut`` by field.

        Shares its texts with ``person`` as far as they are the same. Addresses of others in it (members, the manager)
        are still the source's: see :meth:`followed`.
        """
        form = self.forms.get(person.kind)
        if form is None or (person.kind is Kind.GROUP and form is Form.GUEST):
            return _UNTAKEN.get(person.kind, Left.NOT_SELECTED)
        if person.primary is None:
            return Left.NO_ADDRESS
        if len(person.anchor) > LONGEST_ANCHOR or not person.anchor.isprintable():
            return Left.GARBLED
        address = self.external_of(person)
        if address is None or len(address.address.encode()) > LONGEST_ADDRESS:
            return Left.BAD_ADDRESS
        counted = Counter[str]() if cut is None else cut
        entry = Entry(
            anchor=self.anchor_of(person.anchor),
            form=form,
            address=address,
            aliases=tuple(self._aliases(person, form, address.address)),
            texts=self._texts(person, form, counted),
            hidden=self.hidden or person.hidden,
            members=person.members if form is Form.GROUP else (),
            photo=self._photo(person, form, counted),
        )
        return self._narrowed(entry, counted)

    def followed(self, entry: Entry, externals: abc.Mapping[str, str], *, cut: Counter[str] | None = None) -> Entry:
        """``entry`` with the addresses of others as ``externals`` gives them; those that are not in it are kept. What
        had to be left out for that is counted in ``cut``."""
        members = tuple(externals.get(member.lower(), member) for member in entry.members)
        manager = entry.texts.get(Field.MANAGER, "")
        moved = externals.get(manager.lower(), manager)
        if members == entry.members and moved == manager:
            return entry
        texts = {**entry.texts, Field.MANAGER: moved} if moved else entry.texts
        return self._narrowed(replace(entry, members=members, texts=texts), Counter() if cut is None else cut)

    def _narrowed(self, entry: Entry, cut: Counter[str]) -> Entry:
        if self.narrow is None:
            return entry
        narrowed, gone = self.narrow(entry)
        cut.update(set(gone))
        return narrowed

    def _texts(self, person: Person, form: Form, cut: Counter[str]) -> dict[Field, str]:
        told = _named(person)
        holds = HOLDS[form]
        texts: dict[Field, str] = {}
        for name, template, lines in self._written:
            said = template.render(told) if template else told.texts.get(name, "")
            if said and name in holds and (text := clean(said, lines=lines)):
                texts[name] = text
        if Field.DISPLAY_NAME not in texts:
            texts[Field.DISPLAY_NAME] = str(person.primary)
        fit(texts, form, cut)
        return texts

    def _aliases(self, person: Person, form: Form, address: str) -> abc.Iterable[str]:
        """Each once, whatever its capitals."""
        seen = {address}
        if self.x500 and form in X500:
            for name in person.x500:
                alias = f"X500:{name}"
                if alias.lower() not in seen and 0 < len(name) <= LONGEST_X500 and name.isprintable():
                    seen.add(alias.lower())
                    yield alias
        if self.proxies and form in ALIASES:
            for alias in filter(None, map(_readable, (str(person.primary), *person.aliases))):
                if alias not in seen:
                    seen.add(alias)
                    yield alias

    def too_large(self, person: Person) -> bool:
        """Whether the photo of ``person`` is left out because of its size."""
        form = self.forms.get(person.kind)
        return self.photos and form is not None and 0 < self._largest(form) < len(person.photo)

    def _largest(self, form: Form) -> int:
        return PHOTO[form] if self.largest_photo is None else min(PHOTO[form], self.largest_photo)

    def _photo(self, person: Person, form: Form, cut: Counter[str]) -> bytes:
        if self.too_large(person):
            cut["photo"] += 1
            return b""
        return person.photo if self.photos and self._largest(form) else b""


_UNTAKEN: Final = {Kind.GROUP: Left.GROUP, Kind.CONTACT: Left.CONTACT}


def _named(person: Person) -> Person:
    """``person`` with a display name: their own, or given name and surname, or the address."""
    if clean(person.texts.get(Field.DISPLAY_NAME, "")):
        return person
    both = f"{person.texts.get(Field.GIVEN_NAME, '')} {person.texts.get(Field.SURNAME, '')}"
    return replace(person, texts={**person.texts, Field.DISPLAY_NAME: clean(both) or str(person.primary)})


def _parsed(address: str) -> Mailbox | None:
    try:
        return Mailbox.parse(address)
    except ValueError:
        return None


def _readable(address: str) -> str:
    try:
        return canonical(address)
    except ValueError:
        return ""
