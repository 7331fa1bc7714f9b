"""Reads PowerShell literals as PowerShell does: strings in single quotes, numbers of characters, lists and tables."""

import re
from dataclasses import dataclass

QUOTES = "'\u2018\u2019\u201a\u201b"  # any of these begins and ends a string; two in a row are one that is meant
_CHARACTER = re.compile(r"\[char\]0x([0-9A-F]+)|\[char\]::ConvertFromUtf32\(0x([0-9A-F]+)\)")
_NAME = re.compile(r"[A-Za-z0-9]+")
_CONSTANTS = {"$null": None, "$true": True, "$false": False}
Value = str | bool | None | list["Value"] | dict[str, "Value"]


@dataclass
class Reader:
    """Reads from ``at`` on. AssertionError where what stands there is no literal."""

    text: str
    at: int = 0

    def value(self) -> Value:
        """A literal."""
        self.blank()
        for sign, read in (("@(", self.items), ("@{", self.table), ("(", self.total)):
            if self.text.startswith(sign, self.at):
                self.at += len(sign)
                return read()
        for word, constant in _CONSTANTS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return constant
        return self.string()

    def string(self) -> str:
        """A string in single quotes."""
        assert self.text[self.at] in QUOTES, self.text[self.at : self.at + 40]
        found, self.at = "", self.at + 1
        while True:
            c = self.text[self.at]
            if c in QUOTES:
                if self.text[self.at + 1 : self.at + 2] in (*QUOTES,):
                    self.at += 1
                else:
                    self.at += 1
                    return found
            found += c
            self.at += 1

    def total(self) -> str:
        """What is joined by + up to the bracket."""
        found = ""
        while True:
            self.blank()
            if character := _CHARACTER.match(self.text, self.at):
                found += chr(int(character[1] or character[2], 16))
                self.at = character.end()
            else:
                found += self.string()
            self.blank()
            self.at += 1
            if self.text[self.at - 1] == ")":
                return found
            assert self.text[self.at - 1] == "+"

    def items(self) -> list[Value]:
        """A list up to its bracket; commas or line ends separate."""
        found: list[Value] = []
        while not self.closes(")"):
            found.append(self.value())
        return found

    def table(self) -> dict[str, Value]:
        """A table up to its bracket; semicolons or line ends separate."""
        found: dict[str, Value] = {}
        while not self.closes("}"):
            name = _NAME.match(self.text, self.at)
            assert name, self.text[self.at : self.at + 40]
            self.at = name.end()
            self.blank()
            assert self.text[self.at] == "="
            self.at += 1
            assert name[0] not in found
            found[name[0]] = self.value()
        return found

    def closes(self, bracket: str) -> bool:
        """Whether the bracket stands here, which is read then; separators before it are left out."""
        self.blank(" \r\n,;")
        if closed := self.text[self.at] == bracket:
            self.at += 1
        return closed

    def blank(self, signs: str = " ") -> None:
        """Past what separates."""
        while self.text[self.at] in signs:
            self.at += 1


def settings(script: str) -> dict[str, Value]:
    """The variables that a script sets to literals before it does anything."""
    found: dict[str, Value] = {}
    for name in re.findall(r"^\$(\w+) = (?=['@(])", script.partition("$OnPremises")[0], re.MULTILINE):
        reader = Reader(script, script.index(f"\n${name} = ") + len(f"\n${name} = "))
        found[name] = reader.value()
    return found
