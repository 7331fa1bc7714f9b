"""Why a Redis cannot be used, in words, and what mends it; nothing that it says itself is repeated."""

from typing import Final

_ANY: Final = ("it does not do what is asked of it", "look into its log; Busyline wants Redis 5 or Valkey, and scripts")
_AWAY: Final = ("it cannot be reached", "see that it runs, and that [cluster] redis names it")
_TROUBLES: Final = {  # by the name of the exception, the nearest class first
    "AuthenticationError": (
        "it wants a password, or refuses this one",
        "write [cluster] username and password as it knows them",
    ),
    "NoPermissionError": (
        "it lets this user do too little",
        "allow the keys busyline:* and the commands in docs/guides/cluster.md",
    ),
    "OutOfMemoryError": ("its memory is full", "raise its maxmemory, or set its maxmemory-policy to allkeys-lru"),
    "ReadOnlyError": ("it is a replica", "name the primary in [cluster] redis"),
    "MovedError": ("it is part of a Redis Cluster", "name one that keeps all keys itself"),
    "ClusterError": ("it is part of a Redis Cluster", "name one that keeps all keys itself"),
    "ClusterCrossSlotError": ("it is part of a Redis Cluster", "name one that keeps all keys itself"),
    "BusyLoadingError": ("it is still reading its data", "wait; it is tried again by itself"),
    "InvalidResponse": (
        "what answers there is no Redis",
        "see that [cluster] redis names it, and rediss:// where TLS is",
    ),
    "SSLCertVerificationError": (
        "its certificate does not prove that it is who it should be",
        "name the authority that signed it in [cluster] ca, and the host as its certificate does",
    ),
    "SSLError": ("TLS with it fails", "write redis:// where it speaks no TLS, or mend its TLS"),
    "gaierror": ("its name leads nowhere", "see that [cluster] redis names it"),
    "ConnectionRefusedError": ("nothing listens there", "start it, or name its port in [cluster] redis"),
    "TimeoutError": (
        "it does not answer in time",
        "look at its load and at the network; [cluster] timeout is the bound",
    ),
    "AbsurdTimeError": ("its clock tells a time that cannot be", "set the clock of its machine, and let NTP keep it"),
    "ValueError": ("what answers there is no Redis", "see that [cluster] redis names it"),
    "ConnectionError": _AWAY,
    "OSError": _AWAY,
    "ResponseError": _ANY,
    "RedisError": _ANY,
}


class AbsurdTimeError(Exception):
    """Whoever answers tells an instant that no clock can tell."""


def told(error: BaseException) -> str:
    """What is wrong, in words of ours."""
    return _trouble(error)[0]


def remedy(error: BaseException) -> str:
    """What to do about it."""
    return _trouble(error)[1]


def _trouble(error: BaseException) -> tuple[str, str]:
    """By the innermost cause that is known: the library wraps what the system said."""
    found, cause = _ANY, error
    for _ in range(8):
        if (words := _by_class(cause)) is not None and (found is _ANY or words is not _AWAY):
            found = words
        following = cause.__cause__ or cause.__context__
        if following is None:
            break
        cause = following
    return found


def _by_class(error: BaseException) -> tuple[str, str] | None:
    return next((_TROUBLES[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _TROUBLES), None)
