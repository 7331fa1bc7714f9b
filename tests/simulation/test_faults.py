"""The switches hold as long as they were asked to."""

from simulation.faults import Call, Faults, Trouble

CALL = Call("POST", "/", {}, b"", addresses=("a@b.example",))


def test_trouble_befalls_as_many_calls_as_asked_and_only_those_meant() -> None:
    faults = Faults(trouble=Trouble.HTML, times=2, only=lambda call: "a@b.example" in call.addresses)
    other = Call("POST", "/", {}, b"")
    assert [faults.strike(call) for call in (CALL, other, CALL, CALL)] == [Trouble.HTML, None, Trouble.HTML, None]


def test_clear_makes_all_well() -> None:
    faults = Faults(
        latency=1, trouble=Trouble.HANG, addresses={"a@b.example": "ErrorNoCalendar"}, tokens=Trouble.DENIED
    )
    faults.clear()
    assert faults == Faults()
