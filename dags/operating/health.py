"""The address of an Airflow in, which of its parts are well out."""

import json
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPException
from urllib.request import ProxyHandler, build_opener

SERVING = ("metadatabase",)
PARTS = (*SERVING, "scheduler", "dag_processor")
ANSWER_S = 5.0
WARM_S = 60.0
DIRECT = build_opener(ProxyHandler({}))  # whatever proxy the environment names


def find_unwell(url: str, parts: Sequence[str] = PARTS) -> list[str]:
    """Those of the parts that are not healthy by the API server's own word; the server itself, if it does not answer.

    A part is healthy when it wrote a heartbeat in the last 30 seconds; see Airflow's page on check-health.
    """
    try:
        with DIRECT.open(f"{url}/api/v2/monitor/health", timeout=ANSWER_S) as answer:
            states = json.load(answer)
    except (OSError, HTTPException, ValueError):
        return ["api-server"]
    return [part for part in parts if (states.get(part) or {}).get("status") != "healthy"]


def warm_up(url: str) -> None:
    """Let the API server make ready what tasks ask: it does so at the first request only, which takes it ten seconds."""
    with suppress(OSError, HTTPException), DIRECT.open(f"{url}/execution/health", timeout=WARM_S):
        pass
