"""Tests of simulation/exchange/calendar_writes.py."""

import pytest

from tests.simulation.exchange.calendar_asking import CALENDAR, GUESTS, SHAPE, TIMES, WEEKLY, asker, change, occurrence

STRICT = 'ConflictResolution="NeverOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"'
OTHER = "<t:Subject>Other</t:Subject>"


def _item(inside: str) -> str:
    where = f"<m:SavedItemFolderId>{CALENDAR}</m:SavedItemFolderId>"
    return f"{where}<m:Items><t:CalendarItem>{inside}</t:CalendarItem></m:Items>"


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (TIMES, "NoError"),
        (f"{TIMES}{OTHER}", "ErrorSchemaValidation"),
        (f"<t:Strange/>{TIMES}", "ErrorSchemaValidation"),
        ("<t:Start>x</t:Start>", "ErrorSchemaValidation"),
        ("<t:Subject>No time</t:Subject>", "ErrorCalendarDurationIsTooLong"),
        (
            "<t:Start>2026-11-09T10:00:00Z</t:Start><t:End>2026-11-09T09:00:00Z</t:End>",
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
    ],
)
async def test_a_creation(inside: str, code: str) -> None:
    async with asker() as there:
        assert await there.codes("CreateItem", _item(inside)) == [code]


async def test_who_says_nothing_of_invitations_is_refused() -> None:
    async with asker() as there:
        assert await there.codes("CreateItem", _item(TIMES), "") == ["ErrorSendMeetingInvitationsRequired"]


async def test_who_is_mailed_is_noted() -> None:
    async with asker() as there:
        await there.ask("CreateItem", _item(f"{TIMES}{GUESTS}"), 'SendMeetingInvitations="SendToAllAndSaveCopy"')
        assert there.desk.mails == ["guest@contoso.example"]


async def test_somebody_who_was_faster() -> None:
    async with asker() as there:
        key = await there.created(TIMES)
        entry = there.desk.calendar("anna@fabrikam.example").entries[key]
        first = str(entry.version)
        body = change(key, "item:Subject", OTHER, first)
        assert await there.codes("UpdateItem", body, STRICT) == ["NoError"]
        assert await there.codes("UpdateItem", body, STRICT) == ["ErrorIrresolvableConflict"]
        plain = change(key, "item:Subject", OTHER)
        assert await there.codes("UpdateItem", plain, STRICT) == ["ErrorChangeKeyRequiredForWriteOperations"]
        assert await there.codes("UpdateItem", plain) == ["NoError"]


async def test_one_field_at_a_time() -> None:
    async with asker() as there:
        key = await there.created(TIMES)
        body = change(key, "item:Subject", f"{OTHER}<t:Sensitivity>Private</t:Sensitivity>")
        assert await there.codes("UpdateItem", body) == ["ErrorIncorrectUpdatePropertyCount"]


async def test_occurrences_go_and_differ_and_are_laid_out_anew() -> None:
    async with asker() as there:
        key = await there.created(f"<t:Subject>Weekly</t:Subject>{TIMES}{WEEKLY}")
        body = change(key, "item:Subject", OTHER).replace(f'<t:ItemId Id="{key}"/>', occurrence(key, 2))
        assert await there.codes("UpdateItem", body) == ["NoError"]
        gone = f"<m:ItemIds>{occurrence(key, 3)}</m:ItemIds>"
        assert await there.codes("DeleteItem", gone) == ["NoError"]
        assert await there.codes("DeleteItem", gone) == ["ErrorCalendarOccurrenceIsDeletedFromRecurrence"]
        told = await there.ask("GetItem", f'{SHAPE}<m:ItemIds><t:ItemId Id="{key}"/></m:ItemIds>')
        assert [each.text for each in told.iter("{*}OriginalStart")] == ["2026-11-16T09:00:00Z"]
        assert [each[0].text for each in told.iter("{*}DeletedOccurrence")] == ["2026-11-23T09:00:00Z"]
        rule = WEEKLY.partition("<t:StartTimeZone")[0]
        await there.ask("UpdateItem", change(key, "calendar:Recurrence", rule))
        told = await there.ask("GetItem", f'{SHAPE}<m:ItemIds><t:ItemId Id="{key}"/></m:ItemIds>')
        assert [*told.iter("{*}OriginalStart"), *told.iter("{*}DeletedOccurrence")] == []


@pytest.mark.parametrize(("day", "code"), [(22, "NoError"), (23, "ErrorOccurrenceCrossingBoundary")])
async def test_an_occurrence_stays_between_its_neighbours(day: int, code: str) -> None:
    async with asker() as there:
        key = await there.created(f"{TIMES}{WEEKLY}")
        end = change(key, "calendar:End", f"<t:End>2026-11-{day}T10:00:00Z</t:End>")
        start = (
            '<t:SetItemField><t:FieldURI FieldURI="calendar:Start"/><t:CalendarItem>'
            f"<t:Start>2026-11-{day}T09:00:00Z</t:Start></t:CalendarItem></t:SetItemField></t:Updates>"
        )
        body = end.replace("</t:Updates>", start).replace(f'<t:ItemId Id="{key}"/>', occurrence(key, 2))
        assert await there.codes("UpdateItem", body) == [code]


async def test_a_folder_that_may_not_be_written() -> None:
    async with asker() as there:
        there.desk.calendar("anna@fabrikam.example").writable = False
        assert await there.codes("CreateItem", _item(TIMES)) == ["ErrorAccessDenied"]
