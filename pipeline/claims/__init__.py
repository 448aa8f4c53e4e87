"""Article text in, attributed claims out. Start reading at read.py; the step is in extract.py."""

import os

# Read by numpy's OpenBLAS when it is first imported. A second thread of a parse only waits in a loop: 1.5 times the CPU
# of one thread in all, for texts that are read one after another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
