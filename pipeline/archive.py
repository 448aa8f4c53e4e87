"""Bodies in, WARC records out, and back: all bytes that came from outside, before any event refers to them.

WARC 1.1, one gzip member per record, so that a record is read from its offset alone. A body that came packed as gzip is
stored as it came, under its `Content-Encoding`; any other is stored unpacked, and a header that is not true of what is
stored is kept as `X-Archive-Orig-*`, as other archives do. A ref's sha256 is that of the unpacked body, the record's
WARC-Payload-Digest that of what is stored. A file is written under a temporary name, synced and renamed: under its final
name it is whole.
"""

import hashlib
import io
import itertools
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from pipeline import __version__, locks
from pipeline.keys import NAMESPACE, utc
from pipeline.packing import GZIP, Content, enclose, find_member_bytes, pack, pack_to, room_in, unpack
from pipeline.values import RecordRef

LOCK = ".lock"  # held by whoever writes: one at a time
WAIT_S = 60.0
CHUNK_BYTES = 1 << 20  # written at once: for each write Python lets go of its lock, and the thread that asks takes it
HTTP_HEAD_BYTES = 30_000  # readers give up on a longer one; further headers are left out
WIRE_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})  # may be untrue of what is stored
BODY_BYTES = 1 << 28  # of one body unpacked: far more than any limit lets in
UNSAFE = re.compile(r"[\x00-\x20\x7f]")
ABOUT = f"software: claimwire/{__version__}\r\nformat: WARC File Format 1.1\r\ndescription: bodies as they came, or unpacked\r\n"
RECORD_END = b"\r\n\r\n"
WITHDRAWN = b"This record was withdrawn. "


class ArchiveDamaged(RuntimeError):
    """A record is missing or is not what was written."""


class RecordWithdrawn(LookupError):
    """The record was taken out of the archive on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Some bytes to keep.

    url           what they are the bytes of; captured_at: when they were got (UTC)
    content       the bytes, packed if they came so
    status        of the HTTP answer, with its phrase and headers; None for a document, which has a content_type
    is_truncated  whether the body was cut at a limit
    """

    url: str
    captured_at: datetime
    content: Content
    status: int | None = None
    phrase: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    is_truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedBody:
    """Some bytes that were kept, the body unpacked. status None: a document. Header names are in lower case."""

    url: str
    status: int | None
    headers: dict[str, str]
    content_type: str | None
    body: bytes


class Archive:
    """The folder of WARC files. `run_id` goes into the names of new files; readers need none."""

    def __init__(self, folder: Path, run_id: str = "run") -> None:
        self.folder = folder
        self.run_id = UNSAFE.sub("", run_id).replace("/", "-")

    def write(self, records: Sequence[Record]) -> list[RecordRef]:
        """Keep the records, in order, in one new file; when this returns they are on disk.

        Raises OSError on a full disk, and then there is no file.
        """
        if not records:
            return []
        with new_file(self.folder, f"{records[0].captured_at:%Y%m%dT%H%M%SZ}-{self.run_id}") as (name, file):
            refs: list[RecordRef] = []
            offset = file.write(pack(to_bytes(describe_file(name, records[0].captured_at))))
            for number, record in enumerate(records):
                refs.append(RecordRef(file=name, offset=offset, sha256=record.content.sha256))
                offset += file.write(to_member(record, name_record(name, number + 1)))
            return refs

    def read(self, ref: RecordRef) -> ArchivedBody:
        """The bytes that a ref stands for, checked against its hash.

        Raises RecordWithdrawn if they were withdrawn, ArchiveDamaged if they are missing or changed.
        """
        try:
            with self.find(ref).open("rb") as file:
                file.seek(ref.offset)
                record = next(iter(ArchiveIterator(file)), None)
                found = from_warc(record) if record else None
        except (OSError, ValueError) as error:
            raise ArchiveDamaged(f"{ref.file} at {ref.offset}: {error}") from error
        if found is None or hashlib.sha256(found.body).hexdigest() != ref.sha256:
            raise ArchiveDamaged(f"{ref.file} at {ref.offset} does not hold the body with sha256 {ref.sha256}.")
        return found

    def blank(self, ref: RecordRef) -> None:
        """Take a record's bytes out of the archive; all other records keep their offsets. Blanking twice is once.

        In its place stands a `metadata` record of equal length, with the same id and date. It is not compressed, so its
        length is free to choose, and it always fits: it has fewer headers than any record that is written here.
        """
        file = self.find(ref)
        with locks.hold(self.folder / LOCK, WAIT_S):
            whole = file.read_bytes()
            record = next(iter(ArchiveIterator(io.BytesIO(whole[ref.offset :]), parse_http=False)), None)
            if record is None:
                raise ArchiveDamaged(f"{ref.file} has no record at {ref.offset}.")
            if record.record_type == WarcRecordType.metadata:
                return
            blanked = blank_member(record, find_member_bytes(whole, ref.offset))
            with replacement(file) as copy:
                copy.write(whole[: ref.offset])
                copy.write(blanked)
                copy.write(whole[ref.offset + len(blanked) :])

    def find(self, ref: RecordRef) -> Path:
        """The file of a ref. Raises ArchiveDamaged on a name that leads out of the archive."""
        if Path(ref.file).name != ref.file or ref.file in ("", "..", "."):
            raise ArchiveDamaged(f"{ref.file!r} is no name of a file in {self.folder}.")
        return self.folder / ref.file


@contextmanager
def new_file(folder: Path, stem: str) -> Iterator[tuple[str, BinaryIO]]:
    """A new WARC file and its final name, which it gets when the body ends: whole and synced, or not at all."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locks.hold(folder / LOCK, WAIT_S):
        names = (f"{stem}-{number:03d}.warc.gz" for number in itertools.count())
        final = next(folder / name for name in names if not (folder / name).exists())
        with replacement(final) as file:
            yield final.name, file


@contextmanager
def replacement(final: Path) -> Iterator[BinaryIO]:
    """What takes the place of `final` at once when the body ends. The caller holds the lock of the folder."""
    for stray in final.parent.glob(".*.part"):
        stray.unlink()  # its writer was killed, or it would hold the lock
    temporary = final.with_name(f".{final.name}.part")
    try:
        with temporary.open("xb", CHUNK_BYTES) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(final.parent)


def sync_folder(folder: Path) -> None:
    """Make a renaming last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def name_record(file: str, number: int) -> bytes:
    """The WARC-Record-ID: the same whenever the same file is written."""
    return f"uuid:{uuid.uuid5(NAMESPACE, f'{file}#{number}')}".encode()


def describe_file(name: str, written_at: datetime) -> WarcRecord:
    """The record that opens a file and says what wrote it."""
    record = WarcRecord()
    record.init_headers(WarcRecordType.warcinfo, name_record(name, 0))
    record.headers["WARC-Date"] = utc(written_at)
    record.headers["WARC-Filename"] = name
    record.headers["Content-Type"] = "application/warc-fields"
    record.set_bytes_content(ABOUT.encode())
    return record


def to_member(record: Record, record_id: bytes) -> bytes:
    """The record as a gzip member of its own: with one for all, no tool could read from an offset."""
    kept = record.content
    if not kept.is_packed:
        return pack(to_bytes(to_warc(record, kept.sha256, record_id)))
    return enclose(to_bytes(to_warc(record, hashlib.sha256(kept.stored).hexdigest(), record_id)))


def to_warc(record: Record, digest: str, record_id: bytes) -> WarcRecord:
    """The record as WARC has it: a response with its HTTP head, or a resource. `digest` is that of what is stored."""
    is_response = record.status is not None
    warc = WarcRecord()
    warc.init_headers(WarcRecordType.response if is_response else WarcRecordType.resource, record_id)
    warc.headers["WARC-Date"] = utc(record.captured_at)
    warc.headers["WARC-Target-URI"] = UNSAFE.sub(lambda found: f"%{ord(found.group()):02X}", record.url)
    warc.headers["WARC-Payload-Digest"] = f"sha256:{digest}"
    if record.is_truncated:
        warc.headers["WARC-Truncated"] = "length"
    warc.headers["Content-Type"] = record.content_type or "application/octet-stream"
    warc.set_bytes_content((http_head(record) if is_response else b"") + record.content.stored)
    warc.is_http = is_response
    return warc


def http_head(record: Record) -> bytes:
    """Status line and headers, true of the body as it is stored."""
    kept = record.content
    true = {"content-length": str(len(kept.stored))} | ({"content-encoding": GZIP} if kept.is_packed else {})
    lines = [f"HTTP/1.1 {record.status} {one_line(record.phrase)}".rstrip()]
    room = HTTP_HEAD_BYTES
    for raw_name, value in record.headers:
        name = one_line(raw_name).strip()
        if true.get(name.lower()) == value.strip().lower():
            continue  # it stands below, where no long header keeps it out
        prefix = "X-Archive-Orig-" if name.lower() in WIRE_HEADERS else ""
        line = f"{prefix}{name}: {one_line(value)}"
        room -= len(line) + len("\r\n")
        if room > 0:
            lines.append(line)
    lines += [f"{name.title()}: {value}" for name, value in sorted(true.items())]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1", "replace")


def one_line(text: str) -> str:
    """The text without what would end a header."""
    return " ".join(text.split("\n")).replace("\r", "").replace("\x00", "")


def to_bytes(record: WarcRecord) -> bytes:
    """The record as it stands in a file that is not packed."""
    content = io.BytesIO()
    record.write(content, chunk_size=CHUNK_BYTES)
    return content.getvalue()


def from_warc(record: WarcRecord) -> ArchivedBody:
    """What a WARC record keeps. Raises RecordWithdrawn on one that was blanked, ValueError on a garbled body.

    Only a body that is stored packed has a header that says so: in older files all are stored unpacked.
    """
    if record.record_type == WarcRecordType.metadata:
        raise RecordWithdrawn(f"record {record.record_id} was withdrawn")
    is_response = record.record_type == WarcRecordType.response
    headers: dict[str, str] = {}
    for name, value in record.http_headers.to_tuples() if is_response else ():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    stored = record.reader.read()
    return ArchivedBody(
        url=record.headers.get("WARC-Target-URI") or "",
        status=record.http_headers.status_code if is_response else None,
        headers=headers,
        content_type=headers.get("content-type") if is_response else record.headers.get("Content-Type"),
        body=unpack(stored, GZIP, BODY_BYTES) if headers.get("content-encoding") == GZIP else stored,
    )


def blank_member(record: WarcRecord, member_bytes: int) -> bytes:
    """A gzip member of exactly `member_bytes` with a record that says that this one was withdrawn."""
    head = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: {record.record_id}\r\n"
        f"WARC-Date: {record.headers['WARC-Date']}\r\nContent-Length: "
    ).encode()
    # The digits of the length are part of the length: they are padded to a fixed number.
    size = room_in(member_bytes) - len(head) - len(b"00000000\r\n\r\n") - len(RECORD_END)
    assert size >= 0, f"a record of {member_bytes} bytes leaves no room to say that it was withdrawn"
    return pack_to(head + b"%08d\r\n\r\n" % size + WITHDRAWN[:size].ljust(size) + RECORD_END, member_bytes)
