"""The endpoint that cmdlets of a simulated Exchange Online are posted to."""

import json
import re
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import unquote

from aiohttp import web

from simulation.estate import Estate
from simulation.exchange_online.recipients import Recipients
from simulation.exchange_online.refusals import RefusedError
from simulation.exchange_online.sharing import Sharing
from simulation.faults import Call, Trouble
from simulation.graph.tokens import TokenDesk
from simulation.server import SimulatedServer

ROLE: Final = "Exchange.ManageAsApp"
TENANT: Final = "contoso.onmicrosoft.example"
_PATH: Final = re.compile(r"/adminapi/beta/(?P<tenant>[^/]+)/InvokeCommand")


class CmdletServer(SimulatedServer):
    """One organisation; ``sharing`` is with whom it shares calendars.

    ``page`` is the most objects of a page; ``cmdlets`` are the names of all that were called.

    ``busy_in_words`` says of a throttled call so by the type of an exception, with a status that says something else.
    """

    def __init__(
        self, estate: Estate, recipients: Recipients, *, ssl: SSLContext | None = None, tenant: str = TENANT
    ) -> None:
        super().__init__(estate, ssl=ssl)
        self.recipients, self.tenant = recipients, tenant
        self.sharing = Sharing()
        self.tokens = TokenDesk(tenant, ())
        self.page = 1000
        self.busy_in_words = False
        self.cmdlets: list[str] = []

    def is_question(self, path: str) -> bool:
        return _PATH.fullmatch(path) is not None

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        return ()

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        refused = self._refused(request, call, denied=trouble is Trouble.DENIED)
        if refused is not None:
            return refused
        try:
            asked = json.loads(call.body)["CmdletInput"]
            name, parameters = str(asked["CmdletName"]), dict(asked["Parameters"])
        except (ValueError, KeyError, TypeError):
            return _error(400, "BadRequest", "The cmdlet input cannot be read.")
        self.cmdlets.append(name)
        try:
            rows = (self.sharing if self.sharing.has(name) else self.recipients).run(name, parameters)
        except RefusedError as error:
            return _refusal(error.status, error.kind, error.words)
        return self._paged(request, rows, lost=trouble is Trouble.LOST_PAGE)

    def _refused(self, request: web.Request, call: Call, *, denied: bool) -> web.Response | None:
        match = _PATH.fullmatch(request.path)
        claims = self.tokens.claims(call.headers.get("authorization", ""))
        if match is None or unquote(match["tenant"]) != self.tenant or request.method != "POST":
            return _error(404, "NotFound", "There is nothing here.")
        if claims is None or denied:
            return web.Response(status=401)
        roles = claims.get("roles")
        if not isinstance(roles, list) or ROLE not in roles:
            return web.Response(status=403)
        if not call.headers.get("x-anchormailbox", "").endswith(f"@{self.tenant}"):
            return _error(400, "BadRequest", "No anchor mailbox.")
        return None

    def throttled(self, request: web.Request) -> web.Response:
        if self.busy_in_words:
            response = _refusal(500, "Microsoft.Exchange.Data.Directory.OverBudgetException", "Too much.")
        else:
            response = _error(self.faults.throttle_status or 429, "TooManyRequests", "Too many requests.")
        if self.faults.retry_after is not None:
            response.headers["Retry-After"] = f"{self.faults.retry_after:g}"
        return response

    def broken(self, request: web.Request) -> web.Response:
        return _error(500, "InternalServerError", "Error executing cmdlet")

    def _paged(self, request: web.Request, rows: list[dict[str, Any]], *, lost: bool) -> web.Response:
        start = int(request.query.get("$skiptoken", "0"))
        if lost and start:
            return self.broken(request)
        select = frozenset(filter(None, request.query.get("$select", "").split(",")))
        part = rows[start : start + self.page]
        told = [{key: value for key, value in row.items() if not select or key in select} for row in part]
        body: dict[str, Any] = {"@adminapi.warnings": [], "value": told}
        if start + self.page < len(rows):
            query = f"$skiptoken={start + self.page}" + (f"&$select={','.join(sorted(select))}" if select else "")
            body["@odata.nextLink"] = f"{self.url}{request.path}?{query}"
        return web.json_response(body)


def _refusal(status: int, kind: str, words: str) -> web.Response:
    return _error(
        status, "NotFound" if status == 404 else "BadRequest", "Error executing cmdlet", f"Ex6F9304|{kind}|{words}"
    )


def _error(status: int, code: str, message: str, detail: str = "") -> web.Response:
    details = [{"code": "Context", "target": "", "message": detail}] if detail else []
    return web.json_response({"error": {"code": code, "message": message, "details": details}}, status=status)
