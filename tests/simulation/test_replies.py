"""What is said inside is never what is said outside."""

from simulation.replies import SECRET, Reply


def test_the_two_texts_are_told_apart() -> None:
    assert Reply(external="away").internal == SECRET
