"""In place of the hash and of the clock: what counts, what ends when it is let, and what is set by hand."""

import threading

from proxy.auth.passwords import Passwords
from proxy.auth.throttle import Limit, Throttle


class Counting:
    """In place of the hash: as many entries as computations, and the hashes computed against."""

    def __init__(self) -> None:
        self.hashes: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, password: bytes, password_hash: str) -> bool:
        """Right where the hash is the password between brackets."""
        with self._lock:
            self.hashes.append(password_hash)
        return password_hash == f"[{password.decode()}]"


class Slow(Counting):
    """Hashes that end when they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def __call__(self, password: bytes, password_hash: str) -> bool:
        """As Counting, later."""
        right = super().__call__(password, password_hash)
        assert self.go_on.wait(30)
        return right


class Time:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


def unthrottled(time: Time) -> Throttle:
    """Slows nobody down."""
    never = Limit(free=1_000_000, longest=1, forgotten=1)
    return Throttle(clock=time, per_name=never, per_address=never)


def passwords(counting: Counting, time: Time | None = None, *, throttled: bool = False) -> Passwords:
    """Knows ``load1`` with the password ``horse:battery`` and ``svc`` with ``zebra``."""
    clock = time or Time()
    hashes = {"load1": "[horse:battery]", "svc": "[zebra]"}
    throttle = Throttle(clock=clock) if throttled else unthrottled(clock)
    return Passwords(hashes, verify=counting, clock=clock, throttle=throttle)
