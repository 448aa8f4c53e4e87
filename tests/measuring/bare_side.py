"""One side of the comparison: the library calls that nobody can do without, and nothing else.

Fetch every feed and page, parse the feeds, read every page with trafilatura (text and metadata), hash and compress its
bytes. Nothing is checked, kept or recorded.
"""

import asyncio
import gzip
import hashlib
import io
import json
import sys

import aiohttp
import feedparser
import trafilatura
from yarl import URL

COMPRESSION = 6  # as in the archive; gzip's own default of 9 would cost this side more


async def fetch_all(urls: list[str], port: int) -> list[bytes]:
    """The bodies behind the URLs, from their hosts' door on this machine."""
    async with aiohttp.ClientSession() as session:

        async def fetch(url: str) -> bytes:
            asked = URL(url)
            headers = {"Host": asked.host or ""}
            async with session.get(asked.with_host("127.0.0.1").with_port(port), headers=headers) as response:
                return await response.read()

        return await asyncio.gather(*map(fetch, urls))


def main(port: int, hosts: list[str]) -> dict[str, int]:
    """Do it all; how many entries were listed, pages got and texts found."""
    feeds = asyncio.run(fetch_all([f"http://{host}/feed.xml" for host in hosts], port))
    entries = [entry for feed in feeds for entry in feedparser.parse(io.BytesIO(feed)).entries]
    urls = [entry.link for entry in entries]
    bodies = asyncio.run(fetch_all(urls, port))
    texts = 0
    for url, body in zip(urls, bodies, strict=True):
        # Comments are left out as in the pipeline: reading them too would cost this side more.
        document = trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)
        texts += bool(getattr(document, "text", None))
        hashlib.sha256(body).hexdigest()
        gzip.compress(body, COMPRESSION)
    return {"entries": len(entries), "pages": len(bodies), "texts": texts}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), sys.argv[2:])))
