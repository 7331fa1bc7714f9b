"""Two connections joined into one, for the proxies and the eavesdroppers of the tests."""

import asyncio
from typing import TypeAlias

End: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def relayed(here: End, there: End) -> None:
    """Pass on whatever either end sends, until both have ended."""
    await asyncio.gather(_copy(here[0], there[1]), _copy(there[0], here[1]))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()
