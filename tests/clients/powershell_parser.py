"""Reads PowerShell with a parser that is not ours (tree-sitter's grammar of the language), for scripts we generate."""

from collections.abc import Iterator

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

_POWERSHELL = Language(tree_sitter_powershell.language())


def mistakes(script: str) -> list[str]:
    """Where the parser could not go on, by line, each with the text that it stumbled over."""
    told = script.removeprefix("\ufeff").replace("\r\n", "\n")
    tree = Parser(_POWERSHELL).parse(told.encode())
    return [f"line {node.start_point.row + 1}: {_text(node)!r}" for node in _broken(tree.root_node)]


def commands(script: str) -> set[str]:
    """The cmdlets and functions that the script calls by their names."""
    tree = Parser(_POWERSHELL).parse(script.removeprefix("\ufeff").replace("\r\n", "\n").encode())
    return {_text(node) for node in _walk(tree.root_node) if node.type == "command_name"}


def _broken(node: Node) -> Iterator[Node]:
    return (each for each in _walk(node) if each.is_error or each.is_missing)


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += found.children


def _text(node: Node) -> str:
    return (node.text or b"").decode()[:120]
