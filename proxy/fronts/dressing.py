"""Gives a refusal of the entrance the body of a dialect, for callers that read nothing else."""

from aiohttp import web


def dressed(refusal: web.Response, body: bytes) -> web.Response:
    """``refusal`` with the JSON ``body``; its status, challenges and Retry-After stay as they are."""
    refusal.body = body
    refusal.headers["Content-Type"] = "application/json; charset=utf-8"
    return refusal
