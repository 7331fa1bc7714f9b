"""What one process answered, told to the one that captures: nothing is lost on the way, and nothing shown."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from proxy.capture.heard import Heard
from proxy.capture.relay import Relay, read, written
from service.frames import framed

HEARD = Heard(
    at=datetime(2026, 11, 23, 8, 30, 0, 123456, tzinfo=UTC),
    seconds=0.25,
    front="ews",
    caller="contoso",
    operation="GetUserAvailability",
    outcome="answered",
    refused="",
    method="POST",
    path="/EWS/Exchange.asmx",
    query="",
    version="1.1",
    headers=(("Authorization", "Basic c2VjcmV0"), ("X-Odd", "not \udcff UTF-8"), ("X-Odd", "twice")),
    body=b"\x00\xff<soap/>",
    status=200,
    answer_headers=(("Content-Type", "text/xml"),),
    answer=b"<answer/>",
    peer="192.0.2.1",
    forwarded="",
    tls=("TLSv1.3", "TLS_AES_256_GCM_SHA384"),
)


def test_all_of_it_arrives() -> None:
    framed(written(HEARD))  # bears a header that is no text
    assert read(json.loads(json.dumps(written(HEARD)))) == HEARD


def test_a_body_that_was_not_read_is_none() -> None:
    without = replace(HEARD, body=None, tls=())
    assert read(written(without)) == without


def test_a_relay_hands_on_what_it_hears() -> None:
    told: list[Mapping[str, Any]] = []

    def tell(message: Mapping[str, Any]) -> bool:
        told.append(message)
        return True

    relay = Relay(tell)
    assert not relay.listening
    relay.hear(HEARD)
    assert [read(each) for each in told] == [HEARD]
