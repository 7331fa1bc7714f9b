"""The whole judgement of a secured request, the cheap questions first: shape, time, algorithms, then the keys."""

from dataclasses import dataclass
from datetime import datetime

from protocols.ews.wssecurity.assertion import Token, Trust, believe
from protocols.ews.wssecurity.decryption import decrypt
from protocols.ews.wssecurity.header import Secured, check_fresh, read
from protocols.ews.wssecurity.message import Demands, Proved, check_form, prove


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is proved, by which token, and what was asked."""

    message: Secured
    token: Token
    proved: Proved


def weigh(data: bytes, demands: Demands, *, now: datetime) -> Secured:
    """The message as far as it can be judged without a key. Pure and cheap. Raises SecurityRefused."""
    message = read(data)
    check_fresh(message.created, message.expires, now=now, skew=demands.skew)
    check_form(message)
    return message


def judge(message: Secured, trust: Trust, demands: Demands, *, now: datetime) -> Verdict:
    """Decipher the token, believe it, check the message with its key: a few milliseconds. Raises SecurityRefused."""
    token = believe(decrypt(message.token, trust.keys), trust, now=now)
    return Verdict(message, token, prove(message, token, demands, now=now))
