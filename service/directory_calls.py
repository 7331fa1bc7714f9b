"""Requests to a directory as calls of python-ldap, none of which waits, and what they bring as replies.

Needs the extra ``ldap``.
"""

import contextlib
from collections.abc import Sequence
from typing import Any, Final

import ldap
from ldap.ldapobject import SimpleLDAPObject

from protocols.ldap.filters import FilterError
from protocols.ldap.operations import Add, Control, Delete, Modify, Rename, Request, SaslBind, Search, SimpleBind
from protocols.ldap.replies import Found, Reply
from protocols.ldap.results import SASL_GOES_ON, SUCCESS
from service.directory_controls import KEPT, read, written
from service.directory_parts import BrokenError, Brought, FullError

_OPTIONS: Final = (  # whatever ldap.conf and LDAPRC of the machine say
    (ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3),
    (ldap.OPT_REFERRALS, ldap.OPT_OFF),
    (ldap.OPT_DEREF, ldap.DEREF_NEVER),
    (ldap.OPT_SIZELIMIT, ldap.NO_LIMIT),
    (ldap.OPT_TIMELIMIT, ldap.NO_LIMIT),
)
_REFERRAL: Final = "Referral:\n"


class Calls:
    """python-ldap over ``descriptor``, a connected socket that does not block and belongs to it from now on."""

    def __init__(self, descriptor: int) -> None:
        self._ldap = SimpleLDAPObject("ldap://", fileno=descriptor)
        self._closed = False
        for option, value in _OPTIONS:
            self._ldap.set_option(option, value)

    def send(self, request: Request, controls: Sequence[Control]) -> int:
        """The number of the request, which is on its way. Raises FilterError, FullError and BrokenError."""
        try:
            return int(self._sent(request, written(controls) or None))
        except ldap.FILTER_ERROR:
            raise FilterError("the filter is none of LDAP") from None
        except ldap.BUSY:
            raise FullError from None
        except ldap.LDAPError as error:
            raise BrokenError(_words(error)) from None

    def _sent(self, request: Request, controls: Any) -> Any:
        with_controls = {"serverctrls": controls}
        match request:
            case Search(base=base, filter=filter_):
                names = list(request.attributes) or None
                return self._ldap.search_ext(base, request.scope.value, filter_, names, **with_controls)
            case Add():
                values = [(name, list(values)) for name, values in request.attributes.items()]
                return self._ldap.add_ext(request.dn, values, **with_controls)
            case Modify():
                changes = [(each.doing.value, each.attribute, list(each.values) or None) for each in request.changes]
                return self._ldap.modify_ext(request.dn, changes, **with_controls)
            case Delete():
                return self._ldap.delete_ext(request.dn, **with_controls)
            case Rename():
                return self._ldap.rename(request.dn, request.rdn, request.superior or None, **with_controls)
            case SimpleBind():
                return self._ldap.simple_bind(request.user, request.password, **with_controls)
            case SaslBind():
                raise TypeError("a step of SASL waits for its answer: it is no call that can be sent")

    def step(self, request: SaslBind) -> Reply:
        """One step of a sign-in by SASL. Waits for the answer: for a thread, while nobody else calls.

        python-ldap tells the credentials of a step that goes on, not those of the last. Raises BrokenError.
        """
        try:
            told = self._ldap.sasl_bind_s("", request.mechanism, request.credentials)
        except ldap.LDAPError as error:
            details = _details(error)
            if details.get("result", -1) < 0:
                raise BrokenError(_words(error)) from None
            return Reply(code=details["result"], diagnostic=details.get("info", ""))
        if isinstance(told, bytes):
            return Reply(code=SASL_GOES_ON, credentials=told)
        return Reply(code=told)

    def take(self) -> Brought | None:
        """The next part of any answer, None where none has come yet. Raises BrokenError."""
        try:
            kind, data, number, controls, *_ = self._ldap.result4(ldap.RES_ANY, 0, 0, resp_ctrl_classes=KEPT)
        except ldap.LDAPError as error:
            return _refused(error)
        except UnicodeDecodeError:
            raise BrokenError("a name that is no UTF-8") from None
        if kind is None:
            return None
        if kind == ldap.RES_SEARCH_ENTRY:
            [(dn, attributes)] = data
            return Brought(number, Found(dn, {name.lower(): values for name, values in attributes.items()}))
        if kind == ldap.RES_SEARCH_REFERENCE:
            return Brought(number, tuple(url for _, urls in data for url in urls))
        try:
            return Brought(number, Reply(code=SUCCESS, more=read(controls)))
        except ValueError as error:
            return Brought(number, error)

    def abandon(self, number: int) -> None:
        """The answer is not wanted any more. Raises BrokenError where that cannot be said."""
        try:
            self._ldap.abandon_ext(number)
        except ldap.LDAPError as error:
            raise BrokenError(_words(error)) from None

    def close(self) -> None:
        """Says good-bye, and closes the socket; what is broken is closed all the same. Once is enough."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(ldap.LDAPError):
                self._ldap.unbind_ext()


def _refused(error: ldap.LDAPError) -> Brought:
    details = _details(error)
    number, code = details.get("msgid", -1), details.get("result", -1)
    if number < 0 or code < 0:
        raise BrokenError(_words(error)) from None
    info = details.get("info", "")
    referrals = (info.removeprefix(_REFERRAL),) if info.startswith(_REFERRAL) else ()
    return Brought(number, Reply(code=code, diagnostic="" if referrals else info, referrals=referrals))


def _details(error: ldap.LDAPError) -> dict[str, Any]:
    details = error.args[0] if error.args else None
    return details if isinstance(details, dict) else {}


def _words(error: ldap.LDAPError) -> str:
    return str(_details(error).get("desc", type(error).__name__))
