"""Turns: spacing per registrable domain, connections per host, and one capturing process at a time."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.web.hosts import Held, NetworkBusy, Turns, network_lock

NO_SPACINGS: Mapping[str, float] = {}


def starts(turns: Turns, *hosts: str, lasts_s: float = 0.0) -> list[float]:
    """When each request got its turn, in seconds from the beginning, and in the order of `hosts`."""

    async def request(host: str, began: float) -> float:
        async with turns.turn(host):
            start = time.monotonic() - began
            await asyncio.sleep(lasts_s)
            return start

    async def main() -> list[float]:
        began = time.monotonic()
        return list(await asyncio.gather(*(request(host, began) for host in hosts)))

    return asyncio.run(main())


def test_hosts_of_one_domain_are_asked_apart_and_others_at_once() -> None:
    first, second, third, other = starts(
        Turns(0.1, 2, NO_SPACINGS), "a.wire.example", "b.wire.example", "a.wire.example", "b.example"
    )

    assert first < 0.05
    assert 0.1 <= second < 0.19
    assert 0.2 <= third < 0.29
    assert other < 0.05


def test_a_host_has_the_spacing_that_its_source_gives_it() -> None:
    first, second = starts(Turns(30, 2, {"a.example": 0.0}), "a.example", "a.example")

    assert second - first < 0.05


def test_a_crawl_delay_is_kept_where_it_is_longer() -> None:
    turns = Turns(0.0, 2, NO_SPACINGS)
    turns.delay("http://www.a.example", 0.1)

    first, second = starts(turns, "a.example", "a.example")

    assert 0.1 <= second - first < 0.19


def test_at_most_so_many_requests_to_a_host_are_under_way() -> None:
    times = starts(Turns(0.0, 2, NO_SPACINGS), *["a.example"] * 4, lasts_s=0.1)

    assert [time < 0.05 for time in times] == [True, True, False, False]


def test_a_short_rest_is_waited_for_and_a_long_one_is_not() -> None:
    turns = Turns(0.0, 2, NO_SPACINGS)
    turns.hold("a.example", 0.1)
    turns.hold("b.example", 3_600)

    assert starts(turns, "a.example")[0] >= 0.1
    with pytest.raises(Held, match="not to be asked for another 3600 s"):
        starts(turns, "b.example")


def test_a_second_process_ends_at_once_and_names_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "network.lock"
    program = (
        "import sys; from pathlib import Path; from pipeline.web.hosts import network_lock\n"
        "with network_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", program, lock],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        began = time.monotonic()
        with pytest.raises(NetworkBusy, match=rf"another run is capturing \(process {first.pid}\)"), network_lock(lock):
            pass
        assert time.monotonic() - began < 0.5
        first.kill()

    with network_lock(lock):  # the kernel let go of it
        assert lock.read_text() == str(os.getpid())
