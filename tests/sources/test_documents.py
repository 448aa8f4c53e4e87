"""A folder of files with documents.toml: what it lists, and what it refuses."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.sources.documents import list_documents, open_folder
from pipeline.sources.listing import Listed
from pipeline.sources.registry import SourcesError

METADATA = """[[document]]
file = "raqqa.txt"
url = "https://wire.example/raqqa"
outlet = "Wire"
published_at = 2017-06-11T12:30:00+03:00
title = "Raids kill 24"
language = "en"
is_synthetic = true

[[document]]
file = "more/old.html"
url = "https://wire.example/old"
outlet = "Archive"
published_at = 1982-02-02
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    (folder / "more").mkdir(parents=True)
    (folder / "raqqa.txt").write_text("Raids killed 24 – monitor.", encoding="utf-8")
    (folder / "more" / "old.html").write_text("<p>Hama</p>", encoding="utf-8")
    (folder / "documents.toml").write_text(METADATA, encoding="utf-8")
    return folder


def refusal(folder: Path, old: str = "", new: str = "") -> str:
    assert old in METADATA
    (folder / "documents.toml").write_text(METADATA.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourcesError) as refused:
        list_documents(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value).removeprefix(f"{folder / 'documents.toml'}:")


def test_documents_are_listed_in_the_order_of_the_metadata(folder: Path) -> None:
    first, second = list_documents(folder).entries

    assert first == Listed(
        url="https://wire.example/raqqa",
        title="Raids kill 24",
        published="2017-06-11T12:30:00+03:00",
        published_at=datetime(2017, 6, 11, 9, 30, tzinfo=UTC),
        language="en",
        outlet="Wire",
        document="raqqa.txt",
        document_sha256=first.document_sha256,
    )
    assert (second.document, second.published, second.published_at) == (
        "more/old.html",
        "1982-02-02",
        datetime(1982, 2, 2, tzinfo=UTC),
    )


def test_a_document_is_read_with_its_bytes_and_metadata(folder: Path) -> None:
    document = open_folder(folder).read("raqqa.txt")

    assert document.body.decode() == "Raids killed 24 – monitor."
    assert (document.content_type, document.is_synthetic) == ("text/plain; charset=utf-8", True)


def test_html_is_called_html(folder: Path) -> None:
    assert open_folder(folder).read("more/old.html").content_type == "text/html; charset=utf-8"


def test_the_listing_is_unchanged_while_no_file_and_no_metadata_change(folder: Path) -> None:
    assert list_documents(folder).listing_sha256 == list_documents(folder).listing_sha256


def test_a_changed_file_changes_the_listing(folder: Path) -> None:
    before = list_documents(folder).listing_sha256
    (folder / "raqqa.txt").write_text("Raids killed 25.")

    assert list_documents(folder).listing_sha256 != before


def test_changed_metadata_change_the_listing(folder: Path) -> None:
    before = list_documents(folder).listing_sha256
    (folder / "documents.toml").write_text(METADATA.replace("Raids kill 24", "Raids kill 25"))

    assert list_documents(folder).listing_sha256 != before


def test_files_that_the_metadata_leave_out_are_told_of(folder: Path) -> None:
    for name in ("b.txt", "a.pdf", ".hidden"):
        (folder / name).write_text("x")

    assert list_documents(folder).detail == "not listed in documents.toml: a.pdf, b.txt"


def test_a_full_metadata_has_no_remark(folder: Path) -> None:
    assert list_documents(folder).detail is None


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("title =", "titel =", 6, "titel is no key of a document"),
        ('outlet = "Wire"\n', "", 1, "this document has no outlet"),
        ("raqqa.txt", "raqa.txt", 2, "raqa.txt is not in the folder; put it there"),
        ("raqqa.txt", "../outside.txt", 2, "../outside.txt leaves the folder; copy the file into it."),
        ("raqqa.txt", "/outside.txt", 2, "leaves the folder"),
        ("raqqa.txt", "more/../raqqa.txt", 2, "leaves the folder"),
        ("raqqa.txt", "link.txt", 2, "leaves the folder"),
        ("raqqa.txt", "raqqa.pdf", 2, "must end in .txt, .html, .htm"),
        ("raqqa.txt", "documents.toml", 2, "must end in .txt, .html, .htm"),
        ("more/old.html", "raqqa.txt", 11, "this file is that of the document in line 1"),
        ("example/old", "example/raqqa/?utm_source=rss", 12, "this url is that of the document in line 1"),
        ("https://wire.example/old", "wire.example/old", 12, "url must begin with https:// or http://"),
        ("2017-06-11T12:30:00+03:00", "2017-06-11T12:30:00", 5, "an instant with its offset"),
        ("2017-06-11T12:30:00+03:00", '"June"', 5, "an instant with its offset"),
        ("2017-06-11T12:30:00+03:00", "0001-01-01T00:00:00+14:00", 5, "an instant with its offset"),
        ("true", '"yes"', 8, "is_synthetic must be true or false"),
        ('"en"', '"eng lish"', 7, "language must be a code"),
        ("[[document]]", "[[document]", 1, "this is no TOML"),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_a_remedy(
    folder: Path, old: str, new: str, line: int, part: str
) -> None:
    (folder.parent / "outside.txt").write_text("x")
    (folder / "link.txt").symlink_to(folder.parent / "outside.txt")

    told = refusal(folder, old, new)

    assert told.startswith(f"{line}: ")
    assert part in told


def test_a_file_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / "raqqa.txt").write_bytes("Café".encode("cp1252"))

    assert refusal(folder).startswith("2: raqqa.txt is not UTF-8 (byte 3)")


def test_a_folder_without_metadata_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match=r"documents.toml:1: cannot be read"):
        list_documents(tmp_path)


def test_a_document_that_is_no_longer_listed_is_refused(folder: Path) -> None:
    with pytest.raises(SourcesError, match=r"no \[\[document\]\] has file = 'gone.txt'"):
        open_folder(folder).read("gone.txt")


def test_of_a_folder_that_was_opened_only_the_file_asked_for_is_read(folder: Path) -> None:
    opened = open_folder(folder)
    (folder / "documents.toml").unlink()
    (folder / "raqqa.txt").unlink()

    assert opened.read("more/old.html").body == b"<p>Hama</p>"
    with pytest.raises(SourcesError, match=r"2: raqqa\.txt is not in the folder"):
        opened.read("raqqa.txt")
