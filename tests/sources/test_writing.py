"""New sources at the end of the file: what stood there stays, and a write that fails changes nothing."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.sources.registry import Source, SourcesError, read_sources
from pipeline.sources.writing import Wanted, add_sources, append_sources, find_source, make_id, place_sources

BEFORE = """# My sources, by hand.   \r
[[source]]  # the first\r
url = "https://www.wire.example/rss?utm_source=x"\r
kind = "feed"\r
id = "wire"\r
outlet = "The Wire"\r
owner = "Group"\r
name = "Wire"\r
"""
WORLD = Wanted(url="https://wire.example/world.xml", name="World", site="wire.example")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "sources.toml"
    file.write_bytes(BEFORE.encode())
    return file


def add(file: Path, *wanted: Wanted) -> list[str]:
    new = place_sources(wanted, read_sources(file))
    append_sources(file, new)
    return [source.id for source, _ in new]


def test_what_stood_in_the_file_stays_byte_for_byte(file: Path) -> None:
    file.chmod(0o640)

    add(file, WORLD)

    assert file.read_bytes().startswith(BEFORE.encode())
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b"")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["sources.toml"]


def test_a_new_source_has_the_outlet_and_the_owner_of_its_site(file: Path) -> None:
    add(file, WORLD)

    source = read_sources(file)[1]
    assert (source.id, source.outlet, source.owner, source.enabled) == ("wire-world", "The Wire", "Group", "live")


def test_ids_are_unique(file: Path) -> None:
    two = [Wanted(url=f"https://wire.example/{number}", name="Wire") for number in range(2)]

    assert add(file, *two) == ["wire-2", "wire-3"]


def test_a_known_address_is_added_once(file: Path) -> None:
    assert add(file, Wanted(url="http://wire.example/rss"), WORLD, WORLD) == ["wire-world"]


def test_a_known_address_is_found_however_it_is_written(file: Path) -> None:
    found = find_source("HTTPS://wire.example:443/rss", read_sources(file))

    assert found
    assert found.id == "wire"


def test_a_link_to_the_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(file)

    add(link, WORLD)

    assert link.is_symlink()
    assert len(read_sources(file)) == 2


def test_what_could_not_be_read_again_is_not_written(file: Path) -> None:
    twice = Source(id="wire", kind="feed", name="W", outlet="W", url="https://w.example/")

    with pytest.raises(SourcesError, match=rf"^{file}:\d+: id wire is taken"):
        append_sources(file, [(twice, None)])

    assert file.read_bytes() == BEFORE.encode()
    assert [path.name for path in file.parent.iterdir()] == ["sources.toml"]


def test_what_is_added_by_several_at_once_is_all_there(file: Path) -> None:
    wanted = [[Wanted(url=f"https://wire.example/{one}/{two}") for two in range(3)] for one in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda some: add_sources(file, some), wanted))

    assert len(read_sources(file)) == 1 + 8 * 3
    assert [path.name for path in file.parent.iterdir()] == ["sources.toml"]


def test_an_id_that_is_wanted_twice_stays_an_id(file: Path) -> None:
    two = [Wanted(url=f"https://wire.example/{number}", source_id="a" * 64) for number in range(2)]

    assert [source.id for source, _ in add_sources(file, two)] == ["a" * 64, "a" * 62 + "-2"]


def test_a_full_disk_leaves_the_file_as_it_was(small_disk: Path) -> None:
    file = small_disk / "sources.toml"
    file.write_bytes(BEFORE.encode())
    (small_disk / "rest").write_bytes(bytes(100 * (1 << 20) - 8_192))
    many = [Wanted(url=f"https://wire.example/{number}", name="W" * 500) for number in range(30)]

    with pytest.raises(SourcesError, match=r"cannot be written \(No space left on device\)"):
        add(file, *many)

    assert file.read_bytes() == BEFORE.encode()


@pytest.mark.parametrize(
    ("name", "domain", "wanted"),
    [
        ("The Guardian: Middle East", "theguardian.com", "theguardian-guardian-middle-east"),
        ("Latest news", "lemonde.fr", "lemonde"),
        ("Überblick — Syrien", "dw.com", "dw-uberblick-syrien"),
        ("الرئيسية", "127.0.0.1", "127"),
        ("a" * 100, "wire.example", "wire"),
    ],
)
def test_an_id_can_be_read(name: str, domain: str, wanted: str) -> None:
    assert make_id(name, domain) == wanted
