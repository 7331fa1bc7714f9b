"""No call asks for more than every system takes."""

from datetime import timedelta

from proxy.wiring.peers.peer import WINDOW


def test_the_window_fits_every_system() -> None:
    assert min(timedelta(days=62), timedelta(days=90)) >= WINDOW  # Exchange and Graph; Google
