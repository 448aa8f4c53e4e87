"""The API server with one version of what tasks ask, in a process of its own: what it leaves out is gone for good."""

import json
from pathlib import Path

from tests.dags.programs import run

# Prints which versions are kept, and what comes of the health and of a question without a token, in the tasks' version.
PROGRAM = """
import asyncio, json

import httpx
from airflow.sdk.api.datamodels._generated import API_VERSION

from dags.operating.api_server import keep_newest

keep_newest()

from airflow.api_fastapi.app import create_app, lifespan

app = create_app()
version = {"Airflow-API-Version": API_VERSION}


async def ask():
    async with lifespan(app), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://airflow") as client:
        health = await client.get("/execution/health", headers=version)
        started = await client.patch("/execution/task-instances/0/run", headers=version)
        return [health.status_code, started.status_code]


answers = asyncio.run(ask())
[execution] = [route.app for route in app.routes if route.path == "/execution"]
print(json.dumps({"is_newest": [*execution.router.versioned_routers] == [API_VERSION], "answers": answers}))
"""


def test_tasks_are_answered_in_the_one_version_that_is_kept(tmp_path: Path) -> None:
    assert json.loads(run(PROGRAM, tmp_path)) == {"is_newest": True, "answers": [200, 401]}
