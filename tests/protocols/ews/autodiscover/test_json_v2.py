"""The JSON dialect."""

import orjson
import pytest

from protocols.ews.autodiscover.json_v2 import answer

EWS, DISCOVER = "https://busy.example.com/EWS/Exchange.asmx", "https://busy.example.com/autodiscover/autodiscover.xml"
ANN = "ann@contoso.example"


def told(path_email: str = ANN, **query: str) -> tuple[int, dict[str, str]]:
    status, body = answer(query, path_email, EWS, DISCOVER)
    return status, orjson.loads(body)


@pytest.mark.parametrize(
    ("protocol", "name", "url"),
    [("EWS", "EWS", EWS), ("ews", "EWS", EWS), ("AutodiscoverV1", "AutodiscoverV1", DISCOVER)],
)
def test_a_url_per_protocol(protocol: str, name: str, url: str) -> None:
    assert told(Protocol=protocol) == (200, {"Protocol": name, "Url": url})


def test_the_address_may_stand_in_the_path_or_in_the_query() -> None:
    assert told("", Email=ANN, protocol="EWS")[0] == 200


def test_every_address_gets_the_same() -> None:
    assert told("a@contoso.example", Protocol="EWS") == told("zoë@contoso.example", Protocol="EWS")


@pytest.mark.parametrize(
    ("path_email", "query", "code"),
    [
        ("", {"Protocol": "EWS"}, "MandatoryParameterMissing"),
        ("nobody", {"Protocol": "EWS"}, "InvalidUserId"),
        (ANN, {}, "MandatoryParameterMissing"),
        (ANN, {"Protocol": "ActiveSync"}, "InvalidProtocol"),
    ],
)
def test_what_is_refused(path_email: str, query: dict[str, str], code: str) -> None:
    status, body = told(path_email, **query)
    assert (status, body["ErrorCode"]) == (400, code)
    assert "ActiveSync" not in body["ErrorMessage"]
