"""What the result codes of LDAP and the words of Active Directory mean (RFC 4511 appendix A, [MS-ADTS] 3.1.1.3)."""

import re
from datetime import timedelta
from typing import Final

from protocols.errors import PeerError
from protocols.model.freebusy import Reason

SUCCESS, SASL_GOES_ON, CRITICAL_EXTENSION, NO_SUCH_ATTRIBUTE = 0, 14, 12, 16
NO_SUCH_OBJECT, ALREADY_EXISTS, REFERRAL = 32, 68, 10
WAIT: Final = timedelta(seconds=7)
"""How long a directory that is busy is left alone; LDAP has no way to say how long it wants."""

TABLE: Final[dict[int, tuple[Reason, str]]] = {
    1: (Reason.PEER_FAILED, "the directory calls it an error of operations: is somebody signed in?"),
    2: (Reason.GARBLED, "the directory takes the request for broken"),
    3: (Reason.TIMEOUT, "the directory gave up: its time limit is over"),
    4: (Reason.INCOMPLETE, "the directory gave up: its size limit is reached"),
    7: (Reason.UNAUTHORIZED, "the directory does not know this way to sign in: check kind"),
    8: (Reason.UNAUTHORIZED, "the directory wants stronger protection: use LDAPS, and check its signing policy"),
    10: (Reason.NO_ROUTE, "this domain controller does not hold that part of the directory: check base and host"),
    11: (Reason.THROTTLED, "an administrative limit of the directory is reached"),
    12: (Reason.PEER_FAILED, "the directory does not know a control that was asked for"),
    16: (Reason.PEER_FAILED, "the object does not have the value that was to be taken away"),
    17: (Reason.PEER_FAILED, "the schema does not know an attribute"),
    19: (Reason.PEER_FAILED, "a value breaks a rule of the schema: too long, or not unique"),
    20: (Reason.PEER_FAILED, "the object has this value already"),
    21: (Reason.PEER_FAILED, "a value has not the form that the schema wants"),
    32: (Reason.NO_SUCH_MAILBOX, "there is no such object: check base and the name of the unit"),
    34: (Reason.GARBLED, "a distinguished name cannot be read"),
    48: (Reason.UNAUTHORIZED, "this way to sign in is not allowed here"),
    49: (Reason.UNAUTHORIZED, "the sign-in is refused: check user and password"),
    50: (Reason.NO_ACCESS, "the account may not do this: give it the right on the unit"),
    51: (Reason.THROTTLED, "the directory is busy"),
    52: (Reason.UNREACHABLE, "the directory is shutting down or starting"),
    53: (Reason.PEER_FAILED, "the directory is not willing to do this"),
    64: (Reason.PEER_FAILED, "an object of this class cannot be here, or not under this name"),
    65: (Reason.PEER_FAILED, "an attribute is missing or not allowed for this class"),
    66: (Reason.PEER_FAILED, "the object holds others"),
    68: (Reason.PEER_FAILED, "an object of this name, or with this account name, is there already"),
    71: (Reason.PEER_FAILED, "several domain controllers would have to do this"),
}
_SIGN_IN: Final = {  # "data 52e" in the words of Active Directory: Windows error codes, hexadecimal
    "525": "the directory does not know the user",
    "52e": "the password is wrong",
    "530": "the account may not sign in at this time",
    "531": "the account may not sign in from here",
    "532": "the password has expired",
    "533": "the account is disabled",
    "701": "the account has expired",
    "773": "the password must be changed before the account can be used",
    "775": "the account is locked out",
}
_DATA: Final = re.compile(r"\bdata ([0-9a-f]{3,4})\b")
_CODE: Final = re.compile(r"\s*([0-9A-Fa-f]{8}):")
_BAD_TOKEN: Final = re.compile(r"^80090346\b")


class RefusedError(PeerError):
    """The directory answered with an error; ``code`` is its result code."""

    def __init__(self, code: int, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail, retry_after=WAIT if reason is Reason.THROTTLED else None)
        self.code = code


def told(code: int, diagnostic: str = "") -> tuple[Reason, str]:
    """The reason and the words for a result; of the directory's own words nothing but Windows' number is kept, since
    they may hold names and values."""
    reason, words = TABLE.get(code, (Reason.PEER_FAILED, "the directory refuses"))
    data = _DATA.search(diagnostic) if code == 49 else None
    if _BAD_TOKEN.match(diagnostic):
        words = "the sign-in is not bound to this connection as the directory wants (channel binding)"
    elif data is not None:
        words = _SIGN_IN.get(data[1], words)
    number = _CODE.match(diagnostic)
    return reason, f"{words} (LDAP {code}{f', {number[1].upper()}' if number else ''})"


def refusal(code: int, diagnostic: str = "") -> RefusedError:
    """The error for a result that is none of success."""
    reason, words = told(code, diagnostic)
    return RefusedError(code, reason, words)
