"""The JSON dialect of Autodiscover, version 2: one GET, one URL."""

from collections.abc import Mapping

import orjson

from protocols.model.mailbox import canonical


def answer(query: Mapping[str, str], path_email: str, ews_url: str, autodiscover_url: str) -> tuple[int, bytes]:
    """Status and body. The address stands in the path (``path_email``) or in ``Email``; the protocol in ``Protocol``.

    The answer is the same for every address. 400 names what is wrong with the request.
    """
    fields = {name.lower(): value for name, value in query.items()}
    urls = {
        "ews": ("EWS", ews_url),
        "availabilityservice": ("AvailabilityService", ews_url),
        "autodiscoverv1": ("AutodiscoverV1", autodiscover_url),
    }
    wanted = fields.get("protocol", "")
    address = path_email or fields.get("email", "")
    if not address:
        return _error("MandatoryParameterMissing", "A valid email address is missing.")
    if not _is_address(address):
        return _error("InvalidUserId", "The email address is not valid.")
    if not wanted:
        return _error("MandatoryParameterMissing", "The 'Protocol' parameter is missing.")
    if wanted.lower() not in urls:
        return _error("InvalidProtocol", f"The given protocol is not supported. Supported: {', '.join(_names(urls))}.")
    protocol, url = urls[wanted.lower()]
    return 200, orjson.dumps({"Protocol": protocol, "Url": url})


def _names(urls: Mapping[str, tuple[str, str]]) -> list[str]:
    return [name for name, _ in urls.values()]


def _is_address(text: str) -> bool:
    try:
        canonical(text)
    except ValueError:
        return False
    return True


def _error(code: str, message: str) -> tuple[int, bytes]:
    return 400, orjson.dumps({"ErrorCode": code, "ErrorMessage": message})
