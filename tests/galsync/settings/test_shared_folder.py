"""Tests of galsync/settings/shared_folder.py."""

import pytest
from pydantic import ValidationError

from galsync.entries import Form
from galsync.settings.clouds import StaffExportDirectory
from galsync.settings.exchange import StaffExportEwsDirectory
from galsync.settings.shared_folder import SharedFolder


@pytest.mark.parametrize("kind", [StaffExportDirectory, StaffExportEwsDirectory])
def test_both_protocols_reach_such_a_folder_in_the_same_words(kind: type[SharedFolder]) -> None:
    assert issubclass(kind, SharedFolder)
    assert (kind.reads, kind.writes, kind.usual) == (True, (Form.CONTACT,), Form.CONTACT)
    assert kind.model_fields["mailbox"].is_required()


def test_what_is_no_name_of_a_sync_or_no_address_is_told() -> None:
    assert SharedFolder(mailbox="Staff@fabrikam.example", takes=("staff",)).takes == ("staff",)
    for wrong in ({"mailbox": "staff"}, {"mailbox": "staff@fabrikam.example", "takes": ("a/b",)}):
        with pytest.raises(ValidationError):
            SharedFolder.model_validate(wrong)
