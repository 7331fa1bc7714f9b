"""What every target says when something that is promised does not hold."""


class Defect(AssertionError):  # noqa: N818 - a verdict
    """An input showed that what is promised does not hold; the text says which promise."""


def hold(kept: bool, promise: str) -> None:
    """Raises Defect unless ``promise`` is ``kept``."""
    if not kept:
        raise Defect(promise)
