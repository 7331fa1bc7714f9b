"""A request and its answer as a capture hears them, for the tests."""

from datetime import timedelta
from typing import Any

from protocols.ews.manner import Manner
from proxy.capture.heard import Heard
from proxy.capture.journal import Header
from proxy.capture.order import Order
from tests.proxy.served import NOW, XML, login, question

KEY = b"k" * 32
HEADER = Header(started=NOW, manner=Manner(), public="https://d00000000.example")


def heard(**changed: Any) -> Heard:
    """An answered question of the caller northwind."""
    known: dict[str, Any] = {
        "at": NOW,
        "seconds": 0.0125,
        "front": "ews",
        "caller": "northwind",
        "operation": "GetUserAvailabilityRequest",
        "outcome": "answered",
        "refused": "",
        "method": "POST",
        "path": "/EWS/Exchange.asmx",
        "query": "",
        "version": "1.1",
        "headers": (*login().items(), *XML.items()),
        "body": question("frieda.lang@fabrikam.example"),
        "status": 200,
        "answer_headers": tuple(XML.items()),
        "answer": b"<a>Quarterly figures</a>",
        "peer": "203.0.113.7",
        "forwarded": "",
        "tls": ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"),
    }
    return Heard(**known | changed)


def order(**changed: Any) -> Order:
    """An order to capture northwind for five minutes."""
    known: dict[str, Any] = {
        "id": "0123456789abcdef",
        "caller": "northwind",
        "until": NOW + timedelta(minutes=5),
        "requests": 100,
    }
    return Order(**known | changed)
