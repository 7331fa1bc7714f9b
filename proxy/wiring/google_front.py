"""Opens the front that speaks Google's API."""

from typing import Final

from proxy.fronts.google import GoogleFront
from proxy.wiring.house import Fronts, House

GOOGLE_PATH: Final = "/calendar/v3/freeBusy"


def google_front(house: House) -> Fronts:
    """One path, as a client of calendar/v3 has it behind its base URL."""
    front = GoogleFront(entrance=house.entrance, desks=house.desks, max_body=house.settings.server.max_body)
    return Fronts(paths={GOOGLE_PATH: front})
