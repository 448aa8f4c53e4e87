"""A home in, nothing of it left out: waits until the supervisor is gone, however it went, and ends what it has left.

`python -m dags.operating.guard FOLDER`, with a pipe from the supervisor as standard input: the system closes it when the
supervisor is killed. After an orderly stop there is nothing left to end.
"""

import sys
from pathlib import Path

from dags.operating import leftovers
from dags.operating.home import Home


def main(folder: str) -> None:
    """Wait, and end what is left."""
    sys.stdin.read()
    leftovers.end(Home(Path(folder), port=0))


if __name__ == "__main__":
    main(sys.argv[1])
