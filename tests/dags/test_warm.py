"""The executor in a process of its own, as the scheduler has it: it forks, and must not fork pytest."""

import json
import os
import subprocess
import sys
from pathlib import Path

from dags.operating.home import Home, environment, prepare
from pipeline.settings import ROOT

# Prints, when the one worker is forked, which modules are missing and how many appends of a child the parent then reads.
PROGRAM = """
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path

from dags.operating.warm import BEFORE_THE_FORK, LocalExecutor

at_fork = []
os.register_at_fork(before=lambda: at_fork.append([name for name in BEFORE_THE_FORK if name not in sys.modules]))
executor = LocalExecutor(parallelism=1)
executor.start()
executor.end()

from pipeline.ledger import Ledger
from tests.making import make_entry

ledger = Ledger(Path(sys.argv[1]), run_id="forked", now=lambda: datetime(2017, 6, 12, tzinfo=UTC), wait_s=5)
for number in range(3):
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0
    else:
        ledger.append([make_entry(number)])
        os._exit(0)
print(json.dumps({"missing": at_fork[0], "appended": ledger.head().position}))
"""


def test_tasks_are_forked_with_their_modules_and_what_they_write_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path / "airflow", 8080)
    prepare(home)

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "ledger")],
        cwd=ROOT,
        env=environment(home, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {"missing": [], "appended": 3}
