"""The key file is one that Google's own library reads."""

from typing import Any

from google.oauth2 import service_account

from simulation.google import ServiceAccount


def test_the_key_file_is_read_by_googles_library() -> None:
    account = ServiceAccount()
    reader: Any = service_account.Credentials
    credentials = reader.from_service_account_info(account.file("https://127.0.0.1:1/token"))
    assert credentials.service_account_email == account.email
    assert account.file("x")["private_key"] == account.file("y")["private_key"]
