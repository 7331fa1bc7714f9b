"""How callers want their answers."""

from protocols.ews.manner import EXCHANGE, Manner


def test_the_default_is_what_exchange_expects() -> None:
    assert Manner() == EXCHANGE
    assert not any((EXCHANGE.always_events, EXCHANGE.per_mailbox_faults, EXCHANGE.offsets))
