"""Airflow's API server in, the same with one version of what tasks ask out: `python -m dags.operating.api_server`.

Airflow keeps a copy of that part for each version that a task of an older Airflow may speak: nine of them, 45 MB and two
seconds. Our tasks are forked from the scheduler beside it and speak the newest.
"""

import sys

from airflow.__main__ import main
from airflow.api_fastapi.execution_api import versions
from airflow.api_fastapi.execution_api.routes import execution_api_router
from cadwyn import HeadVersion, Version, VersionBundle
from cadwyn.route_generation import _DELETED_ROUTE_TAG


def keep_newest() -> None:
    """Leave only the newest version. Airflow makes the copies when it is first asked, from what stands here by then."""
    versions.bundle = VersionBundle(HeadVersion(), Version(versions.bundle.versions[0].value))
    routes = execution_api_router.routes
    routes[:] = [route for route in routes if _DELETED_ROUTE_TAG not in getattr(route, "tags", ())]


if __name__ == "__main__":
    keep_newest()
    sys.argv[1:] = ["api-server"]
    main()  # type: ignore[no-untyped-call]
