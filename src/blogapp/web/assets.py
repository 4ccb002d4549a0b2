"""Static files: read once, named by their content, answered above Quart, kept by browsers for a year."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope

PREFIX = "/static/"
FAVICON = "/favicon.ico"
DIGITS = 12
"""Hexadecimal digits of SHA-256 in a name: `blog.css` becomes `blog.0123456789ab.css`."""

FOREVER = b"public, max-age=31536000, immutable"
BRIEFLY = b"public, max-age=3600"

_HASHED = re.compile(rf"(.+)\.([0-9a-f]{{{DIGITS}}})(\.[^./]+)")


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    content: bytes
    digest: str
    content_type: bytes

    @property
    def hashed(self) -> str:
        stem, dot, ending = self.name.rpartition(".")
        return f"{stem}.{self.digest}{dot}{ending}"


class Assets:
    def __init__(self, folder: Path) -> None:
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        self._assets = {asset.name: asset for asset in (_load(path, folder) for path in files)}

    def hashed(self, name: str) -> str:
        """The name under which a file may be kept for ever; an unknown name stays as it is."""
        asset = self._assets.get(name)
        return asset.hashed if asset else name

    def serves(self, path: str) -> bool:
        return path.startswith(PREFIX) or path == FAVICON

    async def __call__(self, scope: HTTPScope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> bool:
        """Answer from memory; False when there is no such file, and nothing was sent."""
        asset, cache = self._find("favicon.ico" if scope["path"] == FAVICON else scope["path"][len(PREFIX) :])
        if asset is None or scope["method"] not in {"GET", "HEAD"}:
            return False
        etag = f'"{asset.digest}"'.encode()
        fresh = etag in dict(scope["headers"]).get(b"if-none-match", b"")
        headers = [(b"etag", etag), (b"cache-control", cache)]
        if not fresh:
            headers += [(b"content-type", asset.content_type), (b"content-length", b"%d" % len(asset.content))]
        body = b"" if fresh or scope["method"] == "HEAD" else asset.content
        await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return True

    def _find(self, name: str) -> tuple[Asset | None, bytes]:
        if found := _HASHED.fullmatch(name):
            asset = self._assets.get(found[1] + found[3])
            return (asset, FOREVER) if asset and asset.digest == found[2] else (None, b"")
        return self._assets.get(name), BRIEFLY


def _load(path: Path, folder: Path) -> Asset:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    return Asset(path.relative_to(folder).as_posix(), content, sha256(content).hexdigest()[:DIGITS], kind.encode())
