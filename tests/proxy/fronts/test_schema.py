"""The description is served to everybody, under the public address, in any letter case."""

from pathlib import Path

import aiohttp
import pytest
from lxml import etree

from tests.proxy.served import serving


@pytest.mark.parametrize("name", ["Services.wsdl", "messages.xsd", "types.xsd", "TYPES.XSD"])
async def test_each_document_is_xml(tmp_path: Path, name: str) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession() as session,
        session.get(f"{proxy.url}/EWS/{name}") as answer,
    ):
        assert answer.content_type == "text/xml"
        assert etree.fromstring(await answer.read()).tag.endswith(("definitions", "schema"))


async def test_everything_that_a_document_imports_is_served_too(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession() as session:
        wanted = {"Services.wsdl"}
        seen: set[str] = set()
        while wanted - seen:
            name = min(wanted - seen)
            seen.add(name)
            async with session.get(f"{proxy.url}/EWS/{name}") as answer:
                assert answer.status == 200, name
                root = etree.fromstring(await answer.read())
            places = {element.get("schemaLocation", "") for element in root.iter()}
            wanted |= {place for place in places if place and not place.startswith("http")}
        assert {"messages.xsd", "types.xsd"} <= seen
