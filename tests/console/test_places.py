"""The line finder: every key of the example is found where it stands."""

import tomllib

from console.example import example
from console.places import line_of, lines_of, place_of, words_of

TEXT = '''\
top = 1
[server]
listen = [
  "a",
]
note = """
listen = "not a key"
"""
"quoted key" = 1
[server.certificate]
kind = "none"
[[routes]]
match = "a"
[[routes]]
match = "b"
via.deep = 1
[routes.inner]
key = { a = 1, b = 2 }
'''


def test_lines_of_keys_sections_and_entries() -> None:
    lines = lines_of(TEXT)
    assert lines["top",] == 1
    assert lines["server", "listen"] == 3
    assert lines["server", "quoted key"] == 9
    assert lines["server", "certificate", "kind"] == 11
    assert lines["routes", 0, "match"] == 13
    assert lines["routes", 1, "match"] == 15
    assert lines["routes", 1, "via", "deep"] == 16
    assert lines["routes", 1, "inner", "key"] == 18


def test_what_stands_inside_a_value_is_found_on_its_line() -> None:
    lines = lines_of(TEXT)
    assert line_of(("routes", 1, "inner", "key", "b"), lines) == 18
    assert line_of(("server", "listen", 0), lines) == 3
    assert line_of(("server", "absent"), lines) == 2
    assert line_of(("absent",), lines) == 1


def test_counts_as_people_do() -> None:
    assert words_of(("routes", 1, "via")) == "routes[2].via"


def test_what_people_write_is_read_back() -> None:
    assert place_of("callers[2].basic.password") == ("callers", 1, "basic", "password")
    assert place_of("server") == ("server",)
    assert place_of("connectors.a.b.auth.password", ["a.b"]) == ("connectors", "a.b", "auth", "password")


def test_every_key_of_the_example_is_found() -> None:
    lines, rows = lines_of(example()), example().splitlines()

    def walk(place: tuple[str | int, ...], value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk((*place, key), inner)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for index, inner in enumerate(value):
                walk((*place, index), inner)
        else:
            row = rows[line_of(place, lines) - 1]
            assert str(place[-1]) in row, (place, row)

    walk((), tomllib.loads(example()))
