"""claimwire: news feeds in, a ledger of attributed claims out. Start reading at events.py."""

import os

# The steps in the order in which they run. Each appends exactly one outcome per input and attempt.
STEPS = ("poll", "capture", "extract", "compare", "claim")

__version__ = "0.1.0"

# Read by numpy's OpenBLAS when it is first imported, hence here. A second thread of a parse only waits in a loop: more than
# twice the CPU of one thread in all, for texts that are read one after another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
