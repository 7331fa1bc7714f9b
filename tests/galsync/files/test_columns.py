"""Tests of galsync/files/columns.py: the names that mail programs use are known, each once."""

import pytest

from galsync.files import columns
from galsync.files.columns import meanings, plain
from galsync.files.disk import UnreadableError
from protocols.model.person import Field

EXPORTS = {
    "Outlook": ("First Name,Last Name,Company,Job Title,Business Phone,Mobile Phone,E-mail Address,E-mail 2 Address"),
    "Google Workspace": "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required]",
    "Google Contacts": "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Value,Phone 1 - Value",
    "Get-Recipient": "Guid,DisplayName,PrimarySmtpAddress,EmailAddresses,RecipientTypeDetails,CustomAttribute1,Title",
    "Get-ADUser": "objectGUID,mail,proxyAddresses,givenName,sn,telephoneNumber,l,co,physicalDeliveryOfficeName,info",
}


@pytest.mark.parametrize("name", EXPORTS)
def test_each_column_of_an_export_is_known(name: str) -> None:
    meant = meanings(EXPORTS[name].split(","))
    assert all(meant)
    assert columns.ADDRESS in meant


@pytest.mark.parametrize("written", [*columns.OWN, *columns.WRITTEN])
def test_our_own_names_mean_themselves(written: str) -> None:
    names = dict.fromkeys((written, columns.ADDRESS))
    assert meanings([*names])[0] == written
    assert meanings([written.upper().replace("_", " "), *(names if written != columns.ADDRESS else ())])[0] == written


def test_every_field_has_a_column() -> None:
    assert set(Field) <= set(columns.OWN)
    assert set(Field) <= set(columns.WRITTEN)


def test_no_name_means_two_things() -> None:
    told = {(plain(also), meant) for meant, names in columns._ALSO.items() for also in (meant, *names)}
    assert len({name for name, _ in told}) == len(told)


def test_of_two_that_mean_the_same_the_first_counts() -> None:
    assert meanings(["mail", "PrimarySmtpAddress", "x"]) == (columns.ADDRESS, "", "")


@pytest.mark.parametrize("header", [["name"], ["address", "address"], ["", ""]])
def test_a_header_that_leads_nowhere_is_refused(header: list[str]) -> None:
    with pytest.raises(UnreadableError, match="column"):
        meanings(header)


def test_a_wide_header_is_looked_at_once() -> None:
    class Name(str):
        """A name that counts how often it is compared."""

        __slots__ = ()
        compared = 0

        def __eq__(self, other: object) -> bool:
            Name.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

        def strip(self, chars: str | None = None, /) -> "Name":
            return Name(str.strip(self, chars))

    meanings([Name("address"), *(Name(f"column {number}") for number in range(1000))])
    assert Name.compared < 10_000
