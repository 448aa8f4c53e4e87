"""Airflow's local executor in, the same with warm workers out.

A task is a process forked from a worker, which was forked from the scheduler. What the scheduler has imported before, no
task imports again, and all share its memory. Modules only: with a connection to DuckDB that is older than the fork, what a
task writes would be lost.
"""

from contextlib import suppress
from importlib import import_module

from airflow.executors import local_executor

from dags.operating import code

# What a task imports beside the executor's own: the steps, and the claims' rules with spaCy, the slowest of all.
BEFORE_THE_FORK = ("airflow.sdk.execution_time.task_runner", "dags.steps", "pipeline.run", "pipeline.claims.extract")


class LocalExecutor(local_executor.LocalExecutor):
    """Named as its parent: by that name Airflow knows a machine of one's own, for which its simple login is enough."""

    def start(self) -> None:
        """Import what tasks need, note which program that is, then fork the workers."""
        code.remember()
        for module in BEFORE_THE_FORK:
            with suppress(Exception):  # what cannot be imported fails the tasks that need it, and they say why
                import_module(module)
        super().start()
