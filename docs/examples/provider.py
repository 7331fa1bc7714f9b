"""A provider for Busyline in a page: everybody's shifts, from a CSV file. Needs Python 3.11 and nothing else.

    SHIFTS_TOKEN=secret python3 provider.py shifts.csv 8080

A line of the file: ann@fabrikam.example,2026-11-23T09:00:00+01:00,2026-11-23T17:00:00+01:00
"""

import csv
import hmac
import json
import os
import sys
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN, SHIFTS, PORT = os.environ["SHIFTS_TOKEN"], Path(sys.argv[1]), int(sys.argv[2])


def entry(mailbox: str, start: datetime, end: datetime) -> dict:
    """What the file says of one mailbox between two instants."""
    rows = [row for row in csv.reader(SHIFTS.read_text("utf-8").splitlines()) if row and row[0].lower() == mailbox]
    if not rows:
        return {"mailbox": mailbox, "error": {"code": "not-found"}}
    events = [{"start": row[1], "end": row[2], "status": "busy"} for row in rows if is_within(row, start, end)]
    return {"mailbox": mailbox, "events": events}


def is_within(row: list[str], start: datetime, end: datetime) -> bool:
    """Whether the shift shares time with what is asked."""
    return datetime.fromisoformat(row[1]) < end and datetime.fromisoformat(row[2]) > start


class Provider(BaseHTTPRequestHandler):
    """Answers POST. What goes wrong ends the connection, and Busyline shows nobody as free."""

    def do_POST(self) -> None:
        """One question."""
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), f"Bearer {TOKEN}".encode()):
            self.send_error(401)
            return
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        start, end = (datetime.fromisoformat(asked["window"][edge]) for edge in ("start", "end"))
        answer = {"version": 1, "mailboxes": [entry(mailbox, start, end) for mailbox in asked["mailboxes"]]}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Provider)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}/\n")
    sys.stdout.flush()
    server.serve_forever()
