"""Airflow's local executor in, the same with warm workers out, which are there only while they have work.

A worker is a process forked from the scheduler for one task; the task is a process forked from the worker. What the
scheduler has imported before, no task imports again, and all share its memory. Modules only: with a connection to DuckDB that
is older than the fork, what a task writes would be lost.
"""

import gc
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import Process
from typing import Any

from airflow.executors import local_executor
from airflow.sdk.api.client import Client
from airflow.sdk.execution_time.supervisor import WatchedSubprocess

from dags.operating import code
from pipeline import STEPS

# What a task imports beside the executor's own: the steps, and the claims' rules with spaCy, the slowest of all.
BEFORE_THE_FORK = (
    "airflow.sdk.execution_time.task_runner",
    "airflow.dag_processing.dagbag",
    "dags.steps",
    "pipeline.run",
    *(f"pipeline.steps.{step}" for step in STEPS),
    "pipeline.web.world",
    "pipeline.claims.extract",
)
END_S = 1.0  # far more than a process takes to end that has closed its pipes


class LocalExecutor(local_executor.LocalExecutor):
    """Named as its parent: by that name Airflow knows a machine of one's own, for which its simple login is enough.

    The parent's workers stay: four that wait hold 100 MB that they have written to. One that is forked for a task holds
    nothing afterwards.
    """

    def start(self) -> None:
        """Import what tasks need, note which program that is, and leave all that is there to be shared."""
        code.remember()
        for module in BEFORE_THE_FORK:
            with suppress(Exception):  # what cannot be imported fails the tasks that need it, and they say why
                import_module(module)
        with Client(base_url="http://127.0.0.1", token=""):
            pass  # its first client reads the certificates that a worker's shares: 40 ms
        notice_ends()
        self.is_mp_using_fork = False  # or its parent would fork workers that wait
        super().start()
        gc.collect()
        gc.freeze()  # a collection writes to every object that it looks at, and what was written to is shared no more

    def _process_workloads(self, workload_list: Sequence[Any]) -> None:
        """Fork a worker for each of what Airflow has chosen to run now: no more than there are free places."""
        for workload in workload_list:
            for queued in (self.queued_tasks, self.queued_callbacks, self.queued_connection_tests):
                queued.pop(workload.key, None)
            with self._unread_messages:
                self._unread_messages.value += 1
            worker = Process(target=local_executor._run_worker, kwargs=self.to_arguments(workload))
            worker.start()
            assert worker.pid
            self.workers[worker.pid] = worker

    def to_arguments(self, workload: object) -> dict[str, Any]:
        """What a worker is given."""
        return {
            "logger_name": self.log.name,
            "input": OneWorkload(workload),
            "output": self.result_queue,
            "unread_messages": self._unread_messages,
            "team_conf": self.conf,
        }


class OneWorkload:
    """Where a worker takes its work from: one workload, then the word that there is no more."""

    def __init__(self, workload: object) -> None:
        self.left = [None, workload]

    def get(self) -> object:
        """The next one."""
        return self.left.pop()


def notice_ends() -> None:
    """Let workers notice at once that their task has ended.

    A worker sees the task's pipes close, often a moment before the task has ended. Airflow's then looks again after 5
    seconds, and holds its place and its memory meanwhile.
    """
    look = WatchedSubprocess._check_subprocess_exit

    def wait_and_look(task: WatchedSubprocess, *arguments: Any, **options: Any) -> int | None:
        if not task._open_sockets:
            with suppress(task._process.TimeoutExpired):
                task._process.wait(timeout=END_S)
        return look(task, *arguments, **options)

    WatchedSubprocess._check_subprocess_exit = wait_and_look  # type: ignore[method-assign,assignment]
