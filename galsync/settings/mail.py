"""[mail]: who gets the reports, and by which mail server."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from protocols.model.mailbox import Mailbox
from service.mail import PORTS, MailSecurity, MailServer
from service.secrets import Secret, SecretReference
from service.words import Address, FilePath, Section, Whole, some


class MailSignInSettings(Section):
    """Who signs in to the mail server."""

    user: str = Field(min_length=1, description="the user", examples=["busyline@contoso.example"])
    password: SecretReference = Field(description="where the password lies", examples=["env:BUSYLINE_MAIL_PASSWORD"])


class MailSettings(Section):
    """[mail]: reports of the runs that nobody watches, by e-mail."""

    host: str = Field(min_length=1, description="the mail server", examples=["smtp.contoso.example"])
    port: Whole = Field(0, ge=0, le=65_535, description="another port than 465 (smtps), 587 (starttls) or 25 (none)")
    security: Literal["smtps", "starttls", "none"] = Field(
        "starttls", description="how the line is protected; none is for a mail server on this machine alone"
    )
    ca: FilePath | None = Field(None, description="a private CA that signed its certificate (PEM)")
    auth: MailSignInSettings | None = Field(None, description="who signs in, where it wants that")
    sender: Address = Field(alias="from", description="whose mail it is", examples=["busyline@contoso.example"])
    to: Annotated[tuple[Address, ...], AfterValidator(some)] = Field(
        description="who gets the reports: they name people", examples=[["it@contoso.example"]]
    )
    on: Literal["change", "failure", "always"] = Field(
        "change",
        description="of which runs: those that wrote something or went wrong, those that went wrong, or all;"
        " the same trouble is told once a day",
    )

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        self._server(Secret("any") if self.auth else None, None)
        return self

    def server(self, password: Secret | None, directory: Path) -> MailServer:
        """The server, with the ``password`` of ``auth``; paths are relative to ``directory``."""
        return self._server(password, directory / self.ca if self.ca else None)

    @property
    def server_place(self) -> str:
        """For people: host and port of the mail server."""
        return f"{self.host}:{self.port or PORTS[MailSecurity(self.security)]}"

    @property
    def recipients(self) -> tuple[Mailbox, ...]:
        """Who gets the reports."""
        return tuple(Mailbox.parse(each) for each in self.to)

    def _server(self, password: Secret | None, ca: Path | None) -> MailServer:
        return MailServer(
            host=self.host,
            port=self.port,
            sender=Mailbox.parse(self.sender),
            security=MailSecurity(self.security),
            user=self.auth.user if self.auth else "",
            password=password,
            ca=ca,
        )
