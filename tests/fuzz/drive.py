"""One target under atheris in a process of its own: the bytecode is instrumented before our packages are imported."""

import importlib
import os
import random
import sys
from typing import Any

from tests.fuzz.mutations import mutated
from tests.fuzz.watch import ITSELF, timed

atheris: Any = importlib.import_module("atheris")  # it has no types, and is not there on every machine

_WATCHED = ("protocols", "routing", "proxy")


def mutator(data: bytes, longest: int, seed: int) -> bytes:
    """Every other time libFuzzer's own change, which knows the dictionary; else one of markup."""
    if seed % 2:
        changed: bytes = atheris.Mutate(data, longest)
        return changed
    return mutated(data, random.Random(seed), longest)


def main(arguments: list[str]) -> None:
    """``arguments``: the target's name, then libFuzzer's own."""
    name, *flags = arguments
    if early := [module for module in sys.modules if module.split(".")[0] in _WATCHED]:
        raise RuntimeError(f"imported before it could be instrumented: {', '.join(early)}")
    with atheris.instrument_imports(
        include=[*_WATCHED, *(f"tests.fuzz.{each}" for each in ("targets", "trusting", "dialects", "sources"))]
    ):
        targets = importlib.import_module("tests.fuzz.targets")
    check = timed(targets.TARGETS[name].check)
    itself = os.environ.get(ITSELF, sys.argv[0])
    atheris.Setup([itself, *flags], check, custom_mutator=mutator, enable_python_coverage=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
