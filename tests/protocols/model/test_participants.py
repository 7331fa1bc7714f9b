"""Who takes part reads the same from every system."""

from protocols.model.participants import people_lines

ANN, BOB = ("Ann", "Ann@Contoso.example"), ("Bob \n B", "b@b.example")


def test_the_organiser_is_named_first_and_once() -> None:
    lines = people_lines([ANN], [BOB, ANN, ("", "ANN@contoso.example")])
    assert lines == ("Organiser: Ann <ann@contoso.example>", "Bob B <b@b.example>")


def test_a_name_that_is_told_anywhere_is_told() -> None:
    assert people_lines([("", "b@b.example")], [BOB]) == ("Organiser: Bob B <b@b.example>",)
    assert people_lines([], [("b@B.example", "b@b.example"), BOB]) == ("Bob B <b@b.example>",)


def test_what_is_not_told_is_left_out() -> None:
    assert people_lines([("", "")], [("Room 1", ""), ("", "x@b.example"), ("", "")]) == ("Room 1", "x@b.example")
    assert people_lines([], []) == ()
