"""The executor in a process of its own, as the scheduler has it: it forks, and must not fork pytest."""

import json
from pathlib import Path

from tests.dags.programs import run

# Starts a worker for what Airflow would not know how to run. Prints how many workers wait before and after that, what came
# of it, which modules are missing when the worker is forked, and how many appends of a child the parent then reads.
PROGRAM = """
import json, os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from dags.operating.warm import BEFORE_THE_FORK, LocalExecutor

at_fork = []
executor = LocalExecutor(parallelism=1)
executor.start()
os.register_at_fork(before=lambda: at_fork.append([name for name in BEFORE_THE_FORK if name not in sys.modules]))
waiting = [len(executor.workers)]
executor.queued_tasks["key"] = SimpleNamespace(
    key="key", display_name="one", running_state="running", success_state="success", failure_state="failed"
)
executor._process_workloads(list(executor.queued_tasks.values()))
states = []
executor.change_state = lambda key, state: states.append(state)
while executor.workers:
    executor.sync()
    time.sleep(0.05)
executor.sync()
waiting += [len(executor.queued_tasks), executor._unread_messages.value]
executor.end()

from pipeline.ledger.ledger import Ledger
from tests.making import make_entry

ledger = Ledger(Path(sys.argv[1]), run_id="forked", now=lambda: datetime(2017, 6, 12, tzinfo=UTC), wait_s=5)
for number in range(3):
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0
    else:
        ledger.append([make_entry(number)])
        os._exit(0)
appended = ledger.head().position
print(json.dumps({"missing": at_fork[0], "waiting": waiting, "states": states, "appended": appended}))
"""

# A task's process closes its pipes and takes a third of a second more to end. Prints whether its end is seen at once.
ENDING = """
import os, time
from types import SimpleNamespace

import psutil
from airflow.sdk.execution_time.supervisor import ActivitySubprocess, PsutilTracker

from dags.operating.warm import notice_ends

notice_ends()
child = os.fork()
if not child:
    time.sleep(0.3)
    os._exit(7)
task = ActivitySubprocess.__new__(ActivitySubprocess)
task._exit_code = task._process_exit_monotonic = None
task._process = PsutilTracker(psutil.Process(child))
task._open_sockets = {"requests": 1}
task.process_log = SimpleNamespace(warning=lambda *_, **__: None)
seen = [task._check_subprocess_exit()]
task._open_sockets = {}
print([*seen, task._check_subprocess_exit()])
"""


def test_a_worker_is_forked_for_its_task_with_all_modules_and_what_it_writes_is_there(tmp_path: Path) -> None:
    assert json.loads(run(PROGRAM, tmp_path)) == {
        "missing": [],
        "waiting": [0, 0, 0],
        "states": ["running", "failed"],
        "appended": 3,
    }


def test_the_end_of_a_task_is_seen_as_soon_as_it_has_closed_its_pipes(tmp_path: Path) -> None:
    assert run(ENDING, tmp_path) == "[None, 7]"
