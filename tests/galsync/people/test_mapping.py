"""Tests of galsync/people/mapping.py: what of a person stands in the target, and who has no entry and why."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from galsync.entries import Entry, Form, How
from galsync.people.limits import HOLDS, LIMITS
from galsync.people.mapping import FIELDS, FORMS, LONGEST_ANCHOR, Mapping, Rule
from galsync.people.selection import KINDS
from galsync.people.templates import Template
from galsync.steps import Left
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from tests.galsync.crowd import PEOPLE, named, person

SUFFIX = {**FIELDS, Field.DISPLAY_NAME: Rule(value=Template.parse("{display_name} (Fabrikam)"))}
DN = "/o=Fabrikam/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=ann"


def entry(somebody: Person, **knobs: Any) -> Entry:
    made = Mapping(source="ad", **knobs).entry(somebody)
    assert isinstance(made, Entry)
    return made


def test_everything_is_as_the_source_has_it_by_itself() -> None:
    texts = dict.fromkeys(Field, "x")
    made = entry(person(anchor="1", texts=texts, photo=b"x", x500=(DN,), aliases=("a@fabrikam.example",)))
    assert made == Entry(
        anchor="ad:1",
        form=Form.MAIL_CONTACT,
        address=Mailbox.parse("ann@fabrikam.example"),
        aliases=(f"X500:{DN}",),
        texts=dict.fromkeys(FIELDS, "x"),
    )


@pytest.mark.parametrize("name", [Field.MOBILE, Field.MANAGER, Field.NOTES, Field.EXTRA_1, Field.HOME_PHONE])
def test_what_is_private_is_off_by_itself(name: Field) -> None:
    assert name not in FIELDS
    assert name in entry(person(texts={name: "x"}), fields={name: Rule()}).texts


def test_every_kind_has_a_form() -> None:
    assert FORMS.keys() == KINDS


@pytest.mark.parametrize(
    ("texts", "display_name"),
    [
        ({"display_name": "Ann Lee"}, "Ann Lee (Fabrikam)"),
        ({"given_name": "Ann", "surname": "Lee"}, "Ann Lee (Fabrikam)"),
        ({"surname": "Lee"}, "Lee (Fabrikam)"),
        ({"display_name": "\x00", "surname": "Lee"}, "Lee (Fabrikam)"),
        ({}, "ann@fabrikam.example (Fabrikam)"),
    ],
)
def test_everybody_has_a_display_name(texts: dict[str, str], display_name: str) -> None:
    assert entry(person(texts=texts), fields=SUFFIX).texts[Field.DISPLAY_NAME] == display_name


def test_even_where_a_template_gives_none() -> None:
    fields = {Field.DISPLAY_NAME: Rule(value=Template.parse("{company}"))}
    assert entry(person(), fields=fields).texts[Field.DISPLAY_NAME] == "ann@fabrikam.example"


def test_fields_by_their_rules() -> None:
    fields = {
        Field.COMPANY: Rule(value=Template.parse("Fabrikam")),
        Field.TITLE: Rule(how=How.OVERWRITE),
        Field.OFFICE: Rule(how=How.OVERWRITE),
        Field.NOTES: Rule(how=How.CLEAR),
    }
    mapping = Mapping(source="ad", fields=fields)
    texts = {Field.DISPLAY_NAME: "Ann", Field.COMPANY: "Fabrikam", Field.TITLE: "Dr"}
    told = {"display_name": "Ann", "company": "Old", "title": "Dr", "notes": "x", "phone": "1"}
    assert entry(person(texts=told), fields=fields).texts == texts
    assert mapping.hows == {
        Field.DISPLAY_NAME: How.WRITE,
        Field.COMPANY: How.WRITE,
        Field.TITLE: How.OVERWRITE,
        Field.OFFICE: How.OVERWRITE,
        Field.NOTES: How.CLEAR,
    }


def test_nothing_becomes_of_a_field_that_the_form_does_not_have() -> None:
    fields = {Field.PHONE: Rule(how=How.OVERWRITE), Field.TITLE: Rule(how=How.OVERWRITE)}
    guests = Mapping(source="ad", forms={Kind.USER: Form.GUEST}, fields=fields)
    assert guests.hows == {Field.DISPLAY_NAME: How.WRITE, Field.TITLE: How.OVERWRITE}


def test_texts_are_cleaned_and_cut() -> None:
    cut: Counter[str] = Counter()
    told = {"display_name": "A\x00nn\ud800", "title": "x" * 200, "street": "Way 1\r\nTown", "city": "\x00"}
    made = Mapping(source="ad").entry(person(texts=told), cut=cut)
    assert isinstance(made, Entry)
    assert made.texts == {
        Field.DISPLAY_NAME: "Ann",
        Field.TITLE: "x" * 128,
        Field.STREET: "Way 1\nTown",
    }
    assert cut == {"title": 1}


def test_a_text_is_shared_with_its_person() -> None:
    ann = named("".join(["Ann", " Lee"]))
    assert entry(ann).texts[Field.DISPLAY_NAME] is ann.texts[Field.DISPLAY_NAME]
    assert entry(ann).address is ann.primary


@pytest.mark.parametrize(
    ("knobs", "address"),
    [
        ({}, "ann@fabrikam.example"),
        ({"external": Template.parse("{local}@alias.example")}, "ann@alias.example"),
        ({"external": Template.parse("{attr.target|primary}")}, "ann@fabrikam.example"),
        ({"domains": {"Fabrikam.example": "Alias.example"}}, "ann@alias.example"),
        ({"domains": {"contoso.example": "alias.example"}}, "ann@fabrikam.example"),
    ],
)
def test_the_address_lies_where_the_route_is(knobs: dict[str, Any], address: str) -> None:
    assert entry(person(), **knobs).address.address == address


@pytest.mark.parametrize(
    ("somebody", "knobs", "left"),
    [
        (person("", anchor="1"), {}, Left.NO_ADDRESS),
        (person(), {"external": Template.parse("{local}@no domain")}, Left.BAD_ADDRESS),
        (person(), {"external": Template.parse("{attr.target}")}, Left.BAD_ADDRESS),
        (person(f"annlee@{'.'.join(['x' * 62] * 4)[:-1]}"), {}, Left.BAD_ADDRESS),
        (person(kind=Kind.CONTACT), {}, Left.CONTACT),
        (person(kind=Kind.GROUP), {"forms": {Kind.GROUP: Form.GUEST}}, Left.GROUP),
        (person(kind=Kind.GROUP), {"forms": {Kind.USER: Form.GUEST}}, Left.GROUP),
        (person(kind=Kind.ROOM), {"forms": {Kind.USER: Form.GUEST}}, Left.NOT_SELECTED),
        (person(anchor="a\nb"), {}, Left.GARBLED),
        (person(anchor="a\ud800"), {}, Left.GARBLED),
        (person(anchor="x" * (LONGEST_ANCHOR + 1)), {}, Left.GARBLED),
    ],
)
def test_who_has_no_entry(somebody: Person, knobs: dict[str, Any], left: Left) -> None:
    assert Mapping(source="ad", **knobs).entry(somebody) is left


@pytest.mark.parametrize(
    ("knobs", "aliases"),
    [
        ({}, [f"X500:{DN}", "X500:/o=Old/cn=ann"]),
        ({"x500": False}, []),
        ({"proxies": True}, [f"X500:{DN}", "X500:/o=Old/cn=ann", "lee@fabrikam.example"]),
        (
            {"x500": False, "proxies": True, "domains": {"fabrikam.example": "alias.example"}},
            ["ann@fabrikam.example", "lee@fabrikam.example"],
        ),
        ({"proxies": True, "forms": {Kind.USER: Form.GUEST}}, []),
        ({"proxies": True, "forms": {Kind.USER: Form.CONTACT}}, ["lee@fabrikam.example"]),
        ({"forms": {Kind.USER: Form.SHARED_CONTACT}}, []),
    ],
)
def test_what_an_entry_answers_to(knobs: dict[str, Any], aliases: list[str]) -> None:
    x500 = (DN, DN.upper(), "/o=Old/cn=ann", "", "/o=\n", "/o=" + "x" * 2000)
    ann = person(x500=x500, aliases=("lee@fabrikam.example", "ann@fabrikam.example", "no address"))
    assert list(entry(ann, **knobs).aliases) == aliases


def test_photos_only_where_they_are_asked_for_and_fit() -> None:
    small, big, cut = person(photo=b"x"), person(photo=b"x" * 102_401), Counter[str]()
    mapping = Mapping(source="ad", photos=True)
    assert entry(small).photo == b""
    assert entry(small, photos=True).photo == b"x"
    made = mapping.entry(big, cut=cut)
    assert isinstance(made, Entry)
    assert made.photo == b""
    assert cut == {"photo": 1}


@pytest.mark.parametrize(
    ("mapped", "told", "hidden"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_hidden_or_shown(mapped: bool, told: bool, hidden: bool) -> None:
    assert entry(person(hidden=told), hidden=mapped).hidden is hidden


GROUP = person("all@fabrikam.example", kind=Kind.GROUP, members=("ann@fabrikam.example", "bob@contoso.example"))


def test_a_group_stands_without_its_members_by_itself() -> None:
    made = entry(GROUP)
    assert (made.form, made.members) == (Form.MAIL_CONTACT, ())


def test_a_group_as_a_group_has_its_members_where_they_are_now() -> None:
    knobs: dict[str, Any] = {"forms": {**FORMS, Kind.GROUP: Form.GROUP}, "domains": {"fabrikam.example": "a.example"}}
    mapping = Mapping(source="ad", **knobs)
    made = entry(GROUP, **knobs)
    assert made.members == GROUP.members
    moved = mapping.followed(made, {"ann@fabrikam.example": "ann@a.example"})
    assert moved.members == ("ann@a.example", "bob@contoso.example")
    assert mapping.followed(made, {}) is made
    assert mapping.follows
    assert not mapping.by_person
    assert Mapping(source="ad", forms=knobs["forms"]).by_person
    assert Mapping(source="ad", domains=knobs["domains"]).by_person


def test_what_the_target_cannot_hold_all_told_is_not_wanted_and_is_counted() -> None:
    def narrow(entry: Entry) -> tuple[Entry, tuple[str, ...]]:
        if len(entry.aliases) < 2:
            return entry, ()
        return replace(entry, aliases=entry.aliases[:1]), ("aliases",) * (len(entry.aliases) - 1)

    somebody = person(aliases=tuple(f"{sign}@fabrikam.example" for sign in "abcd"))
    mapping = Mapping(source="ad", proxies=True).narrowed(fields=None, narrow=narrow)
    cut = Counter[str]()
    made = [mapping.entry(each, cut=cut) for each in (somebody, person(), somebody)]
    assert [len(each.aliases) for each in made if isinstance(each, Entry)] == [1, 0, 1]
    assert cut == {"aliases": 2}


def test_whom_an_entry_names_elsewhere_has_to_find_room_as_well() -> None:
    def narrow(entry: Entry) -> tuple[Entry, tuple[str, ...]]:
        if entry.texts.get(Field.MANAGER, "") != "boss@a.example":
            return entry, ()
        return replace(entry, texts={}), ("manager",)

    knobs: dict[str, Any] = {"fields": {Field.MANAGER: Rule()}, "domains": {"fabrikam.example": "a.example"}}
    mapping = Mapping(source="ad", **knobs).narrowed(fields=None, narrow=narrow)
    made, cut = mapping.entry(person(texts={Field.MANAGER: "boss@fabrikam.example"})), Counter[str]()
    assert isinstance(made, Entry)
    assert mapping.followed(made, {"boss@fabrikam.example": "boss@a.example"}, cut=cut).texts == {}
    assert cut == {"manager": 1}


def test_a_manager_is_where_they_are_now() -> None:
    mapping = Mapping(source="ad", fields={Field.MANAGER: Rule()}, domains={"fabrikam.example": "a.example"})
    made = mapping.entry(person(texts={"manager": "Bob@fabrikam.example"}))
    assert isinstance(made, Entry)
    moved = mapping.followed(made, {"bob@fabrikam.example": "bob@a.example"})
    assert moved.texts[Field.MANAGER] == "bob@a.example"
    assert made.texts[Field.MANAGER] == "Bob@fabrikam.example"
    assert mapping.follows


def test_what_must_be_read_for_it() -> None:
    fields = {Field.TITLE: Rule(value=Template.parse("{attr.a}"))}
    assert Mapping(source="ad", external=Template.parse("{attr.b}"), fields=fields).attributes == {"a", "b"}


def test_of_a_target_nothing_is_wanted_that_it_cannot_hold() -> None:
    ann = person(texts={"title": "Dr", "office": "1"}, x500=(DN,), aliases=("a@fabrikam.example",))
    narrow = Mapping(source="ad", proxies=True).narrowed(fields={Field.TITLE}, aliases=False)
    made = narrow.entry(ann)
    assert isinstance(made, Entry)
    assert made.texts == {Field.DISPLAY_NAME: "ann@fabrikam.example", Field.TITLE: "Dr"}
    assert made.aliases == ()
    assert Mapping(source="ad", proxies=True).narrowed(fields=None) == Mapping(source="ad", proxies=True)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"source": "a:b"}, "not a name for a source"),
        ({"source": ""}, "not a name for a source"),
        ({"source": "a\n"}, "not a name for a source"),
        ({"forms": {Kind.USER: Form.GROUP}}, "groups alone become groups"),
        ({"forms": {Kind.CONTACT: Form.CONTACT}}, "a contact cannot become"),
        ({"fields": {Field.DISPLAY_NAME: Rule(how=How.CLEAR)}}, "without a display name"),
        ({"domains": {"no domain": "x.example"}}, "not a DNS label"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_read(knobs: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Mapping(**{"source": "ad", **knobs})


@pytest.mark.parametrize("form", Form)
@given(somebody=PEOPLE)
def test_whoever_it_is_the_entry_fits_or_there_is_a_reason(form: Form, somebody: Person) -> None:
    kinds = [Kind.GROUP] if form is Form.GROUP else sorted(KINDS, key=str)
    mapping = Mapping(
        source="ad",
        forms=dict.fromkeys(kinds, form),
        fields={**dict.fromkeys(Field, Rule()), Field.TITLE: Rule(value=Template.parse("{title} {attr.a:upper}"))},
        proxies=True,
        photos=True,
    )
    made = mapping.entry(somebody)
    assert made == mapping.entry(somebody)
    if isinstance(made, Left):
        return
    assert made.anchor == f"ad:{somebody.anchor}"
    assert all(made.texts.values())
    assert made.texts[Field.DISPLAY_NAME]
    assert made.texts.keys() <= HOLDS[form]
    assert all(len(text.encode("utf-16-le")) <= 2 * LIMITS[name] for name, text in made.texts.items())
    assert len({alias.lower() for alias in (*made.aliases, made.address.address)}) == len(made.aliases) + 1


def test_a_photo_is_as_large_as_the_target_takes() -> None:
    cut = Counter[str]()
    mapping = Mapping(source="ad", photos=True).narrowed(fields=None, photos=3)
    assert entry(person(photo=b"xxx"), photos=True, largest_photo=3).photo == b"xxx"
    made = mapping.entry(person(photo=b"xxxx"), cut=cut)
    assert isinstance(made, Entry)
    assert (made.photo, cut) == (b"", {"photo": 1})
    assert mapping.too_large(person(photo=b"xxxx"))
    none = Mapping(source="ad", photos=True).narrowed(fields=None, photos=0)
    made = none.entry(person(photo=b"x"), cut=cut)
    assert isinstance(made, Entry)
    assert (made.photo, cut, none.too_large(person(photo=b"x"))) == (b"", {"photo": 1}, False)


def test_a_group_has_its_own_address_where_it_stays_a_group() -> None:
    address = Template.parse("{local}.fabrikam@contoso.example")
    forms = {Kind.USER: Form.MAIL_CONTACT, Kind.GROUP: Form.GROUP}
    group, ann = person("sales@fabrikam.example", kind=Kind.GROUP), person()
    made = entry(group, forms=forms, group_address=address)
    assert str(made.address) == "sales.fabrikam@contoso.example"
    assert str(entry(ann, forms=forms, group_address=address).address) == "ann@fabrikam.example"
    plain = {**forms, Kind.GROUP: Form.MAIL_CONTACT}
    assert str(entry(group, forms=plain, group_address=address).address) == "sales@fabrikam.example"
    assert Mapping(source="ad", forms=forms, group_address=address).follows
    bad = Mapping(source="ad", forms=forms, group_address=Template.parse("{local}"))
    assert bad.entry(group) is Left.BAD_ADDRESS
