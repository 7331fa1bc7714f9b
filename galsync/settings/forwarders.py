"""[[move_forwarders]]: where the mail of people who have moved is forwarded from, and to which address."""

from pydantic import Field

from service.words import Section, Switch, Template


class ForwarderSettings(Section):
    """[[move_forwarders]]: at the side that is left, the mail of whoever has moved goes to where they are now.

    Nothing is forwarded before `busyline moves apply` was agreed to; `busyline moves roll-back` gives back what stood
    there. At a directory of protocol "powershell" both lay a script down, which counts once its export is back.
    """

    move: str = Field(min_length=1, description="the move, as [[moves]] calls it", examples=["fabrikam-to-contoso"])
    at: str = Field(description="the directory of the side that people leave", examples=["fabrikam"])
    beyond: str | None = Field(
        None,
        description="the directory of the side that they go to: it is looked at, so that no mail goes to nobody or in "
        "a circle",
        examples=["contoso-at-once"],
    )
    to: Template | None = Field(
        None,
        description="where to, where it is not the address of the new side: {local} and {domain} are those of it; "
        "needed where both sides know people by one address",
        examples=["{local}@contoso.onmicrosoft.com"],
    )
    keep_copy: Switch = Field(
        True, description="a copy stays in the mailbox that was left, where the system can (Active Directory cannot)"
    )
