"""The login of an Airflow in, its answers out: the little of its public REST API that a backfill needs."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import httpx
import msgspec

from dags.operating.answers import UNFINISHED, Backfill, Dag, DagRun, DryRun, Listing, TaskLog, TaskRun, Token
from dags.operating.home import Home, read_login
from pipeline.ledger.pending import Days

A = TypeVar("A")
PATIENCE_S = 60.0  # for how long a server that does not answer is asked again: `make up` takes about as long
AGAIN_S = 1.0  # between two tries of a server that does not answer
ANSWER_S = 600.0  # the runs of a backfill are all made while one waits: 30 days take a second
NOT_LOGGED_IN = (401, 403)  # Airflow says 403 to a token of another secret
RUNS_AT_ONCE = 100  # what Airflow hands out at most, by its own setting


class AirflowSilent(RuntimeError):
    """Airflow does not answer: it is still starting, too busy, or down."""


class AirflowRefused(RuntimeError):
    """Airflow answers that it will not: `status` is HTTP's."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"Airflow refused: {text} (HTTP {status})")
        self.status = status


@dataclass(frozen=True, slots=True)
class Wanted:
    """A backfill to be made: of a DAG, for some days, as many runs at once, with these parameters."""

    dag: str
    days: Days
    max_active_runs: int
    conf: Mapping[str, object]

    def to_body(self) -> dict[str, object]:
        """As the API wants it. Days that were run before are run again."""
        return {
            "dag_id": self.dag,
            "from_date": midnight(self.days.first),
            "to_date": midnight(self.days.last),
            "max_active_runs": self.max_active_runs,
            "reprocess_behavior": "completed",
            "dag_run_conf": dict(self.conf),
        }


@dataclass(slots=True, eq=False)
class Airflow:
    """One Airflow, logged in to when it is first asked.

    is_alive    whether it is worth trying again
    patience_s  for how long a server that does not answer is asked again
    """

    home: Home
    client: httpx.Client
    is_alive: Callable[[], bool]
    patience_s: float
    token: str = ""

    @property
    def url(self) -> str:
        """Where its pages are."""
        return self.home.url

    def read_dag(self, dag: str) -> Dag:
        """The DAG. One that Airflow has not read yet is waited for."""
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                return self.ask("GET", f"/dags/{dag}", Dag)
            except AirflowRefused as refused:
                if refused.status != httpx.codes.NOT_FOUND:
                    raise
                if time.monotonic() >= deadline:
                    raise AirflowSilent(f"Airflow has not read the DAG {dag}: {self.url} says why.") from None
            time.sleep(AGAIN_S)

    def find_active(self, dag: str) -> Backfill | None:
        """The backfill of a DAG that is not completed, or None: Airflow allows one."""
        listed = self.ask("GET", "/backfills", Listing, params={"dag_id": dag, "order_by": "-id", "limit": 10})
        return next((one for one in listed.backfills if one.completed_at is None), None)

    def read_backfill(self, number: int) -> Backfill:
        """One backfill as it stands now."""
        return self.ask("GET", f"/backfills/{number}", Backfill)

    def plan(self, wanted: Wanted) -> list[str]:
        """The days that a backfill would run now: not those of which a run is under way."""
        planned = self.ask("POST", "/backfills/dry_run", DryRun, body=wanted.to_body())
        return [one.partition_key for one in planned.backfills]

    def create(self, wanted: Wanted) -> Backfill:
        """Make a backfill with its runs. Raises AirflowRefused with status 409 when one is active."""
        return self.ask("POST", "/backfills", Backfill, body=wanted.to_body())

    def count_unfinished(self, backfill: Backfill, dag: str) -> int:
        """How many runs of the days of a backfill have not ended."""
        params = select_runs(backfill) | {"state": list(UNFINISHED), "limit": 1}
        return self.ask("GET", f"/dags/{dag}/dagRuns", Listing, params=params).total_entries

    def list_runs(self, backfill: Backfill, dag: str) -> list[DagRun]:
        """The runs of a backfill in order of their days. Those that an earlier backfill made of the same days are left out."""
        runs: list[DagRun] = []
        while True:
            params = select_runs(backfill) | {"order_by": "partition_date", "limit": RUNS_AT_ONCE, "offset": len(runs)}
            listed = self.ask("GET", f"/dags/{dag}/dagRuns", Listing, params=params)
            runs += listed.dag_runs
            if not listed.dag_runs or len(runs) >= listed.total_entries:
                return [run for run in runs if run.queued_at and run.queued_at >= backfill.created_at]

    def trigger(self, dag: str) -> DagRun:
        """Start a run now, or as soon as the one that is under way has ended."""
        return self.ask("POST", f"/dags/{dag}/dagRuns", DagRun, body={"logical_date": None})

    def read_run(self, run: DagRun) -> DagRun:
        """A run as it stands now."""
        return self.ask("GET", f"/dags/{run.dag_id}/dagRuns/{run.dag_run_id}", DagRun)

    def find_failed_task(self, run: DagRun) -> TaskRun | None:
        """The task of a run that failed first, or None."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.dag_run_id}/taskInstances"
        listed = self.ask("GET", path, Listing, params={"state": "failed", "order_by": "start_date", "limit": 1})
        return next(iter(listed.task_instances), None)

    def read_log(self, run: DagRun, task: TaskRun) -> TaskLog:
        """The log of the last try of a task."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.dag_run_id}/taskInstances/{task.task_id}/logs/{task.try_number}"
        params = {"map_index": task.map_index, "full_content": True}
        return self.ask("GET", path, TaskLog, params=params)

    def ask(self, method: str, path: str, answer: type[A], **asked: Any) -> A:
        """One question, with `params` or a `body`. Reading is tried again for a while; what changes something is not."""
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                return self.read(self.send(method, path, **asked), answer)
            except (httpx.TransportError, msgspec.DecodeError, ServerFailed) as error:
                # A server that cannot be connected to has changed nothing.
                is_harmless = method == "GET" or isinstance(error, httpx.ConnectError)
                if not is_harmless or not self.is_alive() or time.monotonic() >= deadline:
                    raise AirflowSilent(f"Airflow does not answer at {self.url} ({first_line(error)}).") from error
            time.sleep(AGAIN_S)

    def send(self, method: str, path: str, *, params: Any = None, body: Any = None) -> httpx.Response:
        """Send one request; a token that is missing or has run out is got anew."""
        for is_last in (False, True):
            if not self.token:
                self.log_in()
            headers = {"Authorization": f"Bearer {self.token}"}
            url = f"{self.url}/api/v2{path}"
            response = self.client.request(method, url, params=params, json=body, headers=headers)
            if response.status_code not in NOT_LOGGED_IN or is_last:
                break
            self.token = ""
        return response

    def log_in(self) -> None:
        """Get a token."""
        login = read_login(self.home)
        body = {"username": login.user, "password": login.password}
        response = self.client.post(f"{self.url}/auth/token", json=body)
        self.token = self.read(response, Token).access_token

    @staticmethod
    def read(response: httpx.Response, answer: type[A]) -> A:
        """What a response says."""
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ServerFailed(f"HTTP {response.status_code}")
        if response.is_error:
            raise AirflowRefused(response.status_code, find_detail(response))
        return msgspec.json.decode(response.content, type=answer)


@contextmanager
def open_airflow(home: Home, is_alive: Callable[[], bool]) -> Iterator[Airflow]:
    """The Airflow that lives in `home`."""
    # A connection that is kept can be closed by the server just when a question is sent that must not be sent twice.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(limits=limits, timeout=ANSWER_S, trust_env=False) as client:
        yield Airflow(home, client, is_alive, PATIENCE_S)


class ServerFailed(RuntimeError):
    """The server had trouble of its own, as when its database is locked."""


def select_runs(backfill: Backfill) -> dict[str, Any]:
    """The runs of backfills for the days of this one."""
    first, last = backfill.days
    return {"run_type": "backfill", "partition_date_gte": str(first), "partition_date_lte": str(last)}


def midnight(day: date) -> str:
    """The start of a day (UTC).

    >>> midnight(date(2016, 2, 29))
    '2016-02-29T00:00:00Z'
    """
    return f"{day}T00:00:00Z"


def find_detail(response: httpx.Response) -> str:
    """Why a request was refused, in Airflow's words."""
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return response.text.strip()[:200]
    return detail if isinstance(detail, str) else msgspec.json.encode(detail).decode()[:200]


def first_line(error: Exception) -> str:
    """The first line of what an error says, or its name.

    >>> first_line(ValueError("no\\nmore"))
    'no'
    """
    return str(error).strip().partition("\n")[0] or type(error).__name__
