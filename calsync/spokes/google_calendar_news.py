"""What Google says at a hook, in the words of the house."""

from collections.abc import Mapping, Sequence

from calsync.notices.news import News, Said
from protocols.google.calendar_channels import read_notification


def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
    """See :data:`calsync.notices.news.Read`. A message tells that something changed, never what; its body is empty."""
    told = read_notification(headers)
    if told is None:
        raise ValueError("a message without the headers of a push channel")
    return [News(Said.BEGUN if told.begins else Said.CHANGED, told.token)]
