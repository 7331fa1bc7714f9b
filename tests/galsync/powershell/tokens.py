"""Splits a PowerShell script into what it does and what it says: enough to see that every string and bracket ends."""

from dataclasses import dataclass, field
from typing import Final

from tests.galsync.powershell.reading import QUOTES

CLOSES: Final = {"(": ")", "{": "}", "[": "]"}


@dataclass
class Tokens:
    """``code`` is the script without comments and what stands in strings; an error where one never ends."""

    text: str
    code: str = ""
    strings: list[str] = field(default_factory=list)
    at: int = 0

    def read(self) -> "Tokens":
        """The whole script."""
        open_brackets: list[str] = []
        while self.at < len(self.text):
            c = self.text[self.at]
            if c == "#" and (self.at == 0 or self.text[self.at - 1] in " \n"):
                self.at = self.text.index("\n", self.at)
            elif c in QUOTES:
                self.single()
            elif c == '"':
                self.double()
            else:
                if c in CLOSES:
                    open_brackets.append(CLOSES[c])
                elif c in CLOSES.values():
                    assert open_brackets, f"{c} closes nothing at {self.text[self.at - 60 : self.at + 1]!r}"
                    assert open_brackets.pop() == c, f"wrong bracket at {self.text[self.at - 60 : self.at + 1]!r}"
                self.code += c
                self.at += 1
        assert open_brackets == []
        return self

    def single(self) -> None:
        """A string in which nothing is special but a quote, which is written twice."""
        begun = self.at
        self.at += 1
        while True:
            if self.text[self.at] in QUOTES:
                self.at += 1
                if self.text[self.at] not in QUOTES:
                    break
            self.at += 1
        self.strings.append(self.text[begun + 1 : self.at - 1])
        self.code += "''"

    def double(self) -> None:
        """A string with variables and $( ) in it; ` escapes. Only scripts of our own hold these."""
        begun, depth = self.at, 0
        self.at += 1
        while depth or self.text[self.at] != '"':
            self.at += {"`": 1}.get(self.text[self.at], 0)
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0) if depth or self.text[self.at - 1] == "$" else 0
            self.at += 1
        self.at += 1
        self.strings.append(self.text[begun + 1 : self.at - 1])
        self.code += '""'
