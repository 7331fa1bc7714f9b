"""PROPFIND from the server's side: what is asked, and a multistatus that says of each property whether it is there."""

import pytest
from lxml import etree

from protocols.caldav.propfind import Resource, Wanted, decode, elements, empty, encode, hrefs, privileges, text
from protocols.caldav.refusals import DavError, caldav, dav

HERE = Resource(
    "/a/",
    {
        dav("displayname"): text("A & B"),
        dav("owner"): hrefs("/me/", "mailto:a@x"),
        dav("resourcetype"): elements(dav("collection"), caldav("schedule-outbox")),
        dav("current-user-privilege-set"): privileges(dav("read"), dav("write")),
        dav("supported-report-set"): empty,
    },
)


def found(body: bytes, *resources: Resource) -> list[dict[str, list[str]]]:
    """The names of the properties by the status they have, of each resource."""
    root = etree.fromstring(encode(resources or (HERE,), decode(body)))
    assert root.tag == dav("multistatus")
    return [
        {
            (stat.findtext(dav("status")) or "").split()[1]: [
                str(each.tag) for each in stat.iterfind(f"{dav('prop')}/*")
            ]
            for stat in response.iterfind(dav("propstat"))
        }
        for response in root
    ]


def asking(inside: str) -> bytes:
    """A body."""
    return f'<D:propfind xmlns:D="DAV:" xmlns:C="{caldav("")[1:-1]}">{inside}</D:propfind>'.encode()


def test_what_is_asked() -> None:
    assert decode(b"") == decode(b" \n") == decode(asking("<D:allprop/>")) == Wanted()
    assert decode(asking("<D:allprop/><D:include><C:x/></D:include>")) == Wanted()
    assert decode(asking("<D:propname/>")) == Wanted(values=False)
    twice = "<D:prop><D:owner/><C:x/><D:owner/></D:prop>"
    assert decode(asking(twice)) == Wanted((dav("owner"), caldav("x")))


def test_what_is_there_and_what_is_not() -> None:
    body = asking('<D:prop><D:owner/><C:nothing/><e xmlns="urn:e"/><f/></D:prop>')
    assert found(body) == [{"200": [dav("owner")], "404": [caldav("nothing"), "{urn:e}e", "f"]}]
    assert found(asking("<D:prop><C:nothing/></D:prop>")) == [{"404": [caldav("nothing")]}]
    assert found(asking("<D:prop/>")) == [{"200": []}]
    assert found(b"", HERE, Resource("/b/", {})) == [{"200": list(HERE.properties)}, {"200": []}]


def test_values_and_names() -> None:
    root = etree.fromstring(encode((HERE,), Wanted()))
    told = {str(each.tag): each for each in root.iterfind(f".//{dav('prop')}/*")}
    assert told[dav("displayname")].text == "A & B"
    assert [each.text for each in told[dav("owner")]] == ["/me/", "mailto:a@x"]
    assert [each.tag for each in told[dav("resourcetype")]] == [dav("collection"), caldav("schedule-outbox")]
    privilege = [each[0].tag for each in told[dav("current-user-privilege-set")]]
    assert privilege == [dav("read"), dav("write")]
    names = etree.fromstring(encode((HERE,), Wanted(values=False)))
    assert [len(each) for each in names.iterfind(f".//{dav('prop')}/*")] == [0] * len(HERE.properties)
    assert b"A &amp; B" not in etree.tostring(names)


@pytest.mark.parametrize(
    "body",
    [
        b"not xml",
        b'<!DOCTYPE x [<!ENTITY e "f">]><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>',
        b'<D:propfind xmlns:D="DAV:"/>',
        b'<D:propertyupdate xmlns:D="DAV:"/>',
        b"<propfind><allprop/></propfind>",
        asking("<D:allprop/><D:propname/>"),
        asking("<D:prop>" + "<C:a/>" * 2_000 + "</D:prop>"),
        asking("<D:prop>" + "<C:a>" * 100 + "</C:a>" * 100 + "</D:prop>"),
        asking(
            f'<D:prop xmlns:x="urn:{"a" * 10_000}">' + "".join(f"<x:a{each}/>" for each in range(400)) + "</D:prop>"
        ),
    ],
)
def test_what_is_no_propfind_is_refused(body: bytes) -> None:
    with pytest.raises(DavError) as caught:
        decode(body)
    assert caught.value.status == 400
