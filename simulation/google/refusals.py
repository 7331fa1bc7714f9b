"""The errors of the Calendar API, in the JSON that Google wraps them in."""

from aiohttp import web


class GoogleRefusal(Exception):  # noqa: N818 - becomes the error object of an answer
    """The request as a whole is refused, with Google's reason."""

    def __init__(self, status: int, reason: str, text: str, domain: str = "global") -> None:
        super().__init__(reason)
        self.status, self.reason, self.text, self.domain = status, reason, text, domain

    def response(self) -> web.Response:
        """The answer that says so."""
        inner = {"domain": self.domain, "reason": self.reason, "message": self.text}
        error = {"code": self.status, "message": self.text, "errors": [inner]}
        return web.json_response({"error": error}, status=self.status)


def not_found() -> GoogleRefusal:
    """The calendar does not exist, or the asker may not know that it does."""
    return GoogleRefusal(404, "notFound", "Not Found")
