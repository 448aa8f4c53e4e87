"""A folder of hosts in, a web server in a process of its own out: its cost counts on no side."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import ROOT
from pipeline.web.world import serve_world


@contextmanager
def open_server(folder: Path) -> Iterator[int]:
    """Serve the hosts below `folder` while the body runs; gives the port."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.measuring.serving", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout
        yield int(child.stdout.readline())
    finally:
        child.communicate()  # closes its standard input, which ends it


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    async with serve_world(folder) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
