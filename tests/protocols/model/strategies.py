"""Windows and busy intervals for the properties of the model."""

from hypothesis import strategies as st

from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.window import TimeWindow

START = 1_793_491_200  # 1 November 2026
HORIZON = 4 * 86_400


@st.composite
def windows(draw: st.DrawFn, low: int = START, high: int = START + HORIZON) -> TimeWindow:
    """A window of whole seconds between ``low`` and ``high``."""
    start = draw(st.integers(low, high - 1))
    return TimeWindow.of_seconds(start, draw(st.integers(start + 1, high)))


texts = st.none() | st.sampled_from(["", "Budget", "Übergabe", "R&D <x>"])
flags = {name: st.booleans() for name in ("meeting", "recurring", "exception", "reminder")}
public = st.builds(EventDetails, subject=texts, location=texts, private=st.just(False), **flags)
private = st.builds(EventDetails, private=st.just(True), **flags)
busy = st.builds(BusyInterval, windows(), st.sampled_from(BusyStatus), st.none() | public | private)
several = st.lists(busy, max_size=25)
