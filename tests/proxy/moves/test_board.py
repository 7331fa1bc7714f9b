"""What is put on the board is in force at once, and counted."""

from datetime import timedelta

from protocols.model.mailbox import Mailbox
from proxy.moves.board import Board
from routing.moves import Everybody
from routing.stages import Stage
from routing.ways import Leg, Way, Ways
from tests.proxy.moves.lists import NOW
from tests.routing.moving import AT, DAY, move, sides

ANN = Mailbox.parse("ann@fabrikam.example")


def test_the_ways_follow_at_once() -> None:
    ways = Ways(sides().table)
    board = Board(ways, lambda: NOW)
    board.put("merger", Everybody(sides()))
    assert isinstance(ways.find(ANN), Way)
    assert board.move("merger") is None
    board.put("merger", move("ann@fabrikam.example", instant=AT + 9 * DAY))
    assert isinstance(ways.find(ANN), Leg)
    assert board.version == 2


def test_others_are_all_lists_but_ones_own() -> None:
    board = Board(Ways(sides().table), lambda: NOW)
    first, second = move("ann@fabrikam.example"), move("bob@fabrikam.example")
    board.put("first", first)
    board.put("second", second)
    board.put("third", Everybody(sides()))
    assert board.others("first") == [("second", second.people)]
    assert board.move("first") is first


def test_people_are_counted_anew_with_the_time() -> None:
    now = [NOW]
    board = Board(Ways(sides().table), lambda: now[-1])
    board.put("merger", move("ann@fabrikam.example"))
    assert (board.count("merger", Stage.AFTER), board.count("merger", Stage.MOVED)) == (1, 0)
    now.append(NOW + timedelta(days=15))
    assert (board.count("merger", Stage.AFTER), board.count("merger", Stage.MOVED)) == (0, 1)
    board.put("merger", move("ann@fabrikam.example", "bob@fabrikam.example"))
    assert board.count("merger", Stage.MOVED) == 2
    assert board.count("nobody", Stage.MOVED) == 0
