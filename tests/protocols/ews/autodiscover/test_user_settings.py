"""GetUserSettings as one who asks: our own server understands it, and every answer is read with suspicion."""

import pytest

from protocols.errors import PeerError
from protocols.ews.autodiscover import settings
from protocols.ews.autodiscover.pox import PoxAnswer
from protocols.ews.autodiscover.soap import AUTODISCOVER, SOAP11
from protocols.ews.autodiscover.user_settings import encode_request, read, read_settings
from protocols.model.freebusy import Reason

ADDRESS, URL = "interop@northwind.example", "https://busy.example.com/EWS/Exchange.asmx?a&b"


def answered(user: str, code: str = "NoError") -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><GetUserSettingsResponseMessage xmlns="{AUTODISCOVER}"><Response>'
        f"<ErrorCode>{code}</ErrorCode><UserResponses>{user}</UserResponses></Response>"
        "</GetUserSettingsResponseMessage></s:Body></s:Envelope>"
    ).encode()


def user(code: str, target: str = "", **found: str) -> str:
    values = "".join(
        f"<UserSetting><Name>{name}</Name><Value>{value}</Value></UserSetting>" for name, value in found.items()
    )
    return (
        f"<UserResponse><ErrorCode>{code}</ErrorCode><RedirectTarget>{target}</RedirectTarget>"
        f"<UserSettings>{values}</UserSettings></UserResponse>"
    )


def test_our_own_server_is_understood_and_understands() -> None:
    request = settings.decode(encode_request(ADDRESS, "https://busy.example.com/autodiscover/autodiscover.svc"))
    assert request.targets == (ADDRESS,)
    assert request.wanted == ("ExternalEwsUrl", "InternalEwsUrl")
    assert read(settings.encode(request, URL)) == PoxAnswer(ews_url=URL)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (user("NoError", ExternalEwsUrl="https://a/e"), PoxAnswer(ews_url="https://a/e")),
        (user("NoError", InternalEwsUrl="https://a/i"), PoxAnswer(ews_url="https://a/i")),
        (
            user("NoError", InternalEwsUrl="https://a/i", ExternalEwsUrl="https://a/e"),
            PoxAnswer(ews_url="https://a/e"),
        ),
        (user("RedirectAddress", "x@y.example"), PoxAnswer(redirect_address="x@y.example")),
        (user("RedirectUrl", "https://b/s.svc"), PoxAnswer(redirect_url="https://b/s.svc")),
    ],
)
def test_what_an_answer_says(data: str, answer: PoxAnswer) -> None:
    assert read(answered(data)) == answer


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html>", Reason.GARBLED),
        (b"<html/>", Reason.GARBLED),
        (answered(""), Reason.GARBLED),
        (answered("", "ServerBusy"), Reason.PEER_FAILED),
        (answered(user("NoError")), Reason.GARBLED),
        (answered(user("RedirectUrl")), Reason.PEER_FAILED),
        (answered(user("InvalidUser")), Reason.NO_SUCH_MAILBOX),
        (answered(user("InvalidDomain")), Reason.NO_SUCH_MAILBOX),
        (answered(user("InternalServerError")), Reason.PEER_FAILED),
        (answered(user("")), Reason.PEER_FAILED),
    ],
)
def test_what_is_none(data: bytes, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        read(data)
    assert raised.value.reason is reason


def test_an_error_code_is_told_only_where_it_is_a_word() -> None:
    for code, words in (
        ("ServerBusy", "Autodiscover: ServerBusy"),
        ("ask ann@x.example\n&#x85;", "Autodiscover: an error"),
    ):
        with pytest.raises(PeerError) as raised:
            read(answered(user(code)))
        assert raised.value.detail == words
        with pytest.raises(PeerError) as raised:
            read(answered("", code))
        assert raised.value.detail.endswith(words.rpartition(": ")[2])


def test_single_settings_are_asked_for_and_told() -> None:
    request = encode_request(ADDRESS, URL, ("PublicFolderInformation",))
    assert request.count(b"<a:Setting>") == 1
    assert b"<a:Setting>PublicFolderInformation<" in request
    assert read_settings(answered(user("NoError", PublicFolderInformation="tree@x.example"))) == {
        "PublicFolderInformation": "tree@x.example"
    }
    assert read_settings(answered(user("NoError"))) == {}


@pytest.mark.parametrize("code", ["InvalidUser", "RedirectUrl", ""])
def test_settings_of_nobody_are_an_error(code: str) -> None:
    with pytest.raises(PeerError):
        read_settings(answered(user(code, target="https://other.example/")))
