"""What is wrong with a contact, in each system's own words: what is carried all the same, and what cannot be read."""

from typing import Any, Final

from tests.calsync.bad_input.tables import BIG, HTML, Carried, Unreadable, element

_LONG: Final = "N" * 300_000
_MANY: Final = range(500)
_ONLY: Final = "only@b.example"
GOOGLE_CARRIED: Final[Carried] = {
    "no name at all": {"names": None, "fileAses": None, "emailAddresses": [{"value": _ONLY}]},
    "2 MB": {"biographies": [{"value": BIG, "contentType": "TEXT_PLAIN"}]},
    "HTML": {"biographies": [{"value": HTML, "contentType": "TEXT_HTML"}]},
    "HTML as a text": {"biographies": [{"value": HTML, "contentType": "TEXT_PLAIN"}]},
    "invalid UTF-8": {"nicknames": [{"value": "Bytes [broken] here"}]},
    "half a letter": {"nicknames": [{"value": "Half [half] here"}]},
    "control characters": {"nicknames": [{"value": "Signs [control] here"}], "biographies": [{"value": "A [control]"}]},
    "300 kB of a name": {"names": [{"displayName": _LONG, "givenName": _LONG}]},
    "500 telephones": {"phoneNumbers": [{"value": f"+49 30 {number}", "type": "work"} for number in _MANY]},
    "500 mail addresses": {"emailAddresses": [{"value": f"a{number}@b.example"} for number in _MANY]},
    "500 addresses": {"addresses": [{"streetAddress": f"Street {number}", "type": "home"} for number in _MANY]},
    "labels unknown": {
        "phoneNumbers": [{"value": "+49 30 1", "type": "satellite"}, {"value": "+49 30 2", "type": "[half]"}],
        "emailAddresses": [{"value": "x@b.example", "type": "spaceship"}],
        "addresses": [{"streetAddress": "Berth 1", "type": "boat"}],
        "urls": [{"value": "https://b.example", "type": "what"}],
    },
    "a birthday without its year": {"birthdays": [{"date": {"month": 2, "day": 29}}]},
    "a birthday in the year 0": {"birthdays": [{"date": {"year": 0, "month": 2, "day": 29}}]},
    "a birthday that never was": {"birthdays": [{"date": {"year": 2023, "month": 2, "day": 29}}]},
    "a birthday after all years": {"birthdays": [{"date": {"year": 10**12, "month": 2, "day": 29}}]},
    "a birthday in words": {"birthdays": [{"text": "in May"}]},
    "a month alone": {"birthdays": [{"date": {"year": 1980, "month": 5}}]},
    "values of other kinds": {
        "nicknames": [{"value": 5}], "organizations": {"name": "x"}, "emailAddresses": ["x", {"value": None}],
        "phoneNumbers": [{"value": ["1"], "type": {}}], "addresses": 7, "birthdays": [{"date": "soon"}],
        "biographies": [[]], "urls": None, "clientData": "x", "memberships": 3,
    },
}  # fmt: skip
GRAPH_CARRIED: Final[Carried] = {
    "no name at all": {
        "displayName": None, "givenName": None, "surname": None, "fileAs": None,
        "emailAddresses": [{"name": "", "address": _ONLY}],
    },
    "2 MB": {"personalNotes": BIG},
    "HTML": {"personalNotes": HTML},
    "invalid UTF-8": {"nickName": "Bytes [broken] here"},
    "half a letter": {"nickName": "Half [half] here"},
    "control characters": {"nickName": "Signs [control] here", "personalNotes": "A [control] b"},
    "300 kB of a name": {"displayName": _LONG},
    "500 telephones": {"businessPhones": [f"+49 30 {number}" for number in _MANY]},
    "500 mail addresses": {"emailAddresses": [{"address": f"a{number}@b.example"} for number in _MANY]},
    "1,000 categories": {"categories": [f"Category {number}" for number in range(1000)]},
    "an address of its own organisation": {"emailAddresses": [{"address": "/o=ExchangeLabs/cn=Recipients/cn=ann"}]},
    "a birthday without its year": {"birthday": "1604-02-29T11:59:00Z"},
    "a birthday in the year 0": {"birthday": "0000-02-29T00:00:00Z"},
    "a birthday before all years": {"birthday": "0001-01-01T00:00:00Z"},
    "a birthday that never was": {"birthday": "2023-02-29T00:00:00Z"},
    "a birthday after all years": {"birthday": "9999-12-31T23:59:59Z"},
    "values of other kinds": {
        "nickName": 5, "companyName": ["x"], "emailAddresses": ["x", {"address": None}, 7], "businessPhones": "1",
        "mobilePhone": {}, "homeAddress": "Street 1", "birthday": 7, "personalNotes": [], "categories": "Blue",
        "lastModifiedDateTime": "never",
    },
}  # fmt: skip


def _entries(name: str, *entries: str) -> dict[str, str]:
    return {name: element(name, "".join(entries))}


def _entry(key: str, text: str) -> str:
    return element("Entry", text, f' Key="{key}"')


EWS_CARRIED: Final[Carried] = {
    "no name at all": {
        "DisplayName": None, "Surname": None, "FileAs": None, "Subject": None,
        **_entries("EmailAddresses", _entry("EmailAddress1", _ONLY)),
    },
    "2 MB": {"Body": element("Body", BIG, ' BodyType="Text"')},
    "HTML": {"Body": element("Body", HTML.replace("<", "&lt;"), ' BodyType="HTML"')},
    "300 kB of a name": {"DisplayName": element("DisplayName", _LONG)},
    "500 telephones": _entries("PhoneNumbers", *(_entry("BusinessPhone", f"+49 30 {number}") for number in _MANY)),
    "labels unknown": {
        **_entries("PhoneNumbers", _entry("Satellite", "+49 30 1"), _entry("MobilePhone", "+49 170 1")),
        **_entries("EmailAddresses", _entry("EmailAddress9", "x@b.example")),
        **_entries("PhysicalAddresses", _entry("Boat", "<t:Street>Berth 1</t:Street>")),
    },
    "1,000 categories": _entries("Categories", *(element("String", f"Category {number}") for number in range(1000))),
    "an address of its own organisation": _entries("EmailAddresses", _entry("EmailAddress1", "/o=First/cn=ann")),
    "a birthday without its year": {"Birthday": element("Birthday", "1604-02-29T11:59:00Z")},
    "a birthday in the year 0": {"Birthday": element("Birthday", "0000-02-29T00:00:00Z")},
    "a birthday before all years": {"Birthday": element("Birthday", "0001-01-01T00:00:00+14:00")},
    "a birthday that never was": {"Birthday": element("Birthday", "2023-02-29T00:00:00Z")},
    "a birthday after all years": {"Birthday": element("Birthday", "9999-12-31T23:59:59Z")},
    "values of other kinds": {
        "Sensitivity": element("Sensitivity", "Strange"),
        "LastModifiedTime": element("LastModifiedTime", "never"),
        "Nickname": "<t:Nickname/>", "CompanyName": "<t:CompanyName><t:Odd>x</t:Odd></t:CompanyName>",
    },
}  # fmt: skip
EWS_UNREADABLE: Final[Unreadable] = {
    "control characters": ({"Nickname": element("Nickname", "Signs [control] here")}, "characters"),
    "control characters in a text": ({"Body": element("Body", "A [control] b", ' BodyType="Text"')}, "characters"),
}
CONTACTS_CARRIED: Final = {
    "google contacts": GOOGLE_CARRIED,
    "graph contacts": GRAPH_CARRIED,
    "ews contacts": EWS_CARRIED,
    "public contacts": EWS_CARRIED,
}
CONTACTS_UNREADABLE: Final = {"ews contacts": EWS_UNREADABLE, "public contacts": EWS_UNREADABLE}
"""Whatever JSON tells of a contact can be read."""
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "google contacts": {"names": None, "fileAses": None, "emailAddresses": None, "clientData": None},
    "graph contacts": {"displayName": None, "surname": None, "givenName": None, "fileAs": None, "emailAddresses": []},
    "ews contacts": {"DisplayName": None, "Surname": None, "FileAs": None, "Subject": None, "EmailAddresses": None},
}
"""A contact of which nothing is left."""
EMPTY["public contacts"] = EMPTY["ews contacts"]
