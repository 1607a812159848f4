"""The composition root: settings from everywhere, partitions that must not be mixed, and what children are told."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import children, wiring
from ingest.errors import SettingsError, StoreError, UsageError
from ingest.ledger.partition import open_partition
from ingest.settings import Settings
from ingest.versions import versions
from ingest.wiring import Installation


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without config/ingest.toml, an environment without our settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("INGEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def installation(valkey: Any) -> Iterator[Installation]:
    with wiring.opened(wiring.read_settings(store=valkey.url)) as installation:
        yield installation


# -- settings


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('store = "a"\nserver = "path"\n[inbox]\nbatch = 7\nattempts = 9\n')
    monkeypatch.setenv("INGEST_STORE", "b")
    monkeypatch.setenv("INGEST_INBOX__BATCH", "8")
    found = wiring.read_settings(file)
    assert (found.store, found.server, found.inbox.batch, found.inbox.attempts) == ("b", "path", 8, 9)
    assert wiring.read_settings(file, store="c").store == "c"
    assert wiring.read_settings(file, store=None).store == "b"


def test_publishers_may_stand_in_the_file_or_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[stories.publishers]\n"Acme Press" = ["acme.com", "The Daily"]\n')
    assert wiring.read_settings(file).stories.publishers == {"Acme Press": ("acme.com", "The Daily")}
    monkeypatch.setenv("INGEST_STORIES__PUBLISHERS", '{"Roe": ["roe.com"]}')
    assert wiring.read_settings().stories.publishers == {"Roe": ("roe.com",)}


def test_a_file_at_its_usual_place_is_read(tmp_path: Path) -> None:
    assert wiring.read_settings().store == "./var"
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "ingest.toml").write_text('store = "there"\n')
    assert wiring.read_settings().store == "there"


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("[inbox]\nbatch = 'many'\n", "inbox.batch"),
        ("[partition]\nclock = 'sundial'\n", "partition.clock"),
        ("[partition]\nname = '../x'\n", "partition.name"),
        ("inbox = 3\n", "inbox"),
        ("[stories.publishers]\nAcme = ['a.com']\nRoe = ['A.com']\n", "stories.publishers"),
    ],
)
def test_a_wrong_setting_in_the_file_is_named_with_the_file(tmp_path: Path, toml: str, named: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError) as caught:
        wiring.read_settings(file)
    assert f"setting {named}:" in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_setting_in_the_environment_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_LEDGER__STORY_DAYS", "soon")
    with pytest.raises(SettingsError, match=r"setting ledger\.story_days: .*INGEST_LEDGER__STORY_DAYS"):
        wiring.read_settings()


def test_what_is_wrong_is_said_in_our_words_and_names_no_file_where_none_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGEST_FETCH__ALLOW_PRIVATE", '["intra"]')
    wrong = """setting fetch.allow_private: 'intra' is not HOST:PORT, as in "intra:80" or "[fd00::1]:8080" """
    where = "in the environment (INGEST_FETCH__ALLOW_PRIVATE) or on the command line)"
    with pytest.raises(SettingsError) as caught:
        wiring.read_settings()
    assert str(caught.value) == f"{wrong}(it may stand {where}"
    file = tmp_path / "mine.toml"
    file.write_text("store = 'x'\n")
    with pytest.raises(SettingsError) as caught:
        wiring.read_settings(file)
    assert str(caught.value) == f"{wrong}(it may stand in {file}, {where}"


def test_what_is_wrong_within_a_list_is_said_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_FETCH__ALLOW_PRIVATE", '["intra:80", 1]')
    with pytest.raises(SettingsError, match=r"setting fetch\.allow_private: .* \(INGEST_FETCH__ALLOW_PRIVATE\)"):
        wiring.read_settings()


@pytest.mark.parametrize("raw", ["{", "nonsense", "[1]"])
def test_a_table_given_in_the_environment_that_is_no_table_is_named(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("INGEST_INBOX", raw)
    with pytest.raises(SettingsError, match=r"(?i)inbox"):
        wiring.read_settings()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("INGEST_FETCH__ALLOW_PRIVATE", "intra:80", r'ALLOW_PRIVATE is not JSON, .*: HOST:PORT .*\["intra:80"\]'),
        ("INGEST_STORIES__PUBLISHERS", "{Acme", "PUBLISHERS is not JSON, as lists and tables are given"),
        ("INGEST_ACCESS", "agency", "INGEST_ACCESS is not JSON, .* INGEST_ACCESS__NAME"),
        ("INGEST_ACCESS__AGENCY__HOSTS", "api.example.org", r'AGENCY__HOSTS is not JSON, .*: its own: \["api\.'),
        ("ingest_access__agency__headers", "X-Key", "ingest_access__agency__headers is not JSON, .*: header = "),
        ("INGEST_FETCH", "x", "INGEST_FETCH is not JSON, .* INGEST_FETCH__NAME"),
        ("INGEST_FETCH__ALLOW_PRIVATE", '["intra"]', "fetch.allow_private.*'intra' is not HOST:PORT"),
        ("INGEST_FETCH__ALLOW_PRIVATE", '["http://intra:80"]', "'http://intra:80' is not HOST:PORT"),
    ],
)
def test_a_list_that_is_none_is_named_with_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=said):
        wiring.read_settings()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("INGEST_STOER", "did you mean INGEST_STORE?"),
        ("INGEST_IMBOX__BATCH", "did you mean INGEST_INBOX__BATCH?"),
        ("INGEST_BATCH", "did you mean INGEST_INBOX__BATCH?"),
        ("ingest_max_entries", "did you mean INGEST_FETCH__MAX_ENTRIES or INGEST_INBOX__MAX_ENTRIES?"),
        ("INGEST_FETCH_PROXY", "did you mean INGEST_FETCH__PROXY?"),
        ("INGEST_FETCH__ALOW_PRIVATE", "did you mean INGEST_FETCH__ALLOW_PRIVATE?"),
        ("INGEST_FECH__ALOW_PRIVATE", "did you mean INGEST_FETCH__ALLOW_PRIVATE?"),
        ("INGEST_FECH__X", "did you mean a setting of fetch? there is user_agent, max_bytes, "),
        ("INGEST_FETCH__X", "there is user_agent, max_bytes, "),
        ("INGEST_INBOX__PORT", "did you mean INGEST_SERVE__PORT?"),
        ("INGEST_ACCESS__AGENCY__PASWORD_FILE", "did you mean INGEST_ACCESS__AGENCY__PASSWORD_FILE?"),
        ("INGEST_ACESS__AGENCY__USER", "did you mean INGEST_ACCESS__AGENCY__USER?"),
    ],
)
def test_a_variable_that_is_nearly_a_setting_is_refused_with_the_one_that_is_meant(
    monkeypatch: pytest.MonkeyPatch, variable: str, meant: str
) -> None:
    monkeypatch.setenv("INGEST_ACCESS__AGENCY__HOSTS", '["api.example.org"]')
    monkeypatch.setenv(variable, "8")
    with pytest.raises(SettingsError) as caught:
        wiring.read_settings()
    assert str(caught.value).startswith(f"unknown setting {variable} in the environment; {meant}")


@pytest.mark.parametrize(
    ("toml", "name", "meant"),
    [
        ("[inbox]\nbach = 7\n", "inbox.bach", "did you mean inbox.batch?"),
        ("[imbox]\nbatch = 7\n", "imbox.batch", "did you mean inbox.batch?"),
        ("[fech]\nalow_private = 7\n", "fech.alow_private", "did you mean fetch.allow_private?"),
        ("[imbox]\n", "imbox", "did you mean inbox?"),
        ("[post]\nbatch = 7\n", "post.batch", "did you mean inbox.batch?"),
        ("[serve]\nname = 7\n", "serve.name", "did you mean partition.name?"),
        ("[serve]\nx = 7\n", "serve.x", "there is host, port, requests"),
        ("stoer = 'x'\n", "stoer", "did you mean store?"),
        ("port = 7\n", "port", "did you mean serve.port?"),
        ("colour = 'x'\n", "colour", "there is store, server, fsync, "),
        ("[access.a]\nhosts = ['a.org']\nusers = 'x'\n", "access.a.users", "did you mean access.a.user?"),
    ],
)
def test_a_name_in_the_file_that_is_no_setting_is_refused_with_the_one_that_is_meant(
    tmp_path: Path, toml: str, name: str, meant: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError) as caught:
        wiring.read_settings(file)
    assert str(caught.value).startswith(f"unknown setting {name} in {file}; {meant}")
    assert "\n" not in str(caught.value)


def test_a_variable_of_some_other_program_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INGEST_EVAL_DATA", "INGEST_KAFKA_BROKERS", "INGEST_KAFKA__HOST", "INGESTION", "INGEST_"):
        monkeypatch.setenv(name, "x")
    assert wiring.read_settings().model_dump() == Settings.model_construct().model_dump()


def test_a_file_that_cannot_be_read_as_settings_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    with pytest.raises(SettingsError, match=r"mine\.toml: no such file"):
        wiring.read_settings(file)
    for content in (b"a = = b", b"\xff\xfe\x00"):
        file.write_bytes(content)
        with pytest.raises(SettingsError, match=r"mine\.toml is not TOML"):
            wiring.read_settings(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(SettingsError, match=r"mine\.toml"):
        wiring.read_settings(file)


# -- partitions


def test_a_partition_is_made_by_who_puts_something_in_and_not_by_who_looks(installation: Installation) -> None:
    assert not installation.exists
    assert installation.counted() == {}
    installation.inbox()
    assert installation.exists


def test_a_partition_keeps_its_clock_and_who_names_none_goes_by_it(installation: Installation, valkey: Any) -> None:
    def open_with(clock: str | None) -> str:
        given = {"clock": clock} if clock else None
        with wiring.opened(wiring.read_settings(store=valkey.url, partition=given)) as opened:
            return opened.partition.clock

    assert open_with("published") == "published"
    assert open_with(None) == "published"
    with pytest.raises(StoreError, match="goes by the published clock, not by the real one"):
        open_with("real")


@pytest.mark.parametrize("part", ["schema", "normaliser", "sketch", "judgement"])
def test_a_partition_of_another_version_is_refused_with_both_named(installation: Installation, part: str) -> None:
    made = {**versions(), part: "0"}
    open_partition(installation.client, installation.keys, clock="real", versions=made)
    with pytest.raises(StoreError, match=f"partition main was made by {part} 0, this is .*refuses to mix"):
        installation.inbox()


# -- children


class Child:
    """What `subprocess.Popen` was told."""

    told: dict[str, Any]
    pid = 1

    def __init__(self, command: list[str], **told: Any) -> None:
        Child.told = {"command": command, **told}


def environment_of_a_child(
    settings: Settings, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    supervisor = children.supervisor(settings, installation, 1, threading.Event())
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", Child)
        supervisor.bereave(supervisor.spawn(0).pid)
    found: dict[str, str] = Child.told["env"]
    return found


def test_a_child_has_the_settings_of_its_parent_from_wherever_they_came(
    valkey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("private_network = true\n[inbox]\nbatch = 7\n[log]\njson_lines = true\n[partition]\nname = 's'\n")
    monkeypatch.setenv("INGEST_EVENTS__INSTALLATION", "a b=c")
    settings = wiring.read_settings(file, store=valkey.url)
    with wiring.opened(settings) as installation:
        environment = environment_of_a_child(settings, installation, monkeypatch)
        command = Child.told["command"]
    monkeypatch.setattr(os, "environ", environment)
    assert wiring.inherited_settings().model_dump() == settings.model_dump()
    assert command[-1] == str(os.getpid())


EVERY_KIND = """
store = "STORE"
[fetch]
allow_private = ["intra:80", "[fd00::1]:8080"]
user_agent = "['a', \\"b\\"] {é} null"
host_seconds = 0.5
[stories.publishers]
"Acme's" = ["acme.com", 'The "Daily"']
"Zürcher" = ["zuercher.example"]
[access.agency]
hosts = ["api.example.org", "*.example.org:8443"]
headers = {X-Api-Key = "/run/secrets/key"}
[access.other-one_2]
hosts = ["other.example"]
user = "me"
password_file = "/run/secrets/password"
"""


def test_a_child_has_lists_and_tables_of_its_parent_and_reads_no_file(
    valkey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config" / "ingest.toml"
    file.parent.mkdir()
    file.write_text(EVERY_KIND.replace("STORE", valkey.url))
    monkeypatch.setenv("INGEST_ACCESS__AGENCY__COOKIE_FILE", "/run/secrets/cookie")
    monkeypatch.setenv("INGEST_STORIES__PUBLISHERS", '{"Roe": ["roe.com"]}')
    settings = wiring.read_settings()
    assert len(settings.access) == len(settings.fetch.allow_private) == 2
    assert len(settings.stories.publishers) == 3
    assert settings.access["agency"].cookie_file
    with wiring.opened(settings) as installation:
        environment = environment_of_a_child(settings, installation, monkeypatch)
    monkeypatch.setattr(os, "environ", environment)
    file.write_text("changed = meanwhile")
    assert wiring.inherited_settings().model_dump() == settings.model_dump()


def test_a_child_goes_by_the_clock_that_the_partition_was_made_with(
    valkey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = wiring.read_settings(store=valkey.url, partition={"clock": "published"})
    with wiring.opened(made) as installation:
        installation.inbox()
    settings = wiring.read_settings(store=valkey.url)
    with wiring.opened(settings) as installation:
        environment = environment_of_a_child(settings, installation, monkeypatch)
    monkeypatch.setattr(os, "environ", environment)
    assert wiring.inherited_settings().partition.clock == "published"


def test_a_child_whose_parent_is_gone_is_told_to_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    monkeypatch.setattr(os, "kill", lambda pid, sign: told.set() if pid == os.getpid() else None)
    wiring._end_with(os.getppid() + 1)  # gone before it could be asked for
    assert told.wait(10)


def test_a_drain_for_another_partition_is_refused(valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_STORE", valkey.url)
    with wiring.opened(wiring.read_settings()) as installation:
        monkeypatch.setattr(wiring, "_process", lambda: wiring._Process(installation, None))  # type: ignore[arg-type]  # not reached
        with pytest.raises(UsageError, match="this worker is for partition main, not sport"):
            wiring.drain("sport")


def test_a_bell_that_cannot_be_rung_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, valkey: Any) -> None:
    with wiring.opened(wiring.read_settings(store=valkey.url)) as installation:
        installation.client.connection_pool.connection_kwargs["path"] = str(tmp_path / "nobody")
        installation.client.connection_pool.disconnect()
        installation.ring()


def test_the_parent_forgets_events_that_are_past_their_time_once_an_hour(installation: Installation) -> None:
    installation.inbox()
    client, keys = installation.client, installation.keys
    rounds = children.Rounds(installation)
    for _ in range(2):
        client.delete(keys.events)
        for entry in ("1000-0", f"{client.time()[0] * 1000}-0"):
            client.xadd(keys.events, {b"e": b"{}"}, id=entry)
        rounds.go()
        counted = client.xlen(keys.events)
        if counted == 2:
            break
        assert counted == 1
    assert counted == 2
