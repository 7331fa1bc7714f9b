"""Tests of simulation/exchange/calendar_operations.py."""

from tests.simulation.exchange.calendar_asking import CALENDAR, GUESTS, SHAPE, TIMES, WEEKLY, asker

ROOT = '<t:DistinguishedFolderId Id="publicfoldersroot"/>'
FOLDERS = (
    "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    '<t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURI FieldURI="folder:FolderClass"/>'
    '<t:FieldURI FieldURI="folder:ParentFolderId"/><t:FieldURI FieldURI="folder:ChildFolderCount"/>'
    '<t:ExtendedFieldURI PropertyTag="0x6698" PropertyType="Binary"/></t:AdditionalProperties></m:FolderShape>'
)
CONTENT = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0002@fabrikam.example"


def _sync(state: str = "", where: str = CALENDAR) -> str:
    told = f"<m:SyncState>{state}</m:SyncState>" if state else ""
    shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
    return f"{shape}<m:SyncFolderId>{where}</m:SyncFolderId>{told}<m:MaxChangesReturned>512</m:MaxChangesReturned>"


async def test_changes_are_told_by_states_that_can_expire() -> None:
    async with asker() as there:
        key = await there.created(TIMES)
        told = await there.ask("SyncFolderItems", _sync())
        assert [each.get("Id") for each in told.iterfind(".//{*}Create//{*}ItemId")] == [key]
        state = told.findtext(".//{*}SyncState", "")
        again = await there.ask("SyncFolderItems", _sync(state))
        assert list(again.iterfind(".//{*}Changes/*")) == []
        await there.ask("DeleteItem", f'<m:ItemIds><t:ItemId Id="{key}"/></m:ItemIds>')
        gone = await there.ask("SyncFolderItems", _sync(state))
        assert [each.get("Id") for each in gone.iterfind(".//{*}Delete/{*}ItemId")] == [key]
        there.desk.expire()
        assert await there.codes("SyncFolderItems", _sync(state)) == ["ErrorInvalidSyncStateData"]


async def test_public_folders_have_no_states() -> None:
    async with asker() as there:
        folder = there.desk.public_folder("/Shared")
        assert await there.codes("SyncFolderItems", _sync(where=f'<t:FolderId Id="{folder.key}"/>')) == [
            "ErrorInvalidOperation"
        ]


async def test_public_folders_are_found_level_by_level_where_the_request_is_led() -> None:
    async with asker() as there:
        there.desk.public.tree = "tree@fabrikam.example"
        there.desk.public_folder("/Shared/Team", content=CONTENT)
        body = f"{FOLDERS}<m:ParentFolderIds>{ROOT}</m:ParentFolderIds>"
        assert await there.codes("FindFolder", body) == ["ErrorPublicFolderServerNotFound"]
        headers = {"X-PublicFolderMailbox": "Tree@fabrikam.example"}
        told = await there.ask("FindFolder", body, headers=headers)
        assert [each.text for each in told.iter("{*}DisplayName")] == ["Shared"]
        key = next(told.iter("{*}FolderId")).get("Id")
        below = f'{FOLDERS}<m:ParentFolderIds><t:FolderId Id="{key}"/></m:ParentFolderIds>'
        team = await there.ask("FindFolder", below, headers=headers)
        assert [each.text for each in team.iter("{*}DisplayName")] == ["Team"]
        assert len(list(team.iter("{*}ExtendedProperty"))) == 1
        deep = await there.ask("FindFolder", body, 'Traversal="Deep"', headers=headers)
        assert [each.text for each in deep.iter("{*}ResponseCode")] == ["ErrorInvalidOperation"]


async def test_items_of_a_public_folder_are_where_their_content_is() -> None:
    async with asker() as there:
        folder = there.desk.public_folder("/Shared", content=CONTENT)
        body = f'{SHAPE}<m:ParentFolderIds><t:FolderId Id="{folder.key}"/></m:ParentFolderIds>'
        assert await there.codes("FindItem", body) == ["ErrorPublicFolderServerNotFound"]
        told = await there.ask(
            "FindItem", body, headers={"X-PublicFolderMailbox": CONTENT, "X-AnchorMailbox": CONTENT}
        )  # fmt: skip
        assert [each.text for each in told.iter("{*}ResponseCode")] == ["NoError"]


async def test_a_version_that_is_not_known_is_a_fault() -> None:
    async with asker() as there:
        there.desk.versions = ("Exchange2010",)
        body = f"{FOLDERS}<m:FolderIds>{CALENDAR}</m:FolderIds>"
        assert await there.codes("GetFolder", body) == ["ErrorInvalidServerVersion"]
        assert await there.codes("GetFolder", body, version="Exchange2010") == ["NoError"]


async def test_a_busy_server_says_for_how_long() -> None:
    async with asker() as there:
        there.desk.refuse = lambda operation: 2.5
        told = await there.ask("GetFolder", f"{FOLDERS}<m:FolderIds>{CALENDAR}</m:FolderIds>")
        assert [each.text for each in told.iter("{*}Value")] == ["2500"]


async def test_an_occurrence_and_an_exception_are_told_as_such() -> None:
    async with asker() as there:
        key = await there.created(f"<t:Subject>Weekly</t:Subject>{TIMES}{WEEKLY}")
        told = await there.ask(
            "GetItem",
            f'{SHAPE}<m:ItemIds><t:ItemId Id="{key}"/><t:OccurrenceItemId RecurringMasterId="{key}" InstanceIndex="2"/>'
            f'<t:OccurrenceItemId RecurringMasterId="{key}" InstanceIndex="5"/></m:ItemIds>',
        )
        assert [each.text for each in told.iter("{*}CalendarItemType")] == ["RecurringMaster", "Occurrence"]
        assert [each.text for each in told.iter("{*}Start")] == ["2026-11-09T09:00:00Z", "2026-11-16T09:00:00Z"]
        assert [each.text for each in told.iter("{*}ResponseCode")][2] == (
            "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"
        )


async def test_whoever_is_asked_makes_a_meeting() -> None:
    async with asker() as there:
        key = await there.created(f"{TIMES}{GUESTS}")
        told = await there.ask("GetItem", f'{SHAPE}<m:ItemIds><t:ItemId Id="{key}"/></m:ItemIds>')
        assert [each.text for each in told.iter("{*}IsMeeting")] == ["true"]
        assert there.desk.mails == []


async def test_what_is_not_ours_is_left_to_others() -> None:
    async with asker() as there:
        assert await there.codes("GetItem", '<m:ItemIds><t:ItemId Id="other"/></m:ItemIds>') == [
            "ErrorInvalidOperation"
        ]
