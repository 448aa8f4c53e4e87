"""What the warehouse says of sources: rows in, rows out."""

from datetime import timedelta
from typing import Any

import pytest

from pipeline.values import Gap, PollState
from tests import newsroom
from tests.newsroom import NOON

HOUR = timedelta(hours=1)


def test_a_gap_is_a_row_with_its_bounds(warehouse: Any) -> None:
    gap = Gap(from_at=NOON, until_at=NOON + 1.5 * HOUR)

    warehouse.publish(newsroom.poll(), newsroom.poll(at=NOON + 2 * HOUR, gap=gap, entries_new=20))
    rows = warehouse.rows("from coverage_gaps")

    assert [(row["source_id"], row["gap_from_at"], row["gap_until_at"], row["gap_hours"]) for row in rows] == [
        ("wire", NOON, NOON + 1.5 * HOUR, 1.5)
    ]


def test_source_health_tells_gaps_moves_lies_and_what_paces_a_source(warehouse: Any) -> None:
    gap = Gap(from_at=NOON, until_at=NOON + HOUR)
    state = PollState(moved_to="https://wire.example/new", interval_s=1200.0, is_304_trusted=False)

    warehouse.publish(newsroom.poll(gap=gap), newsroom.poll(at=NOON + HOUR, state=state, paced_by="ttl"))
    (row,) = warehouse.rows("from source_health")

    assert (row["gaps"], row["last_gap_until_at"]) == (1, NOON + HOUR)
    assert (row["moved_to"], row["is_304_trusted"]) == ("https://wire.example/new", False)
    assert (row["paced_by"], row["interval_s"]) == ("ttl", 1200.0)


@pytest.mark.parametrize(
    ("reason", "error_class"),
    [
        (None, None), ("status_410", "gone"), ("dns", "address"), ("status_404", "address"), ("bad_redirect", "address"),
        ("status_403", "refused"), ("status_429", "server"), ("status_503", "server"), ("timeout", "network"),
        ("tls", "network"), ("not_feed", "content"), ("too_large", "content"),
    ],
)  # fmt: skip
def test_a_failure_has_a_class(warehouse: Any, reason: str | None, error_class: str | None) -> None:
    warehouse.publish(newsroom.poll(outcome="failed" if reason else "changed", reason=reason))

    assert warehouse.rows("select error_class from source_health") == [{"error_class": error_class}]


def test_a_poll_of_schema_1_has_no_gap_and_is_trusted(warehouse: Any) -> None:
    warehouse.publish(newsroom.poll())

    assert warehouse.rows("select gaps, is_304_trusted, interval_s, paced_by from source_health") == [
        {"gaps": 0, "is_304_trusted": True, "interval_s": None, "paced_by": None}
    ]
