"""A folder of hosts in, a web server on this machine out: the bundled closed world, and the web of the tests.

`folder/HOST/path` is `http://HOST/path`; a folder is its `index.html`, and `/a` is also `a.html`. Where `a.html.gz` stands
beside `a.html`, it is what whoever reads gzip gets. A host's
`_headers.toml` says for a path what the file cannot: `["/old"]` with status, location, content_type or last_modified.
"""

import hashlib
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from multidict import CIMultiDict

SPECIAL = "_headers.toml"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rdf": "application/rdf+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
# What a feed is served as when its name does not tell; looked for in its first bytes.
FEED_MARKS = (
    (b"<rss", ".xml", TYPES[".rss"]),
    (b"<feed", ".xml", TYPES[".atom"]),
    (b"<rdf:RDF", ".xml", TYPES[".rdf"]),
    (b"jsonfeed.org", ".json", "application/feed+json"),
)


class WorldError(ValueError):
    """The folder of a world cannot be served: one sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Special:
    """What a path answers instead of what its file would say."""

    status: int = 200
    location: str | None = None
    content_type: str | None = None
    last_modified: str | None = None


def list_hosts(folder: Path) -> tuple[str, ...]:
    """The hosts of a world, in order: its sub-folders. Raises WorldError if there is none."""
    hosts = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()
    if not hosts:
        raise WorldError(f"{folder} has no folder per host; put the pages of http://HOST/ below {folder}/HOST/.")
    return hosts


def read_specials(folder: Path) -> Mapping[str, Special]:
    """The `_headers.toml` of one host. Raises WorldError on one that cannot be read."""
    file = folder / SPECIAL
    if not file.exists():
        return {}
    try:
        return {path: Special(**table) for path, table in tomllib.loads(file.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise WorldError(
            f"{file}: {error}; a path is a table of status, location, content_type, last_modified."
        ) from None


@asynccontextmanager
async def serve_world(folder: Path) -> AsyncIterator[int]:
    """Serve the hosts below `folder` on 127.0.0.1 while the body runs; gives the port, which was free."""
    specials = {host: read_specials(folder / host) for host in list_hosts(folder)}

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        host = request.host.partition(":")[0].lower()
        if host not in specials:
            return web.Response(status=404, text=f"no host {host} in this world\n")
        path = unquote(request.rel_url.raw_path)
        return respond(request.headers, specials[host].get(path, Special()), find_file(folder / host, path))

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def find_file(folder: Path, path: str) -> Path | None:
    """The file behind a path, or None; never one outside the host's folder, nor what only tells about it."""
    if "\x00" in path:
        return None
    file = (folder / path.lstrip("/")).resolve()
    if not file.is_relative_to(folder.resolve()) or file.name == SPECIAL:
        return None
    candidates = (file / "index.html", file, file.with_name(file.name + ".html"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def respond(asked: Mapping[str, str], special: Special, file: Path | None) -> web.Response:
    """What a path answers: its file, a redirect, an error, or 304 if the asker has it."""
    if file is None and special.status == 200:
        return web.Response(status=404, text="no such page\n")
    body = file.read_bytes() if file else b""
    headers: CIMultiDict[Any] = CIMultiDict()
    content_type = special.content_type or (find_type(file, body[:1000]) if file else TYPES[".txt"])
    if file and "gzip" in asked.get("Accept-Encoding", "") and (packed := find_packed(file)):
        body = packed.read_bytes()
        headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    if special.location:
        headers["Location"] = special.location
    if special.status == 200:
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if special.last_modified:
            headers["Last-Modified"] = special.last_modified
        if is_known(asked, headers):
            return web.Response(status=304, headers=headers)
    headers["Content-Type"] = content_type
    return web.Response(status=special.status, headers=headers, body=body)


def find_packed(file: Path) -> Path | None:
    """The same packed beforehand, or None."""
    packed = file.with_name(f"{file.name}.gz")
    return packed if packed.is_file() else None


def is_known(asked: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """Whether the asker has this version already (RFC 9110, 13.1): the date counts where no etag is sent."""
    if "If-None-Match" in asked:
        return headers["ETag"] in asked["If-None-Match"]
    return "Last-Modified" in headers and asked.get("If-Modified-Since") == headers["Last-Modified"]


def find_type(file: Path, start: bytes) -> str:
    """The content type of a file; one without a known suffix is a page."""
    suffix = file.suffix.lower()
    for mark, of_suffix, content_type in FEED_MARKS:
        if suffix == of_suffix and mark in start:
            return content_type
    return TYPES.get(suffix, TYPES[".html"])
