"""URLs in, their bodies out by aiohttp alone: what asking costs that nobody can do without.

It asks for packed bodies and unpacks them, as aiohttp does unless told otherwise. With `keep` each body is hashed and
packed. Robots.txt files are among the URLs, since the pipeline asks for them.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

import aiohttp
from yarl import URL

from pipeline.packing import pack
from pipeline.web.hosts import CONNECTIONS


async def fetch_all(urls: list[str], port: int, *, is_kept: bool) -> int:
    """Fetch them all from their hosts' door on this machine; how many answers were a success."""
    places = asyncio.Semaphore(CONNECTIONS)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def fetch(url: str) -> bool:
            asked = URL(url)
            door, headers = asked.with_host("127.0.0.1").with_port(port), {"Host": asked.host or ""}
            async with places, session.get(door, headers=headers) as response:
                body = await response.read()
            if is_kept and response.ok:
                hashlib.sha256(body).hexdigest()
                pack(body)
            return response.ok

        return sum(await asyncio.gather(*map(fetch, urls)))


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[2]).read_text())
    sys.stdout.write(str(asyncio.run(fetch_all(asked, int(sys.argv[1]), is_kept=sys.argv[3:] == ["keep"]))))
