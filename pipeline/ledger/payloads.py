"""An event in, its payload as canonical JSON out, and back."""

import uuid
from datetime import date, datetime

import msgspec
import rfc8785

from pipeline.events import EVENT_TYPES, Event
from pipeline.keys import canonical, rounded


def to_payload(event: Event) -> str:
    """Canonical JSON of all that is not in the envelope. Floats are rounded to 6 places.

    Raises ValueError on an integer from 2^53 up or a lone surrogate: RFC 8785 refuses both.
    """
    fields = msgspec.to_builtins(event)
    try:
        return canonical(
            {name: rounded(value) for name, value in fields.items() if name not in event.ENVELOPE}
        ).decode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ValueError(f"expected a payload that RFC 8785 accepts in {type(event).__name__}, got {error}") from error


def from_payload(  # noqa: PLR0913  # the envelope's columns
    event_type: str,
    payload: str,
    *,
    event_date: date,
    occurred_at: datetime,
    caused_by: uuid.UUID | None,
    producer: str,
) -> Event:
    """The event that was recorded; the inverse of `to_payload`. Raises ValueError on a payload that does not fit its type."""
    try:
        fields = msgspec.json.decode(payload)
        fields |= {"event_date": event_date, "occurred_at": occurred_at, "caused_by": caused_by, "producer": producer}
        return msgspec.convert(fields, EVENT_TYPES[event_type])
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ValueError(f"expected a payload of {event_type}, got {error}") from error
