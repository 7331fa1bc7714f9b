"""The annotated example: equal to the committed copy, valid as it stands, and so is each line behind a #."""

import re
from pathlib import Path

import pytest

from console.configuration import Configuration, load
from console.example import example

COMMITTED = Path(__file__).parents[2] / "deploy" / "busyline.example.toml"
_DISABLED = re.compile(r"^#([a-z0-9_]+) = ")
_INSTEAD = {"secret", "keytab", "principal", "addresses"}  # of what stands above them
_BOOKS = tuple(f"#[directories.{name}]" for name in ("fabrikam", "fabrikam.auth", "contoso-exchange"))
_SIGNED_IN = ("fabrikam", "adatum", "fabrikam-mailboxes", "lucerne")
_PAIR = (
    *(f"#[directories.{name}]" for name in ("adventure", "adventure-exchange", "contoso", "contoso-exchange")),
    *("#[[pairs]]", "#[pairs.source]", "#[pairs.destination]"),
)
_SPOKES = ("northwind", "contoso", "jack", "anna", "fabrikam", "team", "tailspin", "holidays")
_CONTACTS = tuple(f"{name}-contacts" for name in ("northwind", "contoso", "fabrikam"))
_GUARDS = ("guards", *(f"guards.{name}" for name in ("creations", "changes", "deletions")))
_BELOW = ("spokes.northwind.give", "spokes.contoso.get", *_GUARDS)
_IN = ("fabrikam", "team", "tailspin", "fabrikam-contacts")
_HUBS = ("#[[hubs]]", *(f"#[hubs.spokes.{name}]" for name in (*_SPOKES[:2], *_CONTACTS[:2])))
_NEEDS: dict[str, tuple[str, ...]] = {
    "#[callers.federation]": ("#[federation]",),
    "#[callers.oidc]": ("#[[oidc]]",),
    **{f"#[connectors.{name}.auth]": (f"#[connectors.{name}]",) for name in ("tailspin", "wingtip", "shifts")},
    **{f"#[directories.{name}.auth]": (f"#[directories.{name}]",) for name in _SIGNED_IN},
    **{f"#[directories.{name}]": (f"#[directories.{name}.auth]",) for name in _SIGNED_IN},
    **{f"#[directories.{name}]": ("#[directories.contoso-exchange]",) for name in ("contoso", "adventure")},
    "#[directories.fabrikam-mailboxes]": (
        *("#[directories.fabrikam-mailboxes.auth]", "#[directories.fabrikam]", "#[directories.fabrikam.auth]"),
    ),
    "#[[directory_syncs]]": _BOOKS,
    "#[[directory_syncs.moves]]": ("#[[directory_syncs]]", "#[[moves]]", *_BOOKS),
    "#[[move_forwarders]]": ("#[[moves]]", *_BOOKS, "#[directories.contoso-at-once]"),
    "#[mail.auth]": ("#[mail]",),
    "#[hub_notifications.certificate]": ("#[hub_notifications]",),
    "#[[hubs]]": _HUBS,
    **{f"#[hubs.spokes.{name}]": _HUBS for name in (*_SPOKES, *_CONTACTS)},
    **{f"#[hubs.spokes.{name}]": (*_HUBS, f"#[hubs.spokes.{name}.auth]") for name in _IN},
    **{f"#[hubs.spokes.{name}.auth]": (*_HUBS, f"#[hubs.spokes.{name}]") for name in _IN},
    **{f"#[hubs.{name}]": _HUBS for name in _BELOW},
    **{f"#[{name}]": _PAIR for name in ("[pairs]", *(f"pairs.{part}" for part in ("source", "destination")))},
    **{f"#[pairs.{name}]": _PAIR for name in ("individual", "accounts")},
    **{
        f"#[directory_syncs.{name}]": ("#[[directory_syncs]]", *_BOOKS)
        for name in ("include", "exclude", "guards", "guards.deletions", "mailboxes")
    },
}
BLOCKS = example().split("\n\n")
OFF = [block for block in BLOCKS if re.search(r"^#\[", block, re.MULTILINE)]


def _on(block: str) -> str:
    """A section that was behind # without it."""
    return re.sub(r"^#(?=[#\[a-z])", "", block, flags=re.MULTILINE)


def _header(block: str) -> str:
    return next(line for line in block.splitlines() if line.startswith(("[", "#[")))


def _with(block: str) -> str:
    """The example with a section that was behind #, in place of its alternative where there is one."""
    header = _header(block)
    wanted = {block, *(other for other in OFF if _header(other) in _NEEDS.get(header, ()))}
    kept = [_on(each) if each in wanted else each for each in BLOCKS if f"\n{header[1:]}\n" not in f"\n{each}\n"]
    return "\n\n".join(kept).replace("#plain_listen", "plain_listen")


def _loaded(text: str, directory: Path) -> Configuration:
    path = directory / "busyline.toml"
    path.write_text(text, "utf-8")
    return load(path)


def _disabled(text: str) -> list[str]:
    found = [(line, match[1]) for line in text.splitlines() if (match := _DISABLED.match(line))]
    return [line for line, key in found if key not in _INSTEAD]


def test_committed_copy_is_what_the_command_prints() -> None:
    assert COMMITTED.read_text("utf-8") == example(), "renew it: busyline config example > deploy/busyline.example.toml"


def test_passes_the_loader(tmp_path: Path) -> None:
    assert set(_loaded(example(), tmp_path).connectors) == {"contoso", "northwind", "fabrikam"}


def _enabled() -> list[tuple[str, str]]:
    return [(block, line) for block in BLOCKS if block not in OFF for line in _disabled(block)]


@pytest.mark.parametrize(("block", "line"), _enabled(), ids=[line for _, line in _enabled()])
def test_each_key_behind_a_hash_may_be_set(block: str, line: str, tmp_path: Path) -> None:
    changed = f"{block}\n".replace(f"\n{line}\n", f"\n{line[1:]}\n").rstrip("\n")
    assert changed != block
    _loaded(example().replace(block, changed), tmp_path)


@pytest.mark.parametrize("block", OFF, ids=[_header(block) + str(number) for number, block in enumerate(OFF)])
def test_each_section_behind_a_hash_may_be_there_with_each_of_its_keys(block: str, tmp_path: Path) -> None:
    text, on = _with(block), _on(block)
    _loaded(text, tmp_path)
    for line in _disabled(on):
        _loaded(text.replace(on, f"{on}\n".replace(f"\n{line}\n", f"\n{line[1:]}\n")), tmp_path)


def test_shows_every_key_of_every_class() -> None:
    shown = set(re.findall(r"^#{0,2}([a-z0-9_]+) = ", example(), re.MULTILINE))
    inline = set(re.findall(r"\b([a-z_]+) = ", example()))
    for name, shape in Configuration.model_json_schema()["$defs"].items():
        for key, field in shape.get("properties", {}).items():
            if "$ref" not in str(field):
                assert key in shown | inline, (name, key)


def test_no_line_is_too_long_to_read() -> None:
    assert max(map(len, example().splitlines())) <= 120
