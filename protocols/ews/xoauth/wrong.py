"""Everything that can be wrong with a token of Microsoft: one name, one category and one sentence for each check."""

from enum import Enum

from protocols.ews.xoauth.challenge import Category


class Wrong(Enum):
    """What a check found. The value is category and the text of ``x-ms-diagnostics``."""

    TOO_LARGE = Category.INVALID_TOKEN, "The token is too large."
    GARBLED = Category.INVALID_TOKEN, "The token cannot be read."
    TYPE = Category.INVALID_TOKEN, "The token is not of the type JWT."
    CRITICAL = Category.INVALID_TOKEN, "The token demands an extension."
    UNSIGNED = Category.INVALID_TOKEN, "The token is not signed and holds no actor token."
    OUTER_SIGNED = Category.INVALID_TOKEN, "The outer token has a signature."
    NESTED = Category.INVALID_TOKEN, "An actor token holds another."
    ALGORITHM = Category.INVALID_SIGNATURE, "The actor token is not signed by RS256."
    ISSUER = Category.INVALID_TENANT, "The issuer of the actor token is not trusted."
    TENANT = Category.INVALID_TENANT, "The actor token is of another tenant than its issuer."
    KEY = Category.INVALID_SIGNATURE, "The key that signed the actor token is not known."
    SIGNATURE = Category.INVALID_SIGNATURE, "The signature of the actor token is wrong."
    APPLICATION = Category.INVALID_CLIENT, "The application is not trusted."
    OUTER_ISSUER = Category.INVALID_TOKEN, "The issuer of the outer token is not the actor."
    DELEGATION = Category.INVALID_GRANT, "The actor is not trusted for delegation."
    USER = Category.INVALID_USER, "The outer token names no user."
    AUDIENCE = Category.INVALID_RESOURCE, "The audience of the token has not the parts of one."
    AUDIENCE_CLIENT = Category.INVALID_RESOURCE, "The audience of the token is another application."
    AUDIENCE_HOST = Category.INVALID_RESOURCE, "The audience of the token is another host."
    AUDIENCE_REALM = Category.INVALID_RESOURCE, "The audience of the token is of another realm."
    TIMES = Category.INVALID_TOKEN, "The token says not from when and until when it is valid."
    EXPIRED = Category.TOKEN_EXPIRED, "The token has expired."
    TOO_EARLY = Category.INVALID_TOKEN, "The token is not valid yet."

    @property
    def category(self) -> Category:
        """Exchange's kind of error."""
        return self.value[0]

    @property
    def sentence(self) -> str:
        """For the other side's administrator; constant."""
        return self.value[1]

    @property
    def reason(self) -> str:
        """For our log and metrics."""
        return "microsoft-" + self.name.lower().replace("_", "-")
