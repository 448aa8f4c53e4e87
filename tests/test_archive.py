"""The archive: what is written is read back, whole files only, and withdrawal moves nothing."""

import errno
import gzip
import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.archive import Archive, ArchiveDamaged, Record, RecordWithdrawn
from pipeline.packing import EMPTY, Content, content_of
from pipeline.values import RecordRef

AT = datetime(2017, 6, 11, 9, 30, tzinfo=UTC)
PAGE = Record(
    url="http://wire.example/raqqa-24",
    captured_at=AT,
    content=content_of(b"<p>Raids killed 24 civilians.</p>"),
    status=200,
    phrase="OK",
    headers=(
        ("Content-Type", "text/html"),
        ("Content-Encoding", "gzip"),
        ("Link", "a"),
        ("link", "b"),
        ("X", "caf\xe9"),
    ),
)
PACKED = replace(
    PAGE, content=Content(gzip.compress(PAGE.content.body), True, PAGE.content.sha256, PAGE.content.size_bytes)
)
MISSING = replace(PAGE, url="http://wire.example/gone", content=EMPTY, status=404, phrase="", headers=())
DOCUMENT = Record(
    url="http://monitor.example/a", captured_at=AT, content=content_of(b"A document."), content_type="text/plain"
)
BIG = replace(DOCUMENT, content=content_of(os.urandom(200_000)))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", run_id="r1")


def test_a_response_is_read_back_with_its_status_headers_and_body(archive: Archive) -> None:
    [ref] = archive.write([PAGE])

    found = archive.read(ref)

    assert (found.url, found.status, found.content_type, found.body) == (PAGE.url, 200, "text/html", PAGE.content.body)
    assert found.headers["link"] == "a, b"
    assert found.headers["x"] == "caf\xe9"


def test_headers_of_the_wire_are_kept_under_another_name(archive: Archive) -> None:
    [ref] = archive.write([PAGE])

    found = archive.read(ref).headers

    assert "content-encoding" not in found
    assert found["x-archive-orig-content-encoding"] == "gzip"
    assert found["content-length"] == str(len(PAGE.content.body))


def test_a_body_that_came_packed_is_stored_as_it_came_and_read_back_unpacked(archive: Archive) -> None:
    headers = (*PACKED.headers, ("Content-Length", str(len(PACKED.content.stored))), ("Transfer-Encoding", "chunked"))
    refs = archive.write([replace(PACKED, headers=headers), DOCUMENT])

    found = archive.read(refs[0])

    assert (found.body, refs[0].sha256) == (PAGE.content.body, PAGE.content.sha256)
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["content-length"] == str(len(PACKED.content.stored))
    assert found.headers["x-archive-orig-transfer-encoding"] == "chunked"
    with (archive.folder / refs[0].file).open("rb") as stream:
        stream.seek(refs[0].offset)
        [record, _] = [(one.verify_payload_digest(), one.reader.read()) for one in ArchiveIterator(stream)]
    assert record == (True, PACKED.content.stored)


def test_a_reader_that_decodes_finds_the_page(archive: Archive) -> None:
    [ref] = archive.write([PACKED])

    with (archive.folder / ref.file).open("rb") as stream:
        bodies = [one.reader.read() for one in ArchiveIterator(stream, auto_decode="all")]

    assert bodies[1:] == [PAGE.content.body]


def test_no_header_however_long_hides_that_a_body_is_packed(archive: Archive) -> None:
    long = replace(PACKED, headers=(*(("X", "a" * 8_000) for _ in range(20)), ("Content-Encoding", "x-gzip")))

    assert archive.read(archive.write([long])[0]).body == PAGE.content.body


def test_a_record_of_an_older_version_is_read_and_blanked(archive: Archive) -> None:
    archive.folder.mkdir()
    body = b"<p>Shells fell on the ferry."
    head = f"HTTP/1.1 200 OK\r\nX-Archive-Orig-Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    warc = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{'0' * 32}>\r\nWARC-Date: 2017-06-11T09:30:00Z\r\n"
        f"WARC-Target-URI: http://wire.example/a\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(head) + len(body)}\r\n\r\n"
    )
    (archive.folder / "old.warc.gz").write_bytes(gzip.compress(warc.encode() + head + body + b"\r\n\r\n"))
    ref = RecordRef(file="old.warc.gz", offset=0, sha256=hashlib.sha256(body).hexdigest())

    assert archive.read(ref).body == body
    archive.blank(ref)
    with pytest.raises(RecordWithdrawn):
        archive.read(ref)


def test_a_document_is_read_back_without_a_status(archive: Archive) -> None:
    [ref] = archive.write([DOCUMENT])

    found = archive.read(ref)

    assert (found.status, found.headers, found.content_type, found.body) == (None, {}, "text/plain", b"A document.")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=300), st.booleans()), min_size=1, max_size=5))
def test_every_body_is_read_back_from_its_offset(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[tuple[bytes, bool]]
) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    records = [replace(PAGE if is_page else DOCUMENT, content=content_of(body)) for body, is_page in bodies]

    refs = archive.write(records)

    assert [archive.read(ref).body for ref in refs] == [body for body, _ in bodies]


def test_the_file_is_a_warc_for_readers_that_know_nothing_of_us(archive: Archive) -> None:
    refs = archive.write([PAGE, MISSING, DOCUMENT])
    file = archive.folder / refs[0].file

    with file.open("rb") as stream:
        records = [
            (record.stream_pos, str(record.record_type), record.verify_payload_digest())
            for record in ArchiveIterator(stream)
        ]

    assert [kind for _, kind, _ in records] == ["warcinfo", "response", "response", "resource"]
    assert [offset for offset, _, _ in records[1:]] == [ref.offset for ref in refs]
    assert [is_digest_right for _, _, is_digest_right in records[1:3]] == [True, True]
    assert gzip.decompress(file.read_bytes()).count(b"WARC/1.1\r\n") == 4


def test_each_record_is_a_gzip_member_of_its_own(archive: Archive) -> None:
    refs = archive.write([PAGE, DOCUMENT])
    whole = (archive.folder / refs[0].file).read_bytes()

    member = gzip.decompress(whole[refs[0].offset : refs[1].offset])

    assert member.startswith(b"WARC/1.1\r\n")
    assert member.endswith(PAGE.content.body + b"\r\n\r\n")


def test_a_header_or_a_url_cannot_add_a_line(archive: Archive) -> None:
    evil = replace(
        PAGE, url="http://a.example/\r\nX-Evil: 1", headers=(("X", "1\r\nX-Evil: 1"),), phrase="OK\r\nX-Evil: 1"
    )

    found = archive.read(archive.write([evil])[0])

    assert found.url == "http://a.example/%0D%0AX-Evil:%201"
    assert "x-evil" not in found.headers


def test_a_head_that_readers_would_refuse_is_cut(archive: Archive) -> None:
    long = replace(PAGE, headers=tuple((f"X-{number}", "a" * 8_000) for number in range(20)))

    found = archive.read(archive.write([long])[0])

    assert found.body == PAGE.content.body


def test_a_head_of_very_many_short_headers_is_cut_too(archive: Archive) -> None:
    many = replace(PAGE, headers=(("a", "b"),) * 7_400)

    assert archive.read(archive.write([many])[0]).body == PAGE.content.body


@pytest.mark.parametrize(
    "name", ["Content-Encoding ", "Content-Encoding\t", "Content-Encoding\n", "Content\x00-Encoding"]
)
def test_a_header_of_the_wire_is_known_however_its_name_is_written(archive: Archive, name: str) -> None:
    odd = replace(PAGE, headers=((name, "gzip"),))

    assert archive.read(archive.write([odd])[0]).body == PAGE.content.body


def test_a_second_file_of_the_same_run_and_second_has_another_name(archive: Archive) -> None:
    [first] = archive.write([PAGE])
    [second] = archive.write([DOCUMENT])

    assert first.file == "20170611T093000Z-r1-000.warc.gz"
    assert second.file == "20170611T093000Z-r1-001.warc.gz"
    assert archive.read(first).body == PAGE.content.body


def test_nothing_to_write_makes_no_file(archive: Archive) -> None:
    assert archive.write([]) == []
    assert not archive.folder.exists()


def test_a_changed_byte_is_found_when_the_record_is_read(archive: Archive) -> None:
    [ref] = archive.write([BIG])
    file = archive.folder / ref.file
    whole = bytearray(file.read_bytes())
    whole[-1_000] ^= 1
    file.write_bytes(whole)

    with pytest.raises(ArchiveDamaged, match=ref.file):
        archive.read(ref)


def test_another_body_than_the_ref_names_is_refused(archive: Archive) -> None:
    [first, second] = archive.write([PAGE, DOCUMENT])

    with pytest.raises(ArchiveDamaged, match="does not hold"):
        archive.read(replace(first, sha256=second.sha256))


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", "..", "gone.warc.gz"])
def test_a_ref_to_no_file_of_the_archive_is_refused(archive: Archive, name: str) -> None:
    [ref] = archive.write([PAGE])

    with pytest.raises(ArchiveDamaged):
        archive.read(replace(ref, file=name))


TINY = replace(DOCUMENT, url="http://a.b/", content=EMPTY, content_type="a/b")


@pytest.mark.parametrize("number", range(6))
def test_a_blanked_record_is_gone_and_all_others_keep_their_places(archive: Archive, number: int) -> None:
    records = [PAGE, TINY, BIG, MISSING, DOCUMENT, PACKED]
    refs = archive.write(records)

    archive.blank(refs[number])

    with pytest.raises(RecordWithdrawn):
        archive.read(refs[number])
    others = [ref for ref in refs if ref != refs[number]]
    assert [archive.read(ref).body for ref in others] == [
        record.content.body for record in records if record != records[number]
    ]
    with (archive.folder / refs[0].file).open("rb") as stream:
        assert [record.stream_pos for record in ArchiveIterator(stream)][1:] == [ref.offset for ref in refs]


@settings(max_examples=20, deadline=None)
@given(st.integers(60_000, 70_000) | st.integers(130_000, 132_000))
def test_a_record_of_any_length_can_be_blanked(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    first, last = archive.write([replace(BIG, content=content_of(BIG.content.body[:size])), DOCUMENT])

    archive.blank(first)

    assert archive.read(last).body == DOCUMENT.content.body
    assert gzip.decompress((archive.folder / first.file).read_bytes()).count(b"WARC/1.1\r\n") == 3


def test_no_byte_of_a_blanked_record_is_left_in_the_file(archive: Archive) -> None:
    first, _ = archive.write([PAGE, DOCUMENT])

    archive.blank(first)

    assert PAGE.url.encode() not in gzip.decompress((archive.folder / first.file).read_bytes())


def test_blanking_twice_is_blanking_once(archive: Archive) -> None:
    first, _ = archive.write([PAGE, DOCUMENT])
    archive.blank(first)
    once = (archive.folder / first.file).read_bytes()

    archive.blank(first)

    assert (archive.folder / first.file).read_bytes() == once


def test_a_killed_writer_leaves_no_file_and_the_next_write_clears_up(archive: Archive) -> None:
    archive.folder.mkdir()
    stray = archive.folder / ".20170611T093000Z-r1-000.warc.gz.part"
    stray.write_bytes(b"half a record")

    [ref] = archive.write([PAGE])

    assert sorted(path.name for path in archive.folder.iterdir()) == [".lock", ref.file]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB, or a skip where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_raises_and_leaves_no_file(small_disk: Path) -> None:
    archive = Archive(small_disk)
    [kept] = archive.write([PAGE])

    with pytest.raises(OSError, match="No space left") as raised:
        archive.write([BIG, replace(BIG, content=content_of(BIG.content.body[::-1]))])

    assert raised.value.errno == errno.ENOSPC
    assert sorted(path.name for path in small_disk.iterdir()) == [".lock", kept.file]
    assert archive.read(kept).body == PAGE.content.body


def test_a_full_disk_while_blanking_changes_nothing(small_disk: Path) -> None:
    archive = Archive(small_disk)
    page, big = archive.write([PAGE, BIG])

    with pytest.raises(OSError, match="No space left"):
        archive.blank(page)

    assert archive.read(page).body == PAGE.content.body
    assert archive.read(big).body == BIG.content.body
