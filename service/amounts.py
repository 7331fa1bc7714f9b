"""Says how many of something there are, as people say it."""


def amount(number: int, one: str, many: str = "") -> str:
    """``1 step``, ``2 steps``; ``many`` where it is not ``one`` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
