"""Our own WSDL and XSD of the operations answered here: clients read them, and tests hold our answers to them."""

from functools import cache
from pathlib import Path

from lxml import etree

from protocols.ews.text import quoted

_HERE = Path(__file__).parent
_SERVED = {name.lower(): name for name in ("Services.wsdl", "messages.xsd", "types.xsd")}
_ADDRESS = b"@ADDRESS@"


def document(name: str, public_url: str) -> bytes | None:
    """The document called ``name``, in any letter case; None where there is none.

    The WSDL tells clients to ask ``public_url`` + /EWS/Exchange.asmx.
    """
    served = _SERVED.get(name.lower())
    if served is None:
        return None
    return _content(served).replace(_ADDRESS, quoted(f"{public_url.rstrip('/')}/EWS/Exchange.asmx").encode())


@cache
def validator() -> etree.XMLSchema:
    """Validates whole SOAP envelopes: requests, answers and faults."""
    return etree.XMLSchema(etree.parse(_HERE / "envelope.xsd"))


@cache
def mailbox_validator() -> etree.XMLSchema:
    """Validates what is asked of mailboxes, each operation without its envelope. No client is told of these."""
    return etree.XMLSchema(etree.parse(_HERE / "mailbox.xsd"))


@cache
def _content(name: str) -> bytes:
    return (_HERE / name).read_bytes()
