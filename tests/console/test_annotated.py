"""How a settings class is written down for a person."""

from pydantic import BaseModel, Field

from console.annotated import comment, entry, is_section, off, section


class Lamp(BaseModel):
    """A lamp."""

    colour: str = Field(description="which colour", examples=["red"])
    bright: bool = Field(False, description="whether it is bright")
    shade: "Lamp | None" = None


def test_what_must_be_written_stands_first_and_the_rest_behind_a_hash() -> None:
    assert list(section("lamp", Lamp, {})) == [
        "# A lamp.",
        "[lamp]",
        "# which colour",
        'colour = "red"',
        "# whether it is bright",
        "#bright = false",
        "",
    ]


def test_a_section_that_is_off_loses_one_hash_a_line_to_be_there() -> None:
    assert list(off(section("lamp", Lamp, {"bright": True})))[1:6] == [
        "#[lamp]",
        "# which colour",
        '#colour = "red"',
        "# whether it is bright",
        "#bright = true",
    ]


def test_a_further_entry_tells_what_is_its_own() -> None:
    assert list(entry("lamps", {"colour": "blue", "with": {"a": [1]}})) == [
        "[[lamps]]",
        'colour = "blue"',
        "with = { a = [1] }",
        "",
    ]


def test_a_section_that_may_be_left_out_is_one() -> None:
    assert is_section(Lamp)
    assert is_section(Lamp | None)
    assert not is_section(str)


def test_a_comment_is_broken_where_it_gets_long() -> None:
    assert all(len(line) <= 112 for line in comment("word " * 60).splitlines())


def test_a_key_of_a_table_that_would_be_read_as_several_is_quoted() -> None:
    assert list(entry("lamps", {"at": {"a.b": 1, "c-d": 2}}))[1] == 'at = { "a.b" = 1, c-d = 2 }'
