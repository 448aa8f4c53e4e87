"""Turns: spacing per registrable domain, connections per host, and one capturing process at a time."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.web import hosts as hosts_module
from pipeline.web.hosts import Crowded, Held, Line, NetworkBusy, Rank, Times, Turns, network_lock

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


def test_forty_hosts_of_one_domain_are_all_served_one_at_a_time() -> None:
    times = sorted(starts(Turns(0.01, 2, NO_SPACINGS), *(f"blog{number}.substack.com" for number in range(40))))

    assert len(times) == 40
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.009


def test_our_own_spacing_is_waited_for_however_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts_module, "LONGEST_WAIT_S", 0.01)

    assert len(starts(Turns(0.02, 2, NO_SPACINGS), *["a.example"] * 10)) == 10


def test_a_crawl_delay_holds_from_the_request_that_told_it() -> None:
    turns = Turns(0.0, 2, NO_SPACINGS)

    first = starts(turns, "a.example")
    turns.delay("a.example", 0.1)

    assert first[0] < 0.05
    assert starts(turns, "a.example")[0] > 0.05


def test_a_rest_that_is_asked_for_holds_for_those_who_wait_already() -> None:
    turns = Turns(0.05, 2, NO_SPACINGS)

    async def main() -> list[object]:
        async def ask(number: int) -> int:
            async with turns.turn("a.example"):
                if number == 1:
                    turns.hold("a.example", 3_600)
                return number

        return list(await asyncio.gather(*map(ask, range(5)), return_exceptions=True))

    assert [type(met) for met in asyncio.run(main())] == [int, int, Held, Held, Held]


def served(turns: Turns, *hosts: str) -> int:
    """How many of the requests got their turn; the others are left for another run."""

    async def request(host: str) -> bool:
        try:
            async with turns.turn(host):
                return True
        except Crowded:
            return False

    async def main() -> int:
        return sum(await asyncio.gather(*map(request, hosts)))

    return asyncio.run(main())


def test_a_domain_has_its_time_in_a_run_and_the_rest_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts_module, "SPACED_WAIT_S", 0.05)
    times = Times()

    crowd = [f"blog{number % 3}.wire.example" for number in range(20)]
    assert 2 <= served(Turns(0.01, 2, NO_SPACINGS, times), *crowd) <= 6  # fewer than 6 when waits end late
    assert served(Turns(0.01, 2, NO_SPACINGS, times), *crowd) == 0  # in the same run, for another chunk of pages
    assert served(Turns(0.01, 2, NO_SPACINGS, times), "other.example") == 1


def test_a_spacing_of_more_than_a_runs_time_lets_one_request_follow_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts_module, "SPACED_WAIT_S", 0.01)

    assert served(Turns(0.1, 2, NO_SPACINGS), *["a.example"] * 5) == 2


def test_a_rest_that_a_run_was_asked_for_outlives_its_event_loop() -> None:
    times = Times()
    Turns(0.0, 2, NO_SPACINGS, times).hold("a.example", 3_600)

    with pytest.raises(Held):
        starts(Turns(0.0, 2, NO_SPACINGS, times), "www.a.example")


def test_in_a_line_the_lowest_rank_comes_first_and_the_earlier_of_one_rank() -> None:
    came: list[tuple[Rank, int]] = []

    async def wait(line: Line, rank: Rank, number: int) -> None:
        async with line.place(rank):
            came.append((rank, number))
            await asyncio.sleep(0)

    async def main() -> None:
        line = Line(1)
        async with line.place(Rank.NEW):
            waiting = [asyncio.create_task(wait(line, rank, number)) for number in (1, 2) for rank in reversed(Rank)]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

    asyncio.run(main())

    assert came == sorted(came)
    assert len(came) == 8


@pytest.mark.parametrize("has_place", [False, True])
def test_whoever_gives_up_waiting_keeps_no_place(has_place: bool) -> None:
    async def main() -> int:
        line = Line(1)
        await line.join(Rank.NEW)
        waiting = asyncio.create_task(line.join(Rank.NEW))
        await asyncio.sleep(0)
        if has_place:
            line.leave()  # the place is given, and in the same moment:
        waiting.cancel()
        await asyncio.wait([waiting])
        if not has_place:
            line.leave()
        return line.free

    assert asyncio.run(main()) == 1


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
        with pytest.raises(NetworkBusy, match=rf"another run is capturing \(process {first.pid}\)"), network_lock(lock):
            pass
        first.kill()

    with network_lock(lock):  # the kernel let go of it
        assert lock.read_text() == str(os.getpid())
