import importlib.util
import json
import socket
import sys
import urllib.error
import urllib.request

import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import BY_ADDRESS
from d2m_bridge.osc.discovery import Advert, OscQuery, describe

needs_zeroconf = pytest.mark.skipif(not importlib.util.find_spec("zeroconf"), reason="zeroconf is not installed")


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        text = answer.read()
        return json.loads(text) if text else answer.status


def leaves(node):
    if "TYPE" in node:
        yield node
    for child in node.get("CONTENTS", {}).values():
        yield from leaves(child)


def test_every_command_is_described():
    described = {node["FULL_PATH"]: node for node in leaves(describe())}
    assert set(described) == set(BY_ADDRESS)
    assert all(len(node["TYPE"]) == len(node["RANGE"]) for node in described.values())
    assert described["/d2m/intensity"]["RANGE"] == [{"MIN": -1.0, "MAX": 1.0}]
    assert described["/d2m/stem/bass/mute"]["RANGE"] == [{"VALS": [0, 1]}]
    assert "drop" in described["/d2m/section"]["RANGE"][0]["VALS"]


def test_controllers_can_ask_for_the_tree_a_node_an_attribute_and_the_host():
    with OscQuery(9123) as query:
        assert get(query.port, "/") == describe()
        assert get(query.port, "/d2m/tempo")["TYPE"] == "f"
        assert get(query.port, "/d2m/tempo?TYPE") == {"TYPE": "f"}
        assert get(query.port, "/d2m?TYPE") == 204
        info = get(query.port, "/?HOST_INFO")
    assert (info["NAME"], info["OSC_PORT"], info["OSC_TRANSPORT"]) == ("d2m", 9123, "UDP")


@pytest.mark.parametrize(
    ("path", "status"), [("/d2m/nothing", 404), ("/d2m/tempo/raw", 404), ("/d2m/tempo?COLOUR", 400)]
)
def test_what_is_not_there_is_refused(path, status):
    with OscQuery(9123) as query, pytest.raises(urllib.error.HTTPError) as caught:
        get(query.port, path)
    assert caught.value.code == status


def test_rubbish_from_the_network_does_not_end_it(capfd):
    with OscQuery(9123) as query:
        for rubbish in (b"\xff" * 100 + b"\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b""):
            with socket.create_connection(("127.0.0.1", query.port), timeout=5) as client:
                client.sendall(rubbish)
                client.shutdown(socket.SHUT_WR)
                client.recv(1000)
        assert get(query.port, "/d2m/play")["ACCESS"] == 2
    assert capfd.readouterr() == ("", "")


def test_it_listens_on_loopback_only_and_lets_the_port_go():
    with OscQuery(9123) as query:
        assert query._server.server_address[0] == "127.0.0.1"
        with pytest.raises(InputError, match=f"TCP port {query.port}"):
            OscQuery(9123, port=query.port)
    with pytest.raises(urllib.error.URLError):
        get(query.port, "/")


def test_without_the_package_the_advert_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    with pytest.raises(InputError, match="pip install zeroconf"):
        Advert(9123)


@needs_zeroconf
def test_the_advert_is_found_on_loopback():
    import zeroconf

    try:
        advert = Advert(9123, 9124)
    except InputError as error:
        pytest.skip(str(error))
    with advert:
        seeker = zeroconf.Zeroconf(interfaces=["127.0.0.1"])
        try:
            found = {
                kind: seeker.get_service_info(kind, f"d2m.{kind}", timeout=3000)
                for kind in ("_osc._udp.local.", "_oscjson._tcp.local.")
            }
        finally:
            seeker.close()
    assert [info and info.port for info in found.values()] == [9123, 9124]
    assert found["_osc._udp.local."].properties[b"txtvers"] == b"1"
    assert found["_osc._udp.local."].parsed_addresses() == ["127.0.0.1"]
