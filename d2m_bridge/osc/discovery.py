"""So that controllers find us: OSCQuery (HTTP, JSON), and an advert on the local network by DNS-SD when asked for.

Both describe the table of commands. The HTTP server answers in threads of its own, on loopback unless told otherwise.
"""

from __future__ import annotations

import importlib
import json
import socket
import threading
from contextlib import ExitStack
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from d2m_bridge import __version__
from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import BY_ADDRESS
from d2m_bridge.osc.table import TAGS, Address, Argument
from d2m_bridge.osc.udp import LOOPBACK

Node = dict[str, Any]

_NAME = "d2m"
_WRITE_ONLY = 2
_ATTRIBUTES = ("ACCESS", "DESCRIPTION", "RANGE", "TYPE", "FULL_PATH", "CONTENTS")
_TIMEOUT_S = 5.0


def describe() -> Node:
    """Our incoming namespace as an OSCQuery tree."""
    root: Node = {"FULL_PATH": "/", "ACCESS": 0, "CONTENTS": {}}
    for address, (row, _) in BY_ADDRESS.items():
        node, path = root, ""
        for part in address.strip("/").split("/"):
            path += f"/{part}"
            node = node.setdefault("CONTENTS", {}).setdefault(part, {"FULL_PATH": path, "ACCESS": 0})
        node.update(_method(row))
    return root


def _method(row: Address) -> Node:
    arguments = [argument for argument in row.arguments if isinstance(argument, Argument)]
    return {
        "ACCESS": _WRITE_ONLY,
        "DESCRIPTION": row.when,
        # A trigger is shown as a button: 1 fires, 0 does nothing.
        "TYPE": "".join(TAGS[argument.type] for argument in arguments) or "i",
        "RANGE": [_range(argument) for argument in arguments] or [{"VALS": [0, 1]}],
    }


def _range(argument: Argument) -> Node:
    if argument.type == "switch":
        return {"VALS": [0, 1]}
    if argument.choices:
        return {"VALS": list(argument.choices)}
    return {} if argument.low is None else {"MIN": argument.low, "MAX": argument.high}


class OscQuery:
    """A context manager that serves the description; port: where it listens (HTTP)."""

    def __init__(self, osc_port: int, host: str = LOOPBACK, port: int = 0) -> None:
        """Takes the port of the OscInlet and its own, 0 for a free one. Raises InputError when that is taken."""
        tree = describe()
        info = {
            "NAME": _NAME,
            "OSC_PORT": osc_port,
            "OSC_TRANSPORT": "UDP",
            "EXTENSIONS": {"ACCESS": True, "DESCRIPTION": True, "RANGE": True, "VALUE": False, "LISTEN": False},
        }

        class Handler(_Handler):
            answers = (tree, info)

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise InputError(
                f"OSCQuery: cannot listen on TCP port {port} of {host}: {error.strerror}; choose another port"
            ) from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="osc-query", daemon=True)

    def __enter__(self) -> OscQuery:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    """GET of a node, of one attribute of it (?TYPE), or of ?HOST_INFO."""

    answers: tuple[Node, Node]
    timeout = _TIMEOUT_S

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        tree, info = self.answers
        node = _find(tree, unquote(url.path))
        if url.query == "HOST_INFO":
            self._send(HTTPStatus.OK, info)
        elif node is None:
            self._send(HTTPStatus.NOT_FOUND)
        elif not url.query:
            self._send(HTTPStatus.OK, node)
        elif url.query not in _ATTRIBUTES:
            self._send(HTTPStatus.BAD_REQUEST)
        elif url.query in node:
            self._send(HTTPStatus.OK, {url.query: node[url.query]})
        else:
            self._send(HTTPStatus.NO_CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a controller asks often."""

    def _send(self, status: HTTPStatus, content: Node | None = None) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _find(tree: Node, path: str) -> Node | None:
    node: Node | None = tree
    for part in filter(None, path.split("/")):
        node = (node or {}).get("CONTENTS", {}).get(part)
    return node


class Advert:
    """A context manager that announces us by DNS-SD: `_osc._udp`, and `_oscjson._tcp` where OSCQuery runs."""

    def __init__(self, osc_port: int, query_port: int | None = None, host: str = LOOPBACK) -> None:
        """Raises InputError when the package zeroconf is not installed or the network does not allow it."""
        try:
            zeroconf = importlib.import_module("zeroconf")
        except ImportError:
            raise InputError("announcing d2m on the network needs a package: pip install zeroconf") from None
        properties = {"txtvers": "1", "version": __version__, "types": "ifsTF"}
        services = [("_osc._udp.local.", osc_port, properties)]
        if query_port is not None:
            services.append(("_oscjson._tcp.local.", query_port, {"txtvers": "1"}))
        with ExitStack() as opened:
            try:
                self._zeroconf = zeroconf.Zeroconf(interfaces=[host])
                opened.callback(self._zeroconf.close)
                for kind, port, facts in services:
                    self._zeroconf.register_service(
                        zeroconf.ServiceInfo(
                            kind,
                            f"{_NAME}.{kind}",
                            port=port,
                            properties=facts,
                            addresses=[socket.inet_aton(host)],
                            server=f"{_NAME}-{osc_port}.local.",
                        ),
                        allow_name_change=True,
                    )
            except OSError as error:
                raise InputError(f"cannot announce d2m on {host}: {error.strerror}; leave the advert away") from error
            self._opened = opened.pop_all()

    def __enter__(self) -> Advert:
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()
