"""Google's Calendar Interop with the authentication type OAuth 2.0: a token from whatever endpoint was typed in."""

from ssl import SSLContext

import aiohttp

from simulation.callers.google import GoogleCaller


class GoogleOAuthCaller(GoogleCaller):
    """Posts ``client_id`` and ``client_secret`` in a form to ``token_url``; what comes back is its second word.

    Of the answer nothing but ``access_token`` is read; the token is used until it is refused. ``fetched`` counts.
    """

    def __init__(
        self, *, url: str, token_url: str, client_id: str, client_secret: str, ssl: SSLContext | None = None
    ) -> None:
        super().__init__(url=url, usernames=(client_id,), password=client_secret, ssl=ssl)
        self._token_url = token_url
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._token = ""
        self.fetched = 0

    async def authorization(self, session: aiohttp.ClientSession) -> str:
        """The token that it has, or a new one. Raises aiohttp.ClientResponseError."""
        if not self._token:
            self.fetched += 1
            async with session.post(self._token_url, data=self._form, raise_for_status=True) as response:
                self._token = (await response.json())["access_token"]
        return f"Bearer {self._token}"

    def forget(self) -> None:
        """The token was refused: the next request fetches another."""
        self._token = ""
