"""Takes back what was done to a group of settings, and nothing that somebody has changed since."""

from collections.abc import Callable, Mapping
from operator import eq
from typing import Any


def put_back(
    now: Mapping[str, Any],
    *,
    was: Mapping[str, Any],
    did: Mapping[str, Any],
    same: Callable[[Any, Any], bool] = eq,
) -> dict[str, Any]:
    """``now`` with each setting as it ``was`` that still stands as we left it (``did``), in the order of ``now``.

    A setting that is not named in one of them is None there, and is left out where it was not there before.
    """
    settings = dict(now)
    for name in (*did, *(name for name in was if name not in did)):
        before, ours = was.get(name), did.get(name)
        if same(now.get(name), ours) and not same(before, ours):
            settings.pop(name, None)
            if name in was:
                settings[name] = before
    return settings
