"""Airflow's metadata database, changed as its other parts would: the DAGs written, runs ended, backfills closed."""

from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
from airflow.models import DagModel, DagRun
from airflow.models.backfill import Backfill, BackfillDagRun
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunType
from sqlalchemy import delete, func, update


def write_dags() -> None:
    """Write the DAGs, as the dag-processor does."""
    bundles = DagBundlesManager()  # type: ignore[no-untyped-call]
    bundles.sync_bundles_to_db()
    for bundle in bundles.get_all_dag_bundles():
        bundle.initialize()
        bag = BundleDagBag(bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
        with create_session() as session:
            sync_bag_to_db(bag, bundle.name, bundle_version=None, session=session)
    with create_session() as session:
        session.execute(update(DagModel).values(is_paused=False))


def end_runs(*days: str, state: str = "success") -> None:
    """End the backfilled runs of some days, as the scheduler does."""
    with create_session() as session:
        session.execute(update(DagRun).where(DagRun.partition_key.in_(days)).values(state=DagRunState(state)))


def close_backfills() -> None:
    """Mark all backfills as completed, as the scheduler does."""
    with create_session() as session:
        session.execute(update(Backfill).values(completed_at=func.now()))


def pause(dag: str, *, is_paused: bool = True) -> None:
    """Pause a DAG, as a person does."""
    with create_session() as session:
        session.execute(update(DagModel).where(DagModel.dag_id == dag).values(is_paused=is_paused))


def remove_backfills() -> None:
    """Remove the backfills and their runs, and switch the DAGs on."""
    with create_session() as session:
        session.execute(delete(BackfillDagRun))
        session.execute(delete(DagRun).where(DagRun.run_type == DagRunType.BACKFILL_JOB))
        session.execute(delete(Backfill))
        session.execute(update(DagModel).values(is_paused=False))
