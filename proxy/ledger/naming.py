"""How the ledger of a configuration writes names: for whoever writes it, and for whoever looks somebody up in it."""

from pathlib import Path

from proxy.ledger.entry import Name
from proxy.ledger.pseudonyms import plainly, pseudonyms
from proxy.settings.ledger import LedgerSettings
from service.secrets import SecretError, resolve


def naming(settings: LedgerSettings, directory: Path) -> Name:
    """Addresses, or pseudonyms. Raises SecretError where their key is not there, or too short."""
    if not settings.pseudonyms or settings.key is None:
        return plainly
    key = resolve(settings.key, directory)
    try:
        return pseudonyms(key)
    except ValueError as error:
        raise SecretError(f"{settings.key}: {error}") from None
