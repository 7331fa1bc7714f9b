"""Conditions: what an administrator writes to take some people and not others, such as ``has(groups, 'sales@*')``."""

import ast
import operator
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Final

from simpleeval import SimpleEval  # type: ignore[import-untyped]

from galsync.people.condition_tree import Checked, checked
from galsync.people.condition_words import FUNCTIONS
from galsync.people.vocabulary import ATTRIBUTE, LONGEST, ExpressionError
from protocols.model.person import Person

_OPERATORS: Final[Mapping[type[ast.AST], Callable[..., object]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda part, whole: part in whole,
    ast.NotIn: lambda part, whole: part not in whole,
    ast.Not: operator.not_,
}

_BLANKS: Final = {ord(sign): " " for sign in "\n\r\t\f"}


class Condition:
    """A yes or no about a person; made by :meth:`parse`, and equal to another of the same text.

    Words are those of :mod:`galsync.people.vocabulary`, and ``attr.NAME`` or ``attr('a-name')``; there are ``and``,
    ``or``, ``not``, ``==``, ``!=``, ``in``, texts in quotes, lists of them, and the functions of
    :mod:`galsync.people.condition_words`. A text or a list alone says whether there is any. ``==`` and ``in`` go by
    each sign; the functions take capitals and small letters for the same.
    """

    __slots__ = ("_evaluator", "_tree", "_words", "names", "text")

    def __init__(self, text: str, tree: Checked) -> None:
        self.text = text
        self.names = frozenset(tree.words)
        self._tree = tree.node
        self._words = _Words(tree.words)
        functions = {name: function.run for name, function in FUNCTIONS.items()}
        self._evaluator = SimpleEval(operators=dict(_OPERATORS), functions=functions, names=self._words)

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """The condition that ``text`` is. Raises ExpressionError, and whatever it gives raises no more."""
        flat = text.translate(_BLANKS)
        shift = len(flat) - len(flat.lstrip(" "))
        return cls(text, checked(_tree(flat[shift:], text, shift), text, shift=shift))

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes of the source that must be read for it."""
        return frozenset(name.removeprefix(ATTRIBUTE) for name in self.names if name.startswith(ATTRIBUTE))

    @property
    def needs_groups(self) -> bool:
        """Whether it asks whose member somebody is."""
        return "groups" in self.names

    def holds(self, person: Person) -> bool:
        """Whether it is true of ``person``."""
        self._words.person = person
        return bool(self._evaluator.eval(self.text, self._tree))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"


class _Words(threading.local):
    """What the words stand for: in each thread of one person after the other, and only of the words asked for."""

    def __init__(self, words: Mapping[str, Callable[[Person], object]]) -> None:
        self._words = words
        self.person: Person

    def __getitem__(self, name: str) -> object:
        return self._words[name](self.person)


def _tree(code: str, text: str, shift: int) -> ast.expr:
    """The tree of ``code``, which is ``text`` in one line without the first ``shift`` characters, all blanks."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a backslash that Python might read otherwise one day is wrong today
            return ast.parse(code, mode="eval").body
    except SyntaxError as error:
        place = min(shift + max((error.offset or 1) - 1, 0), len(text))
        hint = ": to compare, write ==" if text[place : place + 1] == "=" else ""
        raise ExpressionError(f"cannot be read ({error.msg}){hint}", text, place) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("cannot be read: a sign that no text has, or too many brackets", text) from error
