"""Object stores on this machine: a server of S3, and one of files that can be told to misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from moto.server import ThreadedMotoServer

__all__ = ["KEY", "SECRET", "Files", "environment_of", "files_served", "s3_served"]

#: What the environment says and no file may.
KEY, SECRET = "AKIAOFNOBODYATALL", "secret-of-nobody-at-all"


class Files:
    """Files by their path, and how they are served."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.refused = False  # every request is answered by 403
        self.stalls: set[str] = set()  # half of each of these is sent, and no more
        self.changes = False  # each file is another one when it has been sent
        self.without_version = False
        self.cut: set[str] = set()  # half of each of these is sent, and the connection ends
        self.mute: set[str] = set()  # sent, and nothing is said of them ever after
        self.gone: set[str] = set()  # seen, and no longer there when they are asked for
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.address = ""
        self.ended = threading.Event()

    def keep_silent(self, path: str) -> None:
        """Answer nothing, if nothing is to be said."""
        if path in self.mute & set(self.sent):
            self.ended.wait(30)


@contextmanager
def files_served() -> Iterator[Files]:
    """Serve files by HTTP."""
    files = Files()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            files.keep_silent(self.path)
            self._send(body=False)

        def do_GET(self) -> None:
            files.asked.append(self.path)
            self._send(body=True)
            files.sent.append(self.path)

        def _send(self, *, body: bool) -> None:
            gone = files.gone if body else ()
            content = None if self.path in gone else files.files.get(self.path)
            if files.refused or content is None:
                self.send_error(403 if files.refused else 404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            if not files.without_version:
                self.send_header("ETag", f'"{hash(content)}"')
            self.end_headers()
            if body:
                half = len(content) // 2
                self.wfile.write(content[:half])
                if self.path in files.stalls | files.cut:
                    files.ended.wait(30 * (self.path in files.stalls))
                    return
                self.wfile.write(content[half:])
                if files.changes:
                    files.files[self.path] = content + b"\n"

        def log_message(self, *of: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    files.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield files
    finally:
        files.ended.set()
        server.shutdown()
        server.server_close()


@contextmanager
def s3_served() -> Iterator[str]:
    """Serve S3, and yield its address."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def environment_of(address: str) -> dict[str, str]:
    """Return the variables by which S3 is found there, and nowhere else."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
