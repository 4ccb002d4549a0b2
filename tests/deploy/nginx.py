"""A real nginx on loopback, with the file from deploy/nginx; only ports, addresses and paths are other ones."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from tests.live import PATIENCE, ROOT, free_port

SITE = ROOT / "deploy" / "nginx" / "blogapp.conf"
HOST = "blog.example.com"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Proxy:
    http: int
    https: int
    folder: Path

    def client(self, *, http2: bool = False, address: str = "127.0.0.1") -> httpx.Client:
        """Speaks https to the site from a loopback address, checking its certificate."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.https}",
            headers={"Host": HOST},
            transport=httpx.HTTPTransport(verify=context, http2=http2, local_address=address),
            event_hooks={"request": [_name_the_host]},
        )

    @contextmanager
    def connection(self) -> Iterator[ssl.SSLSocket]:
        """A bare connection, for what an HTTP client would refuse to send."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=PATIENCE)
        with closing(context.wrap_socket(plain, server_hostname=HOST)) as connection:
            yield connection

    def logged(self, text: str) -> str:
        """The log once it has `text`: a line follows the answer it tells of."""
        return wait_for(lambda: self._log() if text in self._log() else "")

    def _log(self) -> str:
        return (self.folder / "access.log").read_text()


@contextmanager
def proxy(folder: Path, instances: Sequence[int], static: Path, *, patience: int = 60) -> Iterator[Proxy]:
    """The proxy in front of the four ports in `instances`, each awaited for `patience` seconds; hashed files come from
    the folder `static`.
    """
    running = Proxy(free_port(), free_port(), folder)
    (folder / "static").symlink_to(static)
    _make_certificate(folder)
    (folder / "blogapp.conf").write_text(_adapted(running, instances, patience))
    (folder / "nginx.conf").write_text(_frame(folder))
    command = [_program("nginx"), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command)
    try:
        wait_for(lambda: _listens(running.https, process))
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def wait_for(look: Callable[[], Found]) -> Found:
    """What `look` gives as soon as it is something."""
    until = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.02)
    assert found, f"not within {PATIENCE:g} seconds"
    return found


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"nginx ended with {process.returncode}"
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _adapted(running: Proxy, instances: Sequence[int], patience: int) -> str:
    text = SITE.read_text()
    changes = {
        "[::]:80;": f"[::1]:{running.http};",
        "[::]:443 ": f"[::1]:{running.https} ",
        "listen 80;": f"listen 127.0.0.1:{running.http};",
        "listen 443 ": f"listen 127.0.0.1:{running.https} ",
        "/etc/blogapp/tls": str(running.folder),
        "/opt/blogapp/public": str(running.folder),
        "/var/log/nginx": str(running.folder),
        "/var/www/acme": str(running.folder),
        "proxy_read_timeout 60s;": f"proxy_read_timeout {patience}s;",
        "/var/cache/blogapp": str(running.folder / "cache"),
    }
    changes |= {f"127.0.0.1:{5000 + index} ": f"127.0.0.1:{port} " for index, port in enumerate(instances)}
    for old, new in changes.items():
        assert old in text, f"{SITE.name} no longer has {old!r}: adapt this test to it"
        text = text.replace(old, new)
    return text if _speaks_ipv6() else "".join(line for line in text.splitlines(True) if "[::1]" not in line)


def _frame(folder: Path) -> str:
    """What the distribution's nginx.conf has around the site."""
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;"
        f"{'user root;' if os.geteuid() == 0 else ''} events {{ worker_connections 1024; }}"
        f"http {{ include /etc/nginx/mime.types; {temporary} include {folder}/blogapp.conf; }}"
    )


def _make_certificate(folder: Path) -> None:
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([_program("openssl"), *kind, *names, *files], check=True, capture_output=True)


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    if found is None:
        pytest.fail(f"{name} is not installed, and these tests need it: apt-get install nginx-light openssl")
    return found


def _speaks_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def _name_the_host(request: httpx.Request) -> None:
    request.extensions["sni_hostname"] = HOST
