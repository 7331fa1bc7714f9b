"""Questions come in order, are the same for the same seed, and show the habits that they were made from."""

from dataclasses import replace
from statistics import mean

import pytest

from bench.workload.asked import Asked, questions
from bench.workload.habits import DAYS, Habits, Span

HABITS = Habits(users=2_000, mailboxes=3_000)
SECONDS = 900.0


def made(habits: Habits, seed: int = 1) -> list[Asked]:
    return list(questions(habits, seed=seed, seconds=SECONDS))


def test_the_same_seed_asks_the_same() -> None:
    assert made(HABITS) == made(HABITS)
    assert made(HABITS) != made(HABITS, seed=2)


def test_they_come_in_order_and_in_time() -> None:
    times = [each.at for each in made(HABITS)]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= SECONDS * 1000


def test_nobody_is_asked_about_twice_in_a_question_and_all_exist() -> None:
    for each in made(HABITS):
        assert len(set(each.mailboxes)) == len(each.mailboxes) >= 1
        assert 0 <= min(each.mailboxes) <= max(each.mailboxes) < HABITS.mailboxes


def test_the_habits_are_kept_on_average() -> None:
    asked = made(replace(HABITS, pause=0.001))
    sessions = HABITS.users * HABITS.meetings * SECONDS / 3600
    assert len(asked) == pytest.approx(sessions * HABITS.looks, rel=0.25)
    assert mean(len(each.mailboxes) for each in asked) == pytest.approx(HABITS.attendees, rel=0.25)
    shares = {span: mean(each.days == DAYS[span] for each in asked) for span in Span}
    assert shares == {span: pytest.approx(share, abs=0.1) for span, share in HABITS.spans.items()}


def test_some_are_asked_about_far_more_often_than_most() -> None:
    asked = [number for each in made(replace(HABITS, usual=0)) for number in each.mailboxes]
    assert sum(number < 30 for number in asked) > len(asked) / 4


def test_teams_ask_about_their_circles() -> None:
    one_team = replace(HABITS, users=8, team=8, usual=1, meetings=50)
    assert len({number for each in made(one_team) for number in each.mailboxes}) == HABITS.circle


def test_there_may_be_fewer_mailboxes_than_attendees() -> None:
    tiny = replace(HABITS, mailboxes=1, attendees=10)
    assert {each.mailboxes for each in made(tiny)} == {(0,)}
