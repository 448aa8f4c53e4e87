"""Settings in, Airflow's own folder out: its configuration, its secrets and the login, all readable by their owner only.

Everything stands in airflow.cfg and nothing in environment variables. So `AIRFLOW_HOME=data/airflow .venv/bin/airflow ...`
works by hand, and a task, from whose environment Airflow takes the database's address, can still start a command that
needs it.
"""

import configparser
import json
import os
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from pipeline.locks import find_holder
from pipeline.settings import ROOT, SUPERVISOR_LOCK, Settings

LOOPBACK = "127.0.0.1"
USER = "claimwire"
PARALLELISM = 4  # tasks at once: the network, the ledger and the index each have one writer anyway
SECRETS = {  # section and option: bytes. HMAC keys shorter than their hash (SHA-512) would be weaker than it.
    ("api_auth", "jwt_secret"): 64,
    ("api", "secret_key"): 32,
    ("core", "fernet_key"): 32,
}


@dataclass(frozen=True, slots=True)
class Login:
    """Who may use Airflow's pages."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where one Airflow lives.

    folder  its AIRFLOW_HOME, never the user's own
    port    of its pages and its API, on the loopback address
    """

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def config_file(self) -> Path:
        """Its configuration, with secrets."""
        return self.folder / "airflow.cfg"

    @property
    def login_file(self) -> Path:
        """User and password, as JSON."""
        return self.folder / "simple_auth_manager_passwords.json"

    @property
    def database_file(self) -> Path:
        """Its metadata: which run of which DAG did what."""
        return self.folder / "airflow.db"

    @property
    def lock_file(self) -> Path:
        """Held by the supervisor; holds its process id."""
        return self.folder / SUPERVISOR_LOCK

    @property
    def logs(self) -> Path:
        """Of the supervisor, of Airflow's parts, and of every task."""
        return self.folder / "logs"


class HomeError(ValueError):
    """Airflow cannot live there: one sentence with the remedy."""


def find_home(settings: Settings) -> Home:
    """The home of the Airflow that `make up` runs. While it runs, its port is the one that it was started with."""
    home = Home(settings.airflow_folder, settings.airflow_port)
    if not 0 < home.port < 65_536:
        raise HomeError(f"CLAIMWIRE_AIRFLOW_PORT must be from 1 to 65535, not {home.port}.")
    if find_holder(home.lock_file) is None:
        return home
    return replace(home, port=int(read_config(home).get("api", "port", fallback=str(home.port))))


def find_own_home(settings: Settings) -> Home:
    """The home of the runs in this process: a scheduler must not find them in its database and take them too."""
    return Home(settings.data / "airflow-here", settings.airflow_port)


def prepare(home: Home) -> None:
    """Write the configuration and the login; secrets and the password that are there stay as they are.

    Raises HomeError when one of them is damaged.
    """
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.folder.chmod(0o700)
    home.logs.mkdir(mode=0o700, exist_ok=True)
    config = configparser.RawConfigParser()
    config.read_dict(options(home))
    for (section, option), secret in read_secrets(home).items():
        config.set(section, option, secret)
    text = StringIO()
    config.write(text)
    write_private(home.config_file, text.getvalue())
    if not home.login_file.exists():
        (home.folder / "told").unlink(missing_ok=True)
        write_private(home.login_file, json.dumps({USER: secrets.token_urlsafe(18)}))
    read_login(home)
    if not home.database_file.exists():
        write_private(home.database_file, "")  # SQLite gives its other files the same permissions


def options(home: Home) -> dict[str, dict[str, str]]:
    """What we want of Airflow other than its defaults, but for the secrets; a percent sign would be read as a reference."""
    logs = str(home.logs).replace("%", "%%")
    return {
        "core": {
            "dags_folder": str(ROOT / "dags").replace("%", "%%"),
            "load_examples": "False",
            "executor": "dags.operating.warm.LocalExecutor",
            "parallelism": str(PARALLELISM),
            "dags_are_paused_at_creation": "False",
            "execution_api_server_url": f"{home.url}/execution/",
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": str(home.login_file).replace("%", "%%"),
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{home.database_file}".replace("%", "%%")},
        "logging": {
            "base_log_folder": logs,
            "dag_processor_child_process_log_directory": f"{logs}/dag_processor",  # its default fails on a percent sign
        },
        "api": {"host": LOOPBACK, "port": str(home.port), "base_url": home.url, "workers": "1"},
        "api_auth": {},
        "scheduler": {
            # Its loop is most of what Airflow costs when nothing runs. A task starts half a second later for it.
            "scheduler_idle_sleep_time": "2",
            # A killed worker is noticed after a minute; by default it is five.
            "task_instance_heartbeat_timeout": "60",
            # A scheduler that was killed leaves tasks that the next one must take over.
            "orphaned_tasks_check_interval": "60",
        },
        "workers": {
            "min_heartbeat_interval": "10",  # each is a request that the API server has to answer
            # A task whose API server is being started again waits for it some two minutes rather than fail.
            "execution_api_retries": "25",
            "execution_api_retry_wait_max": "10",
        },
        # Each look at the DAG files costs most of a CPU second, and they change with a new version only.
        "dag_processor": {"min_file_process_interval": "600", "parsing_processes": "1"},
    }


def read_secrets(home: Home) -> dict[tuple[str, str], str]:
    """The secrets of the configuration that is there, and new ones where there are none."""
    config = read_config(home)
    return {
        (section, option): config.get(section, option, fallback="")
        or urlsafe_b64encode(secrets.token_bytes(length)).decode()
        for (section, option), length in SECRETS.items()
    }


def read_config(home: Home) -> configparser.RawConfigParser:
    """The configuration that is there, empty if there is none. Raises HomeError when it cannot be read."""
    config = configparser.RawConfigParser()
    try:
        config.read(home.config_file)
    except (configparser.Error, UnicodeDecodeError):
        raise HomeError(f"{home.config_file} is damaged: delete it for a new one, with new secrets.") from None
    return config


def write_private(file: Path, text: str) -> None:
    """Put a file in place in one step that only its owner may read, whatever the umask is."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    unfinished.replace(file)


def read_login(home: Home) -> Login:
    """The user and the password. Raises HomeError when the file is none of ours."""
    try:
        [(user, password)] = json.loads(home.login_file.read_text()).items()
    except (OSError, ValueError, AttributeError):
        raise HomeError(f"{home.login_file} is damaged: delete it for a new password, and start Airflow.") from None
    return Login(user, password)


def environment(home: Home, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a command that is to use this home: nothing of the user's own Airflow, ours first on the path."""
    kept = {name: value for name, value in environ.items() if not name.startswith("AIRFLOW_")}
    programs = str(Path(sys.executable).parent)
    ours = {"AIRFLOW_HOME": str(home.folder), "PATH": f"{programs}{os.pathsep}{environ.get('PATH', os.defpath)}"}
    # Tasks ask the API server by a client that would go through a proxy.
    direct = {name: ",".join(filter(None, [environ.get(name), LOOPBACK])) for name in ("NO_PROXY", "no_proxy")}
    # The scheduler imports numpy and forks: a pool of threads would not be there in its tasks.
    return kept | ours | direct | {"OPENBLAS_NUM_THREADS": "1"}
