"""Checks a condition before it is used: the known words, operators and functions alone, each of the right type."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from galsync.people.condition_words import FUNCTIONS, Type
from galsync.people.globs import glob
from galsync.people.vocabulary import ATTRIBUTE, FLAGS, LISTS, TEXTS, ExpressionError, meant, text_of
from protocols.model.person import Person

DEEPEST: Final = 32  # levels: each takes a few frames when it is evaluated
Word: TypeAlias = Callable[[Person], object]
_REFUSED: Final[Mapping[type[ast.AST], str]] = MappingProxyType(
    {
        ast.Attribute: "a dot is for attr.NAME alone",
        ast.BinOp: "there is no arithmetic here",
        ast.Subscript: "there are no square brackets behind a word here",
        ast.Lambda: "there is no code here",
        ast.IfExp: "there is no if here: say it with and, or, not",
        ast.JoinedStr: "there is no f before a text here",
        ast.UnaryOp: "there is no sign before a word here but not",
    }
)
_QUOTED: Final = "not a text in quotes"
_IN: Final = {(Type.TEXT, Type.TEXTS), (Type.TEXT, Type.TEXT)}


@dataclass(frozen=True, slots=True)
class Checked:
    """A condition that cannot go wrong: its tree, in which each word is a name, and what gives each word's value."""

    node: ast.expr
    words: Mapping[str, Word]


def checked(node: ast.expr, text: str, *, shift: int = 0) -> Checked:
    """``node`` checked; it stands ``shift`` characters into ``text``. Raises ExpressionError."""
    checker = _Checker(text, shift)
    found, kind = checker.any(node, 0)
    if kind is Type.TEXT and isinstance(found, ast.Constant):
        raise checker.error("a text in quotes alone says nothing about anybody", node)
    return Checked(found, dict(checker.words))


@dataclass(slots=True)
class _Checker:
    text: str
    shift: int
    words: dict[str, Word] = field(default_factory=dict)

    def error(self, what: str, node: ast.AST) -> ExpressionError:
        """The error at ``node``, whose place the parser tells in octets of its line."""
        octets = self.text[self.shift :].encode("utf-8", "replace")[: getattr(node, "col_offset", 0)]
        return ExpressionError(what, self.text, self.shift + len(octets.decode("utf-8", "ignore")))

    def any(self, node: ast.expr, depth: int) -> tuple[ast.expr, Type]:
        """The checked tree of ``node`` and its type."""
        if depth > DEEPEST:
            raise self.error(f"brackets or words within one another, more than {DEEPEST} deep", node)
        found = self._joined(node, depth) or self._single(node, depth)
        if found is None:
            raise self.error(_REFUSED.get(type(node), "this is not for conditions"), node)
        return found

    def _joined(self, node: ast.expr, depth: int) -> tuple[ast.expr, Type] | None:
        """What is made of other conditions; None where it is not."""
        match node:
            case ast.BoolOp(op=op, values=values):
                return self._at(node, ast.BoolOp(op, [self.any(each, depth + 1)[0] for each in values])), Type.TRUTH
            case ast.UnaryOp(op=ast.Not() as op, operand=operand):
                return self._at(node, ast.UnaryOp(op, self.any(operand, depth + 1)[0])), Type.TRUTH
            case ast.Compare():
                return self._compared(node, depth), Type.TRUTH
        return None

    def _single(self, node: ast.expr, depth: int) -> tuple[ast.expr, Type] | None:
        """A word, what was written out, or the value of a function; None for anything else."""
        match node:
            case ast.Call(func=ast.Name(id="attr")):
                return self._attribute(node), Type.TEXT
            case ast.Call():
                return self._called(node, depth)
            case ast.Name() | ast.Attribute(value=ast.Name(id="attr")):
                return self._word(node.id if isinstance(node, ast.Name) else ATTRIBUTE + node.attr, node)
            case ast.Constant() | ast.List() | ast.Tuple():
                return self._written(node)
        return None

    def _at(self, node: ast.expr, made: ast.expr) -> ast.expr:
        return ast.copy_location(made, node)

    def _written(self, node: ast.Constant | ast.List | ast.Tuple) -> tuple[ast.expr, Type]:
        """A text, True, False, or a list of texts, which becomes one value."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                return node, Type.TEXT
            if isinstance(node.value, bool):
                return node, Type.TRUTH
            raise self.error(f"{_QUOTED}: {ast.unparse(node)[:50]}", node)
        texts = tuple(each.value if isinstance(each, ast.Constant) else None for each in node.elts)
        for value, each in zip(texts, node.elts, strict=True):
            if not isinstance(value, str):
                raise self.error(f"{_QUOTED}, as all in a list must be", each)
        return self._at(node, ast.Constant(texts)), Type.TEXTS  # type: ignore[arg-type]  # the evaluator takes any value

    def _word(self, name: str, node: ast.expr) -> tuple[ast.expr, Type]:
        for kind, found in ((Type.TEXT, text_of(name)), (Type.TEXTS, LISTS.get(name)), (Type.TRUTH, FLAGS.get(name))):
            if found:
                self.words[name] = found
                return self._at(node, ast.Name(name, ast.Load())), kind
        known = [*TEXTS, *LISTS, *FLAGS, "attr.NAME"]
        hint = f": it must be called, {name}(…)" if name in FUNCTIONS else meant(name, known)
        raise self.error(f"nothing is called {name[:50]}{hint}", node)

    def _attribute(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(args=[ast.Constant(value=str(name))], keywords=[]) if name:
                return self._word(ATTRIBUTE + name, node)[0]
        raise self.error("attr takes the name of one attribute of the source, in quotes", node)

    def _compared(self, node: ast.Compare, depth: int) -> ast.expr:
        if len(node.ops) > 1:
            raise self.error("two comparisons in a row: put and between them", node)
        left, left_type = self.any(node.left, depth + 1)
        right, right_type = self.any(node.comparators[0], depth + 1)
        match node.ops[0]:
            case ast.Eq() | ast.NotEq():
                if (left_type, right_type) != (Type.TEXT, Type.TEXT):
                    worse = left_type if left_type is not Type.TEXT else right_type
                    raise self.error(f"only texts are compared, and this is {worse.value}", node)
            case ast.In() | ast.NotIn():
                if (left_type, right_type) not in _IN:
                    raise self.error("in stands between a text and a list of texts, or a longer text", node)
            case _:
                raise self.error("compare with == or !=, in or not in", node)
        return self._at(node, ast.Compare(left, node.ops, [right]))

    def _called(self, node: ast.Call, depth: int) -> tuple[ast.expr, Type]:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)[:50]
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.error(f"no function is called {name}{meant(name, FUNCTIONS)}", node)
        if node.keywords or len(node.args) != len(function.takes):
            takes = ", ".join(kind.value for kind in function.takes)
            raise self.error(f"{name} takes {takes}", node)
        given = [self._argument(each, kind, name, depth) for each, kind in zip(node.args, function.takes, strict=True)]
        return self._at(node, ast.Call(ast.Name(name, ast.Load()), given, [])), function.gives

    def _argument(self, node: ast.expr, wanted: Type, name: str, depth: int) -> ast.expr:
        """One argument; a pattern is compiled here, once."""
        found, kind = self.any(node, depth + 1)
        if wanted is Type.PATTERN and isinstance(found, ast.Constant) and isinstance(found.value, str):
            try:
                pattern = glob(found.value)
            except ValueError as error:
                raise self.error(str(error), node) from None
            return self._at(node, ast.Constant(pattern))  # type: ignore[arg-type]  # the evaluator takes any value
        if kind is not wanted:
            raise self.error(f"{name} takes {wanted.value} here, and this is {kind.value}", node)
        return found
