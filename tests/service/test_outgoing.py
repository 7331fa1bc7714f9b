"""Tests of service/outgoing.py: secrets and certificates are found beside the configuration."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from service.outgoing import NetworkSection, Outgoing
from service.secrets import Reference, SecretError


async def test_secrets_and_certificates_lie_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret")
    async with AsyncExitStack() as stack:
        outgoing = Outgoing(NetworkSection.model_validate({"ca": "ca.pem"}), tmp_path, stack)
        assert outgoing.secret(Reference.parse("file:key")).reveal() == "s3cret"
        with pytest.raises(SecretError, match="there is no file"):
            outgoing.secret(Reference.parse("file:another"))
        assert outgoing.ca == tmp_path / "ca.pem"
        with pytest.raises(OSError, match="No such file"):
            await outgoing.wire()
