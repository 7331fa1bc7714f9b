"""Names the items of a hub: the same item has the same name in every run, and after a ledger was lost."""

from hashlib import blake2b

from calsync.items import Fields


def item_id(hub: str, spoke: str, key: str) -> str:
    """The id of the item that came from ``key`` of ``spoke``: 32 letters and digits."""
    return _name(hub, spoke, key)


def beside_id(item: str, spoke: str, fields: Fields) -> str:
    """The id of the version of ``item`` that ``spoke`` has, kept beside the one that stays."""
    return _name(item, spoke, *(part for pair in sorted(fields.items()) for part in pair))


def _name(*parts: str) -> str:
    said = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=16).hexdigest()
