"""Tests of service/plain_line.py."""

from service.plain_line import one_line


def test_what_would_steer_a_terminal_is_replaced() -> None:
    assert one_line("Ann\x1b[2J\nBob") == "Ann\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}Bob"
    assert one_line("größe 🎉") == "größe 🎉"


def test_a_long_value_is_cut() -> None:
    assert len(one_line("x" * 1000)) == 200
    assert one_line("x" * 200) == "x" * 200
