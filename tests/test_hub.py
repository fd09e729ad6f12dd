"""Models by name: found in the standard cache, and one clear line where they cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("huggingface_hub")

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def give(home: Path, *words: str, **environment: str) -> tuple[int, str]:
    """A command in a process of its own, for these variables are read once; exit code and all it says."""
    told = {**os.environ, "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1", **environment}
    command = [sys.executable, "-m", "sfumato", *words]
    done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


class _Hub(BaseHTTPRequestHandler):
    """A server that has nothing: the status is the last part of the owner's name, ``owner-403``."""

    def _answer(self) -> None:
        owner = self.path.split("/")[3] if self.path.startswith("/api/models/") else "x-404"
        status = int(owner.rpartition("-")[2])
        self.send_response(status)
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        if status == 403:
            self.send_header("X-Error-Code", "GatedRepo")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = _answer

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("owner-404/model", "there is no owner-404/model at Hugging Face, or it is private"),
        ("owner-403/model", "owner-403/model is behind a licence: accept it at"),
        ("owner-418/model", "Hugging Face does not give owner-418/model"),
    ],
)
def test_what_the_hub_does_not_give(hub: str, tmp_path: Path, name: str, said: str) -> None:
    code, found = give(tmp_path, "inspect", name, HF_ENDPOINT=hub)
    assert (code, found.count("\n")) == (2, 1), found
    assert said in found


@pytest.mark.parametrize("environment", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}])
def test_no_network(tmp_path: Path, environment: dict[str, str]) -> None:
    code, found = give(tmp_path, "paint", "a cat", "--model", "owner/model", **environment)
    assert code == 2
    assert found == (
        "sfumato: owner/model is neither here nor in the cache, and cannot be fetched: no network, or HF_HUB_OFFLINE "
        "is set\n"
    )


def test_what_is_in_the_cache_is_found_offline(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    import miniature

    place = tmp_path / "hub" / "models--owner--painter"
    snapshot = place / "snapshots" / COMMIT
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text(COMMIT)
    miniature.sd1(tmp_path_factory.mktemp("tokenizer"), plain=True).save_pretrained(snapshot)
    offline = {"HF_HUB_OFFLINE": "1"}
    code, found = give(tmp_path, "models", **offline)
    assert code == 0 and "owner/painter  StableDiffusionPipeline, in the cache of Hugging Face" in found
    out = tmp_path / "cat.png"
    code, found = give(
        tmp_path, "paint", "the cat", "--model", "owner/painter", "--steps", "2", "--out", str(out), **offline
    )
    assert code == 0 and out.is_file(), found
    code, found = give(tmp_path, "inspect", str(out))
    assert "owner/painter" in found and str(tmp_path) not in found.replace(str(out), "")
    shutil.rmtree(snapshot / "unet")  # a download that was cut off
    code, found = give(tmp_path, "inspect", "owner/painter", **offline)
    assert code == 2 and "lacks its part unet" in found
