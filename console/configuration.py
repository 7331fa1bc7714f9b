"""The whole configuration: found, read, checked as one, and every mistake told by file, line, key and remedy."""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator

from calsync.settings import CalsyncSettings
from console.mistakes import explained
from console.move_names import check_moves_named
from console.places import line_of, lines_of, words_of
from galsync.settings import GalsyncSettings
from proxy.settings import ProxySettings

FILE_NAME = "busyline.toml"
VARIABLE = "BUSYLINE_CONFIG"

_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TOML_REMEDIES = {
    "Cannot overwrite a value": "the key stands twice in its section: keep one of the two",
    "Cannot declare": "the section stands twice: join the two, or write [[…]] where each is an entry of its own",
    "Invalid value": 'text stands in double quotes, true and false and numbers without: key = "value"',
    "Expected '='": 'write key = "value"',
    "Unescaped '\\'": "double every backslash, or write the text in single quotes",
    "Illegal character": "close the quotes on the same line",
    "Unclosed array": "close the list with ]",
    "Unclosed inline table": "close the table with }",
}


class Configuration(ProxySettings, GalsyncSettings, CalsyncSettings):
    """Everything the configuration file may say; each room adds its own sections."""

    @model_validator(mode="after")
    def _moves_there(self) -> Self:
        check_moves_named(self.moves, self.directory_syncs, self.move_forwarders)
        return self

    @property
    def syncs_alone(self) -> bool:
        """Whether it is about address books or hubs, and about nobody's free/busy."""
        return bool(self.directory_syncs or self.hubs) and not (self.connectors or self.routes or self.callers)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of the configuration; ``line`` and ``key`` are None and "" where the whole file is meant."""

    file: Path
    line: int | None
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        text = ": ".join(part for part in (place, self.key, self.what) if part)
        return f"{text}; {self.remedy}" if self.remedy else text


class ConfigurationError(Exception):
    """The configuration cannot be used; nothing of it is."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def find(option: Path | None) -> Path:
    """The file to read: the one named on the command line, by $BUSYLINE_CONFIG, or in the working directory."""
    return option or Path(os.environ.get(VARIABLE) or FILE_NAME)


def load(path: Path) -> Configuration:
    """Read the configuration. Raises ConfigurationError with every problem at once, in the order of the file."""
    return parsed(path, text_of(path))


def parsed(path: Path, text: str) -> Configuration:
    """The configuration that ``text`` writes down, which was read from ``path``. Raises as :func:`load`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([_broken(path, str(error), text)]) from None
    try:
        return Configuration.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(_problems(path, text, data, error)) from None


def text_of(path: Path) -> str:
    """What stands in the file. Raises ConfigurationError."""

    def refused(what: str, remedy: str) -> ConfigurationError:
        return ConfigurationError([Problem(path, None, "", what, remedy)])

    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        remedy = f"name it by --config or ${VARIABLE}, or begin one: busyline config example > {FILE_NAME}"
        raise refused("there is no such file", remedy) from None
    except UnicodeDecodeError:
        raise refused("is not text in UTF-8", "save it again as UTF-8") from None
    except OSError as error:
        raise refused(f"cannot be read: {error.strerror}", "mend the path or its permissions") from None


def _broken(path: Path, message: str, text: str) -> Problem:
    """A mistake of TOML itself. At the end of the document the line is the last that says anything."""
    match = _AT_LINE.search(message)
    line = int(match[1]) if match and match[1] else len(text.rstrip().splitlines())
    what = _AT_LINE.sub("", message)
    remedy = next((remedy for start, remedy in _TOML_REMEDIES.items() if what.startswith(start)), "")
    return Problem(path, max(line, 1), "", f"is not TOML: {what}", remedy)


def _problems(path: Path, text: str, data: object, error: ValidationError) -> list[Problem]:
    lines = lines_of(text)
    problems = []
    for details in error.errors():
        place, what, remedy = explained(details, data, Configuration)
        problems.append(Problem(path, line_of(place, lines), words_of(place), what, remedy))
    return sorted(_told_once(problems), key=lambda problem: problem.line or 0)


def _told_once(problems: list[Problem]) -> list[Problem]:
    """Without what only follows from another: a key missing because it is misspelt, a list empty of good entries."""
    kept = []
    for problem in problems:
        section, _, name = problem.key.rpartition(".")
        misspelt = any(p.remedy == f"did you mean {name}?" and p.key.rpartition(".")[0] == section for p in problems)
        hollow = problem.what.startswith("is empty") and any(p.key.startswith(f"{problem.key}[") for p in problems)
        if not (problem.what == "is missing" and misspelt) and not hollow:
            kept.append(problem)
    return kept
