"""A folder of .txt and .html files in, what it lists out. Its `documents.toml` says where each file is from."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from pipeline.keys import canonical
from pipeline.sources.dates import midnight
from pipeline.sources.listing import Listed, Reading
from pipeline.sources.registry import LANGUAGE
from pipeline.sources.tables import SourcesError, Table, as_day, read_tables
from pipeline.web.urls import is_http, url_key

METADATA = "documents.toml"
REQUIRED = frozenset({"file", "url", "outlet", "published_at"})
OPTIONAL = frozenset({"title", "language", "is_synthetic"})
CONTENT_TYPES = {
    ".txt": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
}
DOCUMENT_BYTES = 10_000_000  # as for a fetched page
NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file of the folder with what `documents.toml` says of it.

    file           its name below the folder, with / between folders
    published      as it stands in the metadata: a day, or an instant with its offset
    is_synthetic   whether it was written for tests or a demonstration
    """

    file: str
    url: str
    outlet: str
    published: str
    published_at: datetime
    title: str | None = None
    language: str | None = None
    is_synthetic: bool = False
    body: bytes
    content_type: str


def list_documents(folder: Path) -> Reading:
    """Return what the folder's `documents.toml` lists; `detail` names the files that it leaves out.

    A document looks like this; title, language and is_synthetic may be left out:

        [[document]]
        file = "raqqa.txt"
        url = "https://wire.example/raqqa"
        outlet = "Syria Wire"
        published_at = 2017-06-11T09:30:00Z

    Raises SourcesError on metadata or a file that cannot be used: FILE:LINE: reason and remedy.
    """
    entries: list[Listed] = []
    size_bytes = 0
    for document in read_documents(folder):
        entries.append(to_listed(document))
        size_bytes += len(document.body)
    listing = [
        [entry.document, entry.document_sha256, entry.url, entry.title, entry.published, entry.language, entry.outlet]
        for entry in entries
    ]
    return Reading(
        entries=tuple(entries),
        detail=find_unlisted(folder, {entry.document or "" for entry in entries}),
        listing_sha256=hashlib.sha256(canonical(listing)).hexdigest(),
        listing_bytes=size_bytes,
    )


def to_listed(document: Document) -> Listed:
    """What the listing says of a document: all but its bytes."""
    return Listed(
        url=document.url,
        title=document.title or "",
        published=document.published,
        published_at=document.published_at,
        language=document.language,
        outlet=document.outlet,
        document=document.file,
        document_sha256=hashlib.sha256(document.body).hexdigest(),
    )


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder whose `documents.toml` was read: what it says of each file."""

    path: Path
    tables: Mapping[str, Table]

    def read(self, name: str) -> Document:
        """Return one document by its file name. Raises SourcesError when the metadata does not list it."""
        if table := self.tables.get(name):
            return read_listed(self.path, table)
        raise SourcesError(
            f"{self.path / METADATA}:1: no [[document]] has file = {name!r}; add it, or take up its old name."
        )


def open_folder(folder: Path) -> Folder:
    """Read what the folder's `documents.toml` says, once for all its files. Raises SourcesError when it is no such file."""
    tables = read_tables(folder / METADATA, "document")
    return Folder(folder, {name: table for table in tables if isinstance(name := table.values.get("file"), str)})


def read_documents(folder: Path) -> Iterator[Document]:
    """Each document in the order of the metadata. Raises SourcesError on one that is listed twice."""
    lines: dict[str, int] = {}
    for table in read_tables(folder / METADATA, "document"):
        document = read_listed(folder, table)
        for key, value in (("file", document.file), ("url", url_key(document.url) or document.url)):
            if value in lines:
                raise table.error(f"this {key} is that of the document in line {lines[value]}; keep one of them.", key)
            lines[value] = table.line
        yield document


def read_listed(folder: Path, table: Table) -> Document:
    """One document. Raises SourcesError on metadata or a file that cannot be used."""
    table.check_keys(REQUIRED, OPTIONAL)
    name, url = table.text("file"), table.text("url")
    if not is_http(url):
        raise table.error(f"url must begin with https:// or http:// and name a host, not {url!r}.", "url")
    language = table.find_text("language")
    if language is not None and not LANGUAGE.fullmatch(language):
        raise table.error(f'language must be a code such as "en" or "ar", not {language!r}.', "language")
    published, published_at = read_published(table)
    return Document(
        file=name,
        url=url,
        outlet=table.text("outlet"),
        published=published,
        published_at=published_at,
        title=table.find_text("title"),
        language=language,
        is_synthetic=table.flag("is_synthetic", default=False),
        body=read_body(folder, table, name),
        content_type=CONTENT_TYPES[PurePosixPath(name).suffix.lower()],
    )


def read_body(folder: Path, table: Table, name: str) -> bytes:
    """The bytes of a listed file. Raises SourcesError when it is not in the folder, not UTF-8 or too large."""
    if PurePosixPath(name).suffix.lower() not in CONTENT_TYPES:
        raise table.error(f"{name} must end in {', '.join(CONTENT_TYPES)}; rename it.", "file")
    path = (folder / name).resolve()  # follows symbolic links, so that one that leaves the folder shows
    if (
        PurePosixPath(name).is_absolute()
        or ".." in PurePosixPath(name).parts
        or not path.is_relative_to(folder.resolve())
    ):
        raise table.error(f"{name} leaves the folder; copy the file into it.", "file")
    if not path.is_file():
        raise table.error(f"{name} is not in the folder; put it there or remove this document.", "file")
    if path.stat().st_size > DOCUMENT_BYTES:
        raise table.error(f"{name} has more than {DOCUMENT_BYTES:,} bytes; split it.", "file")
    body = path.read_bytes()
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise table.error(f"{name} is not UTF-8 (byte {error.start}); save it in that encoding.", "file") from None
    return body


def read_published(table: Table) -> tuple[str, datetime]:
    """When it was published, as written and in UTC. Raises SourcesError on an instant without its offset."""
    value = table.values["published_at"]
    if day := as_day(value):
        return day.isoformat(), midnight(day)
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        in_utc = instant.astimezone(UTC) if isinstance(instant, datetime) and instant.tzinfo else None
    except (ValueError, OverflowError):
        in_utc = None
    if in_utc is None:
        raise table.error(
            "published_at must be a day or an instant with its offset, such as 2017-06-11 or 2017-06-11T09:30:00Z.",
            "published_at",
        )
    return instant.isoformat(), in_utc


def find_unlisted(folder: Path, listed: set[str]) -> str | None:
    """A remark on the files of the folder that the metadata does not list, or None when it lists them all."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    left = sorted(
        name for name in found - listed - {METADATA} if not any(part.startswith(".") for part in name.split("/"))
    )
    if not left:
        return None
    more = f" and {len(left) - NAMES_SHOWN} more" if len(left) > NAMES_SHOWN else ""
    return f"not listed in {METADATA}: {', '.join(left[:NAMES_SHOWN])}{more}"
