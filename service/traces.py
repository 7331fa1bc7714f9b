"""An exception for the log: where it happened and of which kind, and never the text of it, which may quote a secret."""

import traceback
from collections.abc import Iterator
from pathlib import PurePath

_MOST_FRAMES = 40


def told(error: BaseException) -> str:
    """Kinds and places of ``error`` and of what led to it, the innermost first.

    Its words are left out, since nobody knows what they quote (a subject, a password, an address); an OSError's are the
    system's own.
    """
    return "\n".join(_chain(error, set()))


def _chain(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before, seen)
        yield "and then" if error.__cause__ is None else "which was the cause of"
    yield from _one(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield "among them"
            yield from _chain(each, seen)


def _one(error: BaseException) -> Iterator[str]:
    kind = type(error)
    system = f" ({error.strerror})" if isinstance(error, OSError) and isinstance(error.strerror, str) else ""
    yield f"{kind.__module__}.{kind.__qualname__}{system}".removeprefix("builtins.")
    frames = traceback.extract_tb(error.__traceback__)
    if len(frames) > _MOST_FRAMES:
        yield f"  ({len(frames) - _MOST_FRAMES} more)"
    for frame in frames[-_MOST_FRAMES:]:
        yield f"  {'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} in {frame.name}"
