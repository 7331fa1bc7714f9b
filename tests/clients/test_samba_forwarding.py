"""Mail that is forwarded by a real Active Directory: targetAddress of an account, there and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from galsync.forwarding.forwards import NOWHERE, Forward
from galsync.side import Failed, Written
from galsync.sides.active_directory_forwarding import ActiveDirectoryPostOffice
from protocols.ldap.operations import Add, Doing, Modification, Modify
from protocols.model.mailbox import Mailbox
from tests.clients.samba_directory import BASE, SambaDirectory, line, samba_directory

ANN, DN = "ann.lee@fabrikam.example", f"CN=Ann Lee,CN=Users,{BASE}"
_ANN = {
    "objectClass": [b"user"],
    "sAMAccountName": [b"ann.lee"],
    "mail": [ANN.encode()],
    "proxyAddresses": [f"SMTP:{ANN}".encode(), b"smtp:ann@fabrikam.example"],
}
HOME = Forward("SMTP:Ann@home.example")


@pytest.fixture
def samba(tmp_path: Path) -> Iterator[SambaDirectory]:
    """With Exchange's attributes, which targetAddress is one of."""
    with samba_directory(tmp_path / "samba", exchange=True) as found:
        yield found


async def test_an_account_forwards_and_stands_as_before(samba: SambaDirectory) -> None:
    async with line(samba) as directory:
        (await directory.ask(Add(DN, _ANN))).checked()
        office = ActiveDirectoryPostOffice(name="fabrikam", ask=directory.ask)
        new = office.spelled(Mailbox.parse("ann.lee@contoso.example"), copy=True)
        posts = await office.look([ANN, "nobody@fabrikam.example"])
        assert [*posts] == [ANN]
        assert (posts[ANN].forward, "ann@fabrikam.example" in posts[ANN].addresses) == (NOWHERE, True)

        assert isinstance(await office.write(posts[ANN], new), Written)
        forwarded = (await office.look([ANN]))[ANN]
        assert forwarded.forward == new

        late = await office.write(posts[ANN], HOME)  # as it stood before somebody else wrote
        assert isinstance(late, Failed)
        assert "somebody changed targetAddress meanwhile" in late.words
        change = Modification(Doing.REPLACE, "targetAddress", (HOME.to.encode(),))
        (await directory.ask(Modify(DN, (change,)))).checked()
        assert isinstance(await office.write(forwarded, NOWHERE), Failed)
        assert (await office.look([ANN]))[ANN].forward == HOME

        home = (await office.look([ANN]))[ANN]
        assert isinstance(await office.write(home, NOWHERE), Written)
        assert (await office.look([ANN]))[ANN] == posts[ANN]
