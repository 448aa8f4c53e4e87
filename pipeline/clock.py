"""The wall clock, the only one: whoever needs the instant gets it from here, or better as an argument."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The instant that it is (UTC)."""
    return datetime.now(UTC)
