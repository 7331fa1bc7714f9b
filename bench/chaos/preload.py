"""Small libraries in C that stand between the server and the C library; made on the spot."""

import asyncio
from pathlib import Path

_HERE = Path(__file__).parent


async def preloaded(source: str, folder: Path) -> dict[str, str]:
    """The environment in which a program is loaded with ``source``, a file of this folder. RuntimeError without gcc."""
    made = folder / source.replace(".c", ".so")
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(made), str(_HERE / source), "-ldl"]
    compiler = await asyncio.create_subprocess_exec(*command)
    if await compiler.wait():
        raise RuntimeError(f"{source} was not compiled")
    return {"LD_PRELOAD": str(made)}
