"""seeds/sources.toml: what it may hold, and each mistake refused with its line and a remedy."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.sources.registry import Source, SourcesError, read_sources

GOOD = """# sources
[[source]]
id = "wire"
kind = "feed"
name = "Wire: all stories"
outlet = "Wire"
owner = "Wire Group"
language = "en"
url = "https://wire.example/rss.xml"
enabled = "live"
window = [2017-06-08, 2017-06-13]
connect_to = "127.0.0.1:8080"
spacing_s = 0

[[source]]
id = "papers"
kind = "documents"
name = "Papers"
outlet = "Archive"
url = "papers"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(file: Path) -> str:
    with pytest.raises(SourcesError) as refused:
        read_sources(file)
    return str(refused.value).removeprefix(f"{file}:")


def test_a_feed_is_read_with_all_its_keys(tmp_path: Path) -> None:
    assert read_sources(write(tmp_path, GOOD))[0] == Source(
        id="wire",
        kind="feed",
        name="Wire: all stories",
        outlet="Wire",
        owner="Wire Group",
        language="en",
        url="https://wire.example/rss.xml",
        enabled="live",
        window=(date(2017, 6, 8), date(2017, 6, 13)),
        connect_to="127.0.0.1:8080",
        spacing_s=0.0,
    )


def test_a_folder_is_read_with_its_defaults(tmp_path: Path) -> None:
    assert read_sources(write(tmp_path, GOOD))[1] == Source(
        id="papers", kind="documents", name="Papers", outlet="Archive", url="papers", folder=tmp_path / "papers"
    )


def test_a_bundled_world_is_a_folder_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()

    source = read_sources(write(tmp_path, GOOD.replace("127.0.0.1:8080", "world")))[0]

    assert (source.connect_to, source.world) == ("world", tmp_path / "world")


def test_a_window_may_be_written_as_texts(tmp_path: Path) -> None:
    text = GOOD.replace("[2017-06-08, 2017-06-13]", '["2017-06-08", "2017-06-13"]')

    assert read_sources(write(tmp_path, text))[0].window == (date(2017, 6, 8), date(2017, 6, 13))


def test_an_interval_of_its_own_is_read(tmp_path: Path) -> None:
    assert read_sources(write(tmp_path, GOOD.replace("spacing_s = 0", "interval_s = 900")))[0].interval_s == 900.0


def test_a_file_without_sources_lists_none(tmp_path: Path) -> None:
    assert read_sources(write(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ('owner = "Wire Group"', 'onwer = "Wire Group"', 7, "onwer is no key of a source; known are connect_to,"),
        ('outlet = "Wire"\n', "", 2, "this source has no outlet; add a line"),
        ('id = "papers"', 'id = "wire"', 16, "id wire is taken by the source in line 2; change one."),
        ('id = "papers"', 'id = "Papers"', 16, "must be made of a-z, 0-9 and -"),
        ('id = "papers"', "id = 7", 16, "id must be a text"),
        ('name = "Papers"', 'name = " "', 18, "name must be a text"),
        ('name = "Papers"', 'name = "a\\nb"', 18, "name must be one line"),
        ('kind = "documents"', 'kind = "warc"', 17, 'kind must be "feed" or "sitemap" or "documents", not \'warc\'.'),
        ('kind = "documents"', 'kind = "sitemap"', 20, "url must begin with https:// or http://"),
        ("https://wire.example", "ftp://wire.example", 9, "url must begin with https:// or http://"),
        ("https://wire.example", "https://", 9, "url must begin with https:// or http://"),
        ("https://wire.example", "https://me:secret@wire.example", 9, "must hold no user name or password"),
        ("/rss.xml", "/rss xml", 9, "url must begin with"),
        ('url = "papers"', 'url = "https://a.example/"', 20, 'a link needs kind = "feed"'),
        ('url = "papers"', 'url = "/papers"', 20, "url must be relative to this file"),
        ('"live"', '"maybe"', 10, "enabled must be true, false or \"live\", not 'maybe'."),
        ('language = "en"', 'language = "English"', 8, 'language must be a code such as "en"'),
        ("2017-06-08, 2017-06-13", "2017-06-13, 2017-06-08", 11, "ends on 2017-06-08, before it begins"),
        ("2017-06-08, 2017-06-13", "2017-06-08", 11, "window must be two days"),
        ("2017-06-08, 2017-06-13", "2017-06-08, 2017-06-13T00:00:00Z", 11, "window must be two days"),
        ('"https://wire.example/', '"https://wire.com/', 12, "wire.com could be real: remove it."),
        ("127.0.0.1:8080", "127.0.0.1:80800", 12, "a port from 1 to 65535"),
        ("127.0.0.1:8080", "10.0.0.1:80", 12, "must be 127.0.0.1:PORT or a folder"),
        ("127.0.0.1:8080", "no-such-folder", 12, "must be 127.0.0.1:PORT or a folder"),
        ("spacing_s = 0", "spacing_s = -1", 13, "spacing_s must be a number of seconds from 0"),
        ("spacing_s = 0", "spacing_s = nan", 13, "spacing_s must be a number of seconds from 0"),
        ("spacing_s = 0", "interval_s = 60", 13, "interval_s must be a number of seconds from 600 to 86400"),
        ("spacing_s = 0", "interval_s = true", 13, "interval_s must be a number of seconds from 600"),
        ('connect_to = "127.0.0.1:8080"\n', "", 12, "spacing_s must be a number of seconds from 1"),
        ("[[source]]", "[[sources]]", 2, "sources does not belong here; each source begins with a line [[source]]."),
        ("# sources", "retries = 3", 1, "retries does not belong here"),
        ('outlet = "Wire"', 'outlet = "Wire', 6, "this is no TOML"),
        ('url = "papers"', 'url = """papers', 20, "this is no TOML"),
        ('kind = "feed"', 'kind = "feed"\nkind = "feed"', 5, "this is no TOML"),
        ('owner = "Wire Group"', '"my owner" = "x"', 7, "my owner is no key of a source"),
        ('owner = "Wire Group"', "owner.name = 'x'", 7, "owner must be a text"),
        ('owner = "Wire Group"', "'owner' = 7", 7, "owner must be a text"),
        ('id = "papers"', '"id.old" = 1\nid = "papers"', 16, "id.old is no key of a source"),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_a_remedy(
    tmp_path: Path, old: str, new: str, line: int, part: str
) -> None:
    assert old in GOOD

    told = refusal(write(tmp_path, GOOD.replace(old, new, 1) if old != "[[source]]" else GOOD.replace(old, new)))

    assert told.startswith(f"{line}: ")
    assert part in told
    assert "\n" not in told


def test_a_single_table_is_refused(tmp_path: Path) -> None:
    told = refusal(write(tmp_path, '\n[source]\nid = "wire"\n'))

    assert told == "2: each source must begin with a line [[source]]; rewrite it."


def test_connect_to_is_not_for_folders(tmp_path: Path) -> None:
    assert "21: connect_to is for hosts" in refusal(write(tmp_path, GOOD + 'connect_to = "papers"\n'))


def test_a_missing_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.toml")


def test_a_file_that_is_not_utf_8_is_told_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_bytes(GOOD.replace("Wire Group", "Café").encode("cp1252"))

    assert refusal(file).startswith("7: this is not UTF-8")


def test_windows_line_ends_count_as_lines(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_bytes(GOOD.replace('outlet = "Wire"', "outlet = 7").replace("\n", "\r\n").encode())

    assert refusal(file).startswith("6: ")
