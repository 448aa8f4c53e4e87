"""claimwire: news feeds in, a ledger of attributed claims out. Start reading at events.py."""

# The steps in the order in which they run. Each appends exactly one outcome per input and attempt.
STEPS = ("poll", "capture", "extract", "compare", "claim")

__version__ = "0.1.0"
