"""One mirror file per module: who changes a module knows which test to open."""

import ast
from pathlib import PurePosixPath

import pytest

from tests.house.tree import packages, parsed, python, shipped

EXCEPTIONS = {  # module, or folder with its slash: why it has no mirror
    "bench/__main__.py": "the command itself; each benchmark's short form is in tests/bench",
}


def code_beyond_docstring(tree: ast.Module) -> bool:
    """Whether a module does more than introduce its folder and pass names on."""
    passive = (ast.Import, ast.ImportFrom)
    return any(not isinstance(node, passive) and not _is_passive(node) for node in tree.body)


def _is_passive(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def mirrors(name: str) -> tuple[str, ...]:
    """Where the tests of a module may lie. A folder's own module is tested beside the folder or inside it."""
    path = PurePosixPath(name)
    if path.name == "__init__.py":
        folder = path.parent
        return (
            str("tests" / folder.parent / f"test_{folder.name}.py"),
            str("tests" / folder / f"test_{folder.name}.py"),
        )
    return (str("tests" / path.parent / f"test_{path.stem.strip('_')}.py"),)


def unmirrored() -> set[str]:
    """Modules whose mirror is not there."""
    modules = [name for name in python(*packages(), "bench") if code_beyond_docstring(parsed(name))]
    return {name for name in modules if not set(mirrors(name)) & set(shipped())}


def excepted(name: str, exception: str) -> bool:
    """Whether ``exception`` names a module or the folder that it lies in."""
    return name.startswith(exception) if exception.endswith("/") else name == exception


def test_every_module_has_its_mirror() -> None:
    assert sorted(name for name in unmirrored() if not any(excepted(name, each) for each in EXCEPTIONS)) == []


@pytest.mark.parametrize("exception", EXCEPTIONS)
def test_an_exception_is_still_one(exception: str) -> None:
    assert any(excepted(name, exception) for name in unmirrored())


def test_where_a_mirror_lies() -> None:
    assert mirrors("protocols/ews/soap.py") == ("tests/protocols/ews/test_soap.py",)
    assert mirrors("protocols/ews/schema/__init__.py") == (
        "tests/protocols/ews/test_schema.py",
        "tests/protocols/ews/schema/test_schema.py",
    )


def test_a_folder_that_only_introduces_itself_needs_none() -> None:
    assert not code_beyond_docstring(ast.parse('"""Speaks."""\nfrom a import b\n__all__ = ["b"]'))
    assert code_beyond_docstring(ast.parse('"""Speaks."""\ndef f(): ...'))


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {str(PurePosixPath(name).parent) for name in python("tests")}
    assert [folder for folder in sorted(folders) if f"{folder}/__init__.py" not in shipped()] == []
