"""The certificate of a running server: a new one takes its place between two handshakes, or is refused in words."""

import ssl
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from certs.contexts import server_context
from certs.objections import REFUSED, Kind, Objection, objections
from certs.pair import CertificateError, Pair

_DAY = timedelta(days=1)


class Live:
    """:attr:`context` lives as long as the door; :meth:`offer` changes what it shows.

    A connection keeps what it was opened with, every handshake that begins afterwards sees the new pair. Each pair has
    a context of its own that is whole before it is shown: loading into one in use would mix an RSA pair with an
    ECDSA one, and would leave a wrong one half in place.
    """

    def __init__(
        self,
        pair: Pair,
        *,
        clock: Callable[[], datetime],
        host: str | None = None,
        client_authorities: Sequence[Path] = (),
    ) -> None:
        self._clock, self._host, self._authorities = clock, host, tuple(client_authorities)
        self.pair = pair
        self.context = server_context(pair, client_authorities=self._authorities)
        self._shown = self.context
        self.context.sni_callback = self._show  # called in every handshake, with a server name or without
        self.swaps = 0

    def offer(self, pair: Pair) -> bool:
        """Show ``pair`` from now on; False where it is shown already.

        Raises CertificateError, and keeps what is shown, where callers would refuse ``pair`` for a reason that does
        not count against what is shown as well. Exchange and Google refuse a leaf without its intermediates: what
        lacks them never follows a chain that has them, unless that has expired. Takes some milliseconds.
        """
        if pair.certificates == self.pair.certificates:
            return False
        self._check(pair)
        context = server_context(pair, client_authorities=self._authorities)
        self.pair, self._shown = pair, context
        self.swaps += 1
        return True

    @property
    def expires(self) -> datetime:
        """The end of what is shown."""
        return self.pair.leaf.not_valid_after_utc

    @property
    def days_left(self) -> float:
        """Until then; less than nothing afterwards."""
        return (self.expires - self._clock()) / _DAY

    def objections(self) -> list[Objection]:
        """What callers object to in what is shown."""
        return self._objections(self.pair)

    def _objections(self, pair: Pair) -> list[Objection]:
        return objections(pair.certificates, now=self._clock(), host=self._host)

    def _check(self, pair: Pair) -> None:
        known = {each.kind for each in self.objections()}
        refused = REFUSED - known
        if len(self.pair.certificates) > 1 and Kind.EXPIRED not in known:
            refused |= {Kind.ALONE}
        new = [each for each in self._objections(pair) if each.kind in refused]
        if new:
            words = "; ".join(each.words for each in new)
            raise CertificateError(f"{pair.source}: {words}")

    def _show(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._shown
