"""What `make up` takes of a new machine: an Airflow of its own, for whatever else runs would share its pages."""

from pathlib import Path

from tests.measuring.start_side import measure_start


def test_all_of_it_takes_less_than_900_mb_at_rest_and_while_the_first_runs_read(tmp_path: Path) -> None:
    start = measure_start(tmp_path)

    assert start.rest_bytes < start.peak_bytes < 900_000_000
