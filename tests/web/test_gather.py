"""Many requests at once: who holds up whom, and what is in memory when the caller is slow."""

import time
from collections import Counter

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
