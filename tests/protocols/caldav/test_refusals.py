"""How a WebDAV client is told what was wrong: every fault has a status and words, and the precondition stands in it."""

import pytest
from lxml import etree

from protocols.caldav.refusals import DavError, caldav, dav, encode_error, status_of
from protocols.errors import Fault, RequestError

STATUSES = {
    Fault.TOO_LARGE: 413,
    Fault.TOO_SLOW: 408,
    Fault.UNSUPPORTED_TYPE: 415,
    Fault.BUSY: 503,
    Fault.INTERNAL: 500,
}


def parts(error: RequestError) -> list[str]:
    """What stands in DAV:error."""
    root = etree.fromstring(encode_error(error))
    assert root.tag == dav("error")
    return [str(child.tag) for child in root]


def test_a_precondition_is_told_with_its_words() -> None:
    error = DavError(403, caldav("organizer-allowed"), "be yourself")
    assert status_of(error) == 403
    assert parts(error) == [caldav("organizer-allowed"), dav("responsedescription")]
    assert etree.fromstring(encode_error(error)).findtext(dav("responsedescription")) == "be yourself"


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_status_and_constant_words(fault: Fault) -> None:
    error = RequestError(fault, "what the caller wrote")
    assert status_of(error) == STATUSES.get(fault, 400)
    assert parts(error)[-1] == dav("responsedescription")
    assert b"what the caller wrote" not in encode_error(error)


def test_what_is_too_large_names_its_precondition() -> None:
    assert parts(RequestError(Fault.TOO_LARGE))[0] == caldav("max-resource-size")
