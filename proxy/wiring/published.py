"""Opens the free/busy URLs, where the settings want them."""

import time
from functools import partial

from proxy.admission import Admission
from proxy.auth.networks import Addresses
from proxy.auth.throttle import PER_ADDRESS, Throttle
from proxy.fronts.published import PublishedFront, Shown
from proxy.published import PATH
from proxy.published_list import PublishedList
from proxy.settings.published import CALLER
from proxy.wiring.house import Fronts, House


def published(house: House) -> Fronts:
    """Everything below /freebusy/; nothing where there is no [free_busy_urls]. Raises ListFileError."""
    settings = house.settings.free_busy_urls
    if settings is None:
        return Fronts()
    urls = PublishedList(house.directory / settings.file)
    urls.start()
    house.stack.push_async_callback(urls.close)
    house.metrics.read("busyline_free_busy_urls", "Free/busy URLs that are good", lambda: float(len(urls)))
    refusals = "Times that the file of free/busy URLs was wrong and the old one stayed"
    house.metrics.read("busyline_free_busy_urls_refused_total", refusals, lambda: float(urls.refusals))
    front = PublishedFront(
        urls,
        house.guests(CALLER),
        shown=Shown(back=settings.window_back, ahead=settings.window_ahead),
        clock=house.clock,
        throttle=Throttle(clock=time.monotonic, per_name=PER_ADDRESS),
        pace=partial(Admission, {CALLER: settings.rate}, clock=time.monotonic),
        addresses=Addresses(house.settings.server.trusted_proxies),
    )
    return Fronts(prefixes={PATH: front})
