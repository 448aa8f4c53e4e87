"""Answers in, batches out: none holds more than memory should."""

from pipeline.packing import content_of
from pipeline.settings import Settings
from pipeline.steps.network import BATCH_BYTES, batches
from pipeline.web.answers import Answer
from pipeline.web.gather import Got, Request
from tests.making import NOON

URL = "https://wire.example/sitemap.xml"


def test_a_batch_is_full_when_its_bodies_are_large() -> None:
    content = content_of(bytes(BATCH_BYTES // 2))  # one for all of them
    answer = Answer(
        requested_url=URL, final_url=URL, redirects=(), status=200, phrase="OK", all_headers=(), content=content
    )
    answers = [Got(request=Request(url=URL, subject=number), at=NOON, answer=answer) for number in range(5)]

    assert [len(batch) for batch in batches(answers, Settings())] == [2, 2, 1]
