"""Pages and properties of the simulated directory: what $select, $expand, $top and $skiptoken make of its objects."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from simulation.graph.schedule import GraphRefusal

_ALWAYS: Final = frozenset({"id", "@odata.type"})
_MOST: Final = 999


def shown(entry: Mapping[str, Any], query: Mapping[str, str], manager: str | None) -> dict[str, Any]:
    """The properties of one object that are asked for. Raises GraphRefusal for one that a user does not have."""
    names = query["$select"].split(",") if query.get("$select") else list(entry)
    unknown = [name for name in names if name not in entry and name not in _ALWAYS]
    if unknown and "userType" in entry:
        text = f"Could not find a property named '{unknown[0]}' on type 'microsoft.graph.user'."
        raise GraphRefusal(400, "BadRequest", text)
    told = {name: entry[name] for name in ("id", *names) if name in entry}
    return told | ({"manager": {"id": manager}} if manager and "manager" in query.get("$expand", "") else {})


def page(
    entries: Iterable[dict[str, Any]], query: Mapping[str, str], url: str, *, most: int, lost: bool
) -> dict[str, Any]:
    """The page that ``query`` asks for, of ``most`` objects; with ``lost`` the next one cannot be had."""
    told, skip = query.get("$top", "100"), query.get("$skiptoken", "0")
    size = min(int(told), most) if told.isdigit() and int(told) <= _MOST else 0
    if not size:
        raise GraphRefusal(400, "Request_BadRequest", "Invalid page size specified.")
    if not skip.isdigit():
        raise GraphRefusal(500, "InternalServerError", "The page cannot be had.")
    start = int(skip)
    values = [entry for number, entry in enumerate(entries) if start <= number <= start + size]
    found: dict[str, Any] = {"value": values[:size]}
    if len(values) > size:
        rest = "".join(f"{name}={value}&" for name, value in query.items() if name != "$skiptoken")
        found["@odata.nextLink"] = f"{url}?{rest}$skiptoken={'lost' if lost else start + size}"
    return found
