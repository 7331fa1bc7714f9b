"""What one other system is reached with: its wires, its private CA, and the secrets that prove us to it."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from service.durations import Duration
from service.reach import Reach
from service.secrets import Reference, Secret, resolve
from service.wire import BlockingWire, Wire
from service.words import FilePath, Section, Switch


class NetworkSection(Section):
    """How another system is reached."""

    ca: FilePath | None = Field(None, description="a private CA that signed the other side's certificate (PEM)")
    private_network: Switch = Field(
        False,
        description="its name may lead to an address in a private network; not needed where an IP address is written",
    )
    deadline: Duration = Field(
        timedelta(seconds=25),
        description="one call to the other side is cut after this long; no caller waits for it, but its answer is kept",
    )


class Outgoing:
    """The way to one system. ``directory`` is that of the configuration file; what is opened is closed by ``stack``."""

    def __init__(self, settings: NetworkSection, directory: Path, stack: AsyncExitStack) -> None:
        self.directory = directory
        self.stack = stack
        self.ca = directory / settings.ca if settings.ca else None
        self.reach = Reach(private_network=settings.private_network)
        self._deadline = settings.deadline

    def secret(self, reference: Reference) -> Secret:
        """What lies there. Raises SecretError."""
        return resolve(reference, self.directory)

    async def wire(self, *, redirects: bool = False, repeatable: bool = True) -> Wire:
        """A wire, on which redirects are answers if wanted. Raises OSError (the CA file).

        ``repeatable``: for questions alone, which may be sent twice; see :class:`service.wire.Wire`.
        """
        wire = Wire(timeout=self._deadline, ca=self.ca, repeatable=repeatable, redirects=redirects, reach=self.reach)
        return await self.stack.enter_async_context(wire)

    def blocking(self, *, only: str) -> BlockingWire:
        """A wire for a library that fetches tokens, to the origin of ``only`` alone."""
        blocking = BlockingWire(ca=self.ca, reach=self.reach, only=only)
        self.stack.callback(blocking.close)
        return blocking
