"""URLs in, their bodies out by aiohttp alone: what asking costs that nobody can do without.

It asks for packed bodies and unpacks them, as aiohttp does unless told otherwise, and connects to each host, as it would
on the web; names cost nothing, for all are on this machine. With `keep` each body is hashed and packed. Robots.txt files
are among the URLs, since the pipeline asks for them.
"""

import asyncio
import hashlib
import json
import socket
import sys
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from pipeline.packing import pack
from pipeline.web.hosts import CONNECTIONS


class Here(AbstractResolver):
    """Every name is this machine's."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The one address."""
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


async def fetch_all(urls: list[str], port: int, *, is_kept: bool) -> int:
    """Fetch them all from their hosts' door on this machine; how many answers were a success."""
    places = asyncio.Semaphore(CONNECTIONS)
    connector = aiohttp.TCPConnector(limit=0, resolver=Here())
    async with aiohttp.ClientSession(connector=connector) as session:

        async def fetch(url: str) -> bool:
            async with places, session.get(URL(url).with_port(port)) as response:
                body = await response.read()
            if is_kept and response.ok:
                hashlib.sha256(body).hexdigest()
                pack(body)
            return response.ok

        return sum(await asyncio.gather(*map(fetch, urls)))


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[2]).read_text())
    sys.stdout.write(str(asyncio.run(fetch_all(asked, int(sys.argv[1]), is_kept=sys.argv[3:] == ["keep"]))))
