"""Options: each is accepted, invalid ones are rejected, no secret is shown."""

from __future__ import annotations

import dataclasses
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

import nitro_jobs
from conftest import Emulator, Program
from nitro_jobs import Client, Job, Options

CA = os.environ["NITRO_TEST_CA"]
CERTIFICATE = (os.environ["NITRO_TEST_CERTIFICATE"], os.environ["NITRO_TEST_KEY"])
TLS_URL = os.environ["NITRO_TEST_TLS_URL"]

EVERY: Dict[str, Any] = {
    "base_url": "https://example.com/prefix",
    "token": "a-secret",
    "token_url": "https://example.com/token",
    "user_agent": "program/1.0",
    "connect_timeout": 5,
    "idle_timeout": timedelta(seconds=5),
    "min_rate": 0,
    "call_timeout": 0.5,
    "wait_timeout": 0,
    "retries": 0,
    "retry_cap": 1.5,
    "poll_interval": (0.1, timedelta(seconds=2)),
    "max_json_bytes": 1000,
    "max_event_bytes": 1000,
    "log": lambda level, line: None,
    "trusted_origins": ["https://a.example.com", "https://b.example.com:444"],
    "ca_pem": CA,
    "ca_file": None,
    "only_added_ca": True,
    "client_certificate": CERTIFICATE,
    "proxy": "http://user:hidden@127.0.0.1:1",
    "proxy_from_env": True,
    "no_proxy": "localhost,.example.com",
}


def test_every_option_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(CA)
    options = Options(**{**EVERY, "ca_file": tmp_path / "ca.pem"})
    with Client(options):
        pass
    known = {field.name for field in dataclasses.fields(Options)}
    assert known == set(EVERY) | {"client_id", "client_secret"}
    shown = repr(options) + repr(Options(client_id="i", client_secret="a-secret"))
    assert not any(secret in shown for secret in ("a-secret", "hidden", "PRIVATE KEY"))


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"base_url": "ftp://x"}, nitro_jobs.ArgumentError),
        ({"base_url": 7}, TypeError),
        ({"token": "a\nb"}, nitro_jobs.ArgumentError),
        ({"token": "a\0b"}, ValueError),
        ({"token": 7}, TypeError),
        ({"connect_timeout": 0}, nitro_jobs.ArgumentError),
        ({"connect_timeout": -1}, ValueError),
        ({"connect_timeout": "1"}, TypeError),
        ({"retries": -1}, ValueError),
        ({"retries": 2**31}, ValueError),
        ({"retries": 1.5}, TypeError),
        ({"max_json_bytes": 0}, nitro_jobs.ArgumentError),
        ({"poll_interval": (2, 1)}, nitro_jobs.ArgumentError),
        ({"trusted_origins": ["nonsense"]}, nitro_jobs.ArgumentError),
        ({"ca_pem": "nonsense"}, nitro_jobs.ArgumentError),
        ({"ca_file": "/nowhere/at/all"}, FileNotFoundError),
        ({"client_certificate": ("a", "b")}, nitro_jobs.ArgumentError),
        ({"proxy": "gopher://x"}, nitro_jobs.ArgumentError),
        ({"client_id": "alone"}, ValueError),
        ({"client_id": "i", "client_secret": "s", "token": "t"}, ValueError),
        ({"token_url": "nonsense"}, nitro_jobs.ArgumentError),
    ],
)
def test_invalid_options_are_rejected(wrong: Dict[str, Any], kind: type) -> None:
    with pytest.raises(kind):
        Client(Options(**wrong))
    with pytest.raises(TypeError):
        Client(wrong)  # type: ignore[arg-type]


def test_the_clients_timeouts_are_the_default(emulator: Emulator) -> None:
    with Client(emulator.options(wait_timeout=0.1)) as client:
        with pytest.raises(nitro_jobs.WaitTimeoutError):
            client.job(emulator.create(outcome="never")).wait()


def test_tls_with_a_private_authority_and_a_client_certificate(emulator: Emulator) -> None:
    trusting = emulator.options(base_url=TLS_URL, ca_pem=CA, only_added_ca=True, client_certificate=CERTIFICATE)
    with Client(trusting) as client, pytest.raises(nitro_jobs.NotFoundError):
        client.job("unknown").status()
    with Client(emulator.options(base_url=TLS_URL, retries=0)) as client:
        with pytest.raises(nitro_jobs.TlsError) as caught:
            client.job("unknown").status()
    assert isinstance(caught.value, nitro_jobs.TransportError)


def test_options_are_read_from_the_environment(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, program: Any) -> None:
    monkeypatch.setenv("NITRO_BASE_URL", emulator.base_url)
    monkeypatch.setenv("NITRO_TOKEN", emulator.token)
    with Client.from_env() as client:
        assert client.job(emulator.create()).status()
    with Client.from_env(Options(token="wrong", retries=0)) as client:
        with pytest.raises(nitro_jobs.UnauthorizedError):
            client.job(emulator.create()).status()
    with Client(Options(base_url=emulator.base_url)) as client:  # Does not read the environment.
        with pytest.raises(nitro_jobs.UnauthorizedError):
            client.job(emulator.create()).status()
    monkeypatch.delenv("NITRO_TOKEN")
    monkeypatch.setenv("NITRO_CLIENT_ID", "alone")
    monkeypatch.delenv("NITRO_CLIENT_SECRET", raising=False)
    with pytest.raises(nitro_jobs.ArgumentError):
        Client.from_env()


def test_paths_may_contain_any_characters(emulator: Emulator, tmp_path: Path) -> None:
    folder = tmp_path / "日本語"
    folder.mkdir()
    with Client(emulator.options()) as client:
        saved = client.job(emulator.create(duration_ms=0)).download(folder / "ö.pdf")
    assert Path(saved.path).is_file()


def test_nothing_is_printed_and_the_library_of_the_wheel_is_loaded(program: Callable[..., Program], running: Job) -> None:
    library = program(running.id, "job.status(); output(nitro_jobs._library.lib._name)").passes().strip()
    assert os.path.dirname(library) == os.path.dirname(nitro_jobs.__file__ or "")
