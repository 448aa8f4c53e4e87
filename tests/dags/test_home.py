import os
import stat
from base64 import urlsafe_b64decode
from configparser import RawConfigParser
from pathlib import Path

import pytest

from dags.operating.home import SECRETS, Home, HomeError, environment, find_home, find_own_home, prepare, read_login
from pipeline.locks import hold
from pipeline.settings import ROOT, Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that is prepared under a umask that would let everybody read it."""
    made = Home(tmp_path / "airflow", 8080)
    before = os.umask(0o000)
    try:
        prepare(made)
    finally:
        os.umask(before)
    return made


def read(home: Home) -> RawConfigParser:
    config = RawConfigParser()
    config.read(home.config_file)
    return config


def test_only_the_owner_may_read_the_home_and_each_file_in_it(home: Home) -> None:
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (home.folder, *home.folder.iterdir())}

    assert modes == {
        "airflow": "0o700",
        "airflow.cfg": "0o600",
        "airflow.db": "0o600",
        "logs": "0o700",
        "simple_auth_manager_passwords.json": "0o600",
    }


@pytest.mark.parametrize(("section", "option"), SECRETS)
def test_each_secret_has_its_length_and_no_two_homes_share_it(
    home: Home, tmp_path: Path, section: str, option: str
) -> None:
    other = Home(tmp_path / "other", 8080)
    prepare(other)

    assert len(urlsafe_b64decode(read(home).get(section, option))) == SECRETS[section, option]
    assert read(home).get(section, option) != read(other).get(section, option)


def test_preparing_again_keeps_secrets_and_password_and_takes_the_new_port(home: Home) -> None:
    before, login = read(home), read_login(home)

    again = Home(home.folder, 8090)
    prepare(again)

    assert read_login(again) == login
    assert read(again).get("api", "port") == "8090"
    assert {name: read(again).get(*name) for name in SECRETS} == {name: before.get(*name) for name in SECRETS}


def test_a_login_that_the_user_chose_stays(home: Home) -> None:
    home.login_file.write_text('{"claimwire": "of my own"}')

    prepare(home)

    assert read_login(home).password == "of my own"


def test_a_percent_sign_in_the_path_reaches_airflow_as_it_is(tmp_path: Path) -> None:
    home = Home(tmp_path / "100%", 8080)
    prepare(home)

    assert "sqlite:///" + str(tmp_path) + "/100%%/airflow.db" in home.config_file.read_text()


def test_nothing_of_the_users_own_airflow_reaches_ours(tmp_path: Path) -> None:
    users = {"AIRFLOW_HOME": "/home/ann/airflow", "AIRFLOW__CORE__EXECUTOR": "X", "PATH": "/bin", "CLAIMWIRE_LIVE": "1"}

    ours = environment(Home(tmp_path, 8080), users)

    assert ours == {
        "AIRFLOW_HOME": str(tmp_path),
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}/bin",
        "CLAIMWIRE_LIVE": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(tmp_path: Path) -> None:
    ours = environment(Home(tmp_path, 8080), {"http_proxy": "http://proxy:3128", "no_proxy": "intranet"})

    assert ours["no_proxy"] == "intranet,127.0.0.1"


def test_while_airflow_runs_its_port_is_the_one_it_was_started_with(tmp_path: Path) -> None:
    prepare(Home(tmp_path / "airflow", 8090))
    with hold(tmp_path / "airflow" / "supervisor.lock", wait_s=0):
        running = find_home(Settings(data=tmp_path))

    assert running.port == 8090
    assert find_home(Settings(data=tmp_path)).port == 8080


@pytest.mark.parametrize("port", [0, 65_536])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: int) -> None:
    with pytest.raises(HomeError, match=f"^CLAIMWIRE_AIRFLOW_PORT must be from 1 to 65535, not {port}\\.$"):
        find_home(Settings(data=tmp_path, airflow_port=port))


@pytest.mark.parametrize("content", ["", "{}", "[]", "{", '{"a": "b", "c": "d"}'])
def test_a_damaged_login_is_told_with_the_remedy(home: Home, content: str) -> None:
    home.login_file.write_text(content)

    with pytest.raises(HomeError, match="is damaged: delete it for a new password"):
        prepare(home)


def test_a_damaged_configuration_is_told_with_the_remedy(home: Home) -> None:
    home.config_file.write_text("no section = here")

    with pytest.raises(HomeError, match="is damaged: delete it for a new one"):
        prepare(home)


def test_runs_in_this_process_have_a_home_that_no_scheduler_looks_into(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    assert find_home(settings).database_file != find_own_home(settings).database_file
