"""The names of what stands in a calendar: the last part of its address, as the server writes it."""

from urllib.parse import unquote, urlsplit


def collection_url(url: str) -> str:
    """The address of a collection, which ends with a slash."""
    return f"{url.rstrip('/')}/"


def key_of(url: str, collection: str) -> str:
    """The name of what lies at ``url`` directly in ``collection``; "" of anything else, the collection itself too."""
    folder, slash, name = urlsplit(url).path.rpartition("/")
    home = unquote(urlsplit(collection).path).rstrip("/")
    return name if slash and unquote(folder).rstrip("/") == home else ""


def is_within(url: str, collection: str) -> bool:
    """Whether ``url`` is that of ``collection``, or of anything below it."""
    home = unquote(urlsplit(collection).path).rstrip("/")
    return f"{unquote(urlsplit(url).path)}/".startswith(f"{home}/")


def url_of(key: str, collection: str) -> str:
    """Where what is called so lies."""
    return f"{collection}{key}"


def href_of(key: str, collection: str) -> str:
    """The same as a reference within its server."""
    return f"{urlsplit(collection).path}{key}"


def same_key(key: str) -> str:
    """Equal for two spellings of one name."""
    return unquote(key)
