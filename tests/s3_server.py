"""A real server that speaks S3, with one bucket in its memory; it can go away and come back empty at the same port."""

from __future__ import annotations

import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.live import free_port

PATIENCE = 30.0
"""Seconds for the server to come up."""

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
SIGNED = "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
COMMAND = "import sys; from moto.server import main; main(['-H', '127.0.0.1', '-p', sys.argv[1]])"


class S3Server:
    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def start(self) -> None:
        command = [sys.executable, "-c", COMMAND, str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while not self._makes_bucket():
            assert time.monotonic() < deadline, "the S3 server does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _makes_bucket(self) -> bool:
        asked = Request(f"http://127.0.0.1:{self.port}/blog", method="PUT", headers={"Authorization": SIGNED})
        try:
            with urlopen(asked) as answer:
                return bool(answer.status == 200)
        except URLError:
            return False
