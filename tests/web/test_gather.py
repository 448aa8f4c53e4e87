"""Many requests at once: who holds up whom, and what is in memory when the caller is slow."""

import threading
import time
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime

import pytest

from pipeline.settings import Settings
from pipeline.web.answers import Answer
from pipeline.web.gather import QUEUED_ANSWERS, Got, Request, Routes, gather
from pipeline.web.hosts import CONNECTIONS
from tests.badweb import Web, serving, story
from tests.making import NOON


def requests(host: str, pages: int) -> list[Request[str]]:
    return [Request(url=f"http://{host}.example/{number}", subject=host) for number in range(pages)]


def routes(web: Web, **spacings: float) -> Routes:
    doors = {f"{host}.example": f"127.0.0.1:{web.port}" for host in ("quick", "spaced")}
    return Routes(doors=doors, spacings={f"{host}.example": spacing_s for host, spacing_s in spacings.items()})


def test_four_hundred_pages_of_a_spaced_host_do_not_hold_up_a_quick_one() -> None:
    came: list[str] = []
    with serving({"quick.example/0": story(1)}) as web:
        asked = [*requests("spaced", 400), *requests("quick", 1)]
        for got in gather(asked, routes(web, spaced=0.05), Settings(), lambda: NOON):
            came += [got.request.subject] if got else []
            if "quick" in came:
                break

    assert len(came) <= 5


def test_every_request_is_answered_once() -> None:
    pages = {f"{host}.example/{number}": story(number) for host in ("quick", "spaced") for number in range(20)}
    with serving(pages) as web:
        asked = [*requests("spaced", 20), *requests("quick", 20)]
        answers = [got for got in gather(asked, routes(web, spaced=0.001), Settings(), lambda: NOON) if got]

    assert Counter(got.request.url for got in answers) == {request.url: 1 for request in asked}
    assert all(isinstance(got.answer, Answer) for got in answers)


def test_a_slow_caller_slows_the_requests() -> None:
    pages = {f"quick.example/{number}": story(number) for number in range(400)}
    with serving(pages) as web:
        answers = gather(requests("quick", 400), routes(web), Settings(connections_per_host=CONNECTIONS), lambda: NOON)
        first = next(got for got in answers if got)
        time.sleep(1.0)
        sent = sum(web.asked.values())
        rest = [got for got in answers if got]

    assert isinstance(first, Got)
    assert sent <= 2 * CONNECTIONS + QUEUED_ANSWERS + 2  # under way or waiting; in the queue; taken, and robots.txt
    assert len(rest) == 399


def fail() -> datetime:
    raise MemoryError("no room")


@pytest.mark.parametrize("pages", [0, 1, 40])
def test_what_fails_on_the_way_reaches_the_caller(pages: int) -> None:
    clock = iter([NOON] * pages)
    with serving({f"quick.example/{number}": story(number) for number in range(100)}) as web:
        answers = gather(requests("quick", 100), routes(web), Settings(), lambda: next(clock, None) or fail())
        with pytest.raises(ExceptionGroup) as raised:
            list(answers)

    assert raised.group_contains(MemoryError, match="no room")
    assert not threads()


def test_a_loop_that_cannot_be_made_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(work: Coroutine[None, None, None], _: threading.Event) -> None:
        work.close()
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("pipeline.web.gather.run_until", refuse)
    with serving({}) as web, pytest.raises(OSError, match="Too many open files"):
        list(gather(requests("quick", 1), routes(web), Settings(), lambda: NOON))


def test_a_caller_who_leaves_leaves_nothing_behind() -> None:
    with serving({f"quick.example/{number}": story(number) for number in range(100)}) as web:
        answers = gather(requests("quick", 100), routes(web), Settings(), lambda: NOON)
        assert any(got is not None for got in answers)
        answers.close()  # type: ignore[attr-defined]  # a generator has it

    assert not threads()


def test_few_answers_are_not_kept_until_more_come() -> None:
    with serving({"quick.example/0": story(0)}) as web:
        asked = [*requests("quick", 1), *requests("spaced", 3)]
        answers = list(gather(asked, routes(web, spaced=1.0), Settings(), lambda: NOON))

    assert {answers.index(got) < answers.index(None) for got in answers if got and got.request.subject == "quick"} == {
        True
    }


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "requests"]
