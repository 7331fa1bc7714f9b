"""Tests of console/gal/trial.py: a report that is sent to try the way, and what the mail server says of it."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.console.gal.typing_it import CONFIGURATION, main, operator
from tests.service.smtp_server import SmtpServer, smtp_server

MAIL = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "busyline@contoso.example"
to = ["it@contoso.example"]
"""


async def typed(folder: Path, here: SmtpServer, *options: str) -> tuple[int | None, str, str]:
    """``busyline gal mail`` as a process, with ``here`` as the mail server."""
    async with smtp_server(here):
        operator(folder, configuration=CONFIGURATION + MAIL.format(port=here.port))
        command = ["-m", "console", "gal", "mail", "--config", str(folder / "busyline.toml"), *options]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_a_report_is_sent_and_the_server_named(tmp_path: Path) -> None:
    here = SmtpServer()
    code, out, err = await typed(tmp_path, here)
    assert (code, err) == (0, "")
    assert f"127.0.0.1:{here.port} took a report for it@contoso.example" in out
    [message] = here.taken
    assert message["Subject"] == "Busyline: a report to try the way"
    assert "no sync has a schedule" in message.get_content()


async def test_what_the_server_refuses_is_told_with_its_numbers(tmp_path: Path) -> None:
    here = SmtpServer(refusals={"MAIL": "553 5.7.1 ann@contoso.example owns this"})
    code, out, err = await typed(tmp_path, here)
    assert (code, out) == (1, "")
    assert "it does not take mail from this sender (553 5.7.1); see [mail] from" in err
    assert "ann@contoso.example" not in err


async def test_for_programs(tmp_path: Path) -> None:
    here = SmtpServer(refusals={"RCPT": "550 5.1.1 nobody"})
    code, out, _ = await typed(tmp_path, here, "--json")
    told = json.loads(out)
    assert (code, told["taken"], told["to"]) == (1, False, ["it@contoso.example"])
    assert "(550 5.1.1)" in told["words"]


def test_without_a_mail_server_nothing_is_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operator(tmp_path)
    code, _, err = main(capsys, ["gal", "mail", "--config", str(tmp_path / "busyline.toml")])
    assert code == 1
    assert "the configuration has no [mail]" in err
