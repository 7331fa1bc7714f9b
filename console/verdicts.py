"""A verdict of the policy for an operator: which rules of the file have a part in it, and what they hide today."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from console.places import line_of, lines_of
from routing.policy import Verdict
from routing.rules import Mask, Said, hours_words


def rule_lines(text: str, rules: int) -> dict[int, int]:
    """The line of the configuration on which each rule begins, rules counted from 1."""
    lines = lines_of(text)
    return {number + 1: line_of(("rules", number), lines) for number in range(rules)}


def verdict_words(verdict: Verdict) -> str:
    """Allowed or refused, and what says so."""
    return ("allowed: " if verdict.allowed else "refused: ") + verdict.rule


def rules_words(verdict: Verdict, lines: Mapping[int, int]) -> Iterator[str]:
    """One sentence for each rule and key that has a part in it."""
    for said in verdict.said:
        line = f" (line {lines[said.rule]})" if said.rule in lines else ""
        yield f"[[rules]] number {said.rule}{line}, about {said.about}: {said.effect}"


def verdict_facts(verdict: Verdict, lines: Mapping[int, int], now: datetime) -> dict[str, Any]:
    """The same for programs."""
    return {
        "allowed": verdict.allowed,
        "reason": verdict.reason.value if verdict.reason else None,
        "sees": verdict.detail.value if verdict.allowed else None,
        "may_ask": verdict.may_ask or None,
        "room": verdict.room,
        "rules": [_said(said, lines) for said in verdict.said],
        "hidden": _hidden(verdict.mask, now.astimezone(UTC).date()) if verdict.mask else None,
    }


def _said(said: Said, lines: Mapping[int, int]) -> dict[str, Any]:
    return {
        "rule": said.rule,
        "line": lines.get(said.rule),
        "about": said.about,
        "key": said.key,
        "effect": said.effect,
    }


def _hidden(mask: Mask, today: date) -> dict[str, Any]:
    back, ahead = mask.back, mask.ahead
    return {
        "shown_from": _midnight(today, -back) if back is not None else None,
        "shown_until": _midnight(today, ahead + 1) if ahead is not None else None,
        "own_hours": mask.own_hours,
        "hours": [hours_words(hours) for hours in mask.hours],
        "redact": len(mask.redaction.words) if mask.redaction else 0,
    }


def _midnight(today: date, days: int) -> str:
    return f"{(today + timedelta(days=days)).isoformat()}T00:00:00+00:00"
