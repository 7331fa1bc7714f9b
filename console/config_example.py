"""`busyline config example`: the whole annotated configuration."""

from console.example import example


def command() -> None:
    """Print the whole annotated example configuration."""
    print(example(), end="")
