"""Builds a host of exactly the parts that a configuration names."""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import TypedDict, TypeVar

import trio
from libp2p.abc import ISecureTransport, ITransport
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.keys import KeyPair
from libp2p.crypto.serialization import deserialize_private_key
from libp2p.crypto.x25519 import create_new_key_pair as create_noise_key_pair
from libp2p.custom_types import TMuxerClass, TProtocol
from libp2p.host.basic_host import BasicHost
from libp2p.network.config import ConnectionConfig, RetryConfig
from libp2p.network.swarm import Swarm
from libp2p.peer.id import ID
from libp2p.peer.peerstore import PeerStore
from libp2p.relay.circuit_v2.config import RelayConfig, RelayRole
from libp2p.relay.circuit_v2.protocol import PROTOCOL_ID as HOP
from libp2p.relay.circuit_v2.protocol import CircuitV2Protocol
from libp2p.relay.circuit_v2.transport import CircuitV2Transport
from libp2p.security.insecure.transport import PLAINTEXT_PROTOCOL_ID, InsecureTransport
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE
from libp2p.security.noise.transport import Transport as NoiseTransport
from libp2p.security.tls.transport import PROTOCOL_ID as TLS
from libp2p.security.tls.transport import TLSTransport
from libp2p.stream_muxer.mplex.mplex import MPLEX_PROTOCOL_ID, Mplex
from libp2p.stream_muxer.yamux.yamux import PROTOCOL_ID as YAMUX
from libp2p.stream_muxer.yamux.yamux import Yamux
from libp2p.tools.anyio_service import background_trio_service
from libp2p.transport.quic.config import QUICTransportConfig
from libp2p.transport.quic.transport import QUICTransport
from libp2p.transport.tcp.tcp import TCP
from libp2p.transport.websocket.transport import WebsocketConfig, WebsocketTransport
from multiaddr import Multiaddr
from typing_extensions import Required

from connections import Upgrader

T = TypeVar("T")


class TlsFiles(TypedDict, total=False):
    cert: str
    key: str
    ca: str


class DhtConfig(TypedDict, total=False):
    mode: Required[str]
    protocol: Required[str]
    bootstrap: list[str]
    validators: dict[str, str]


class PubSubConfig(TypedDict):
    router: str
    signing: str


class Config(TypedDict, total=False):
    listen: list[str]
    transports: list[str]
    security: list[str]
    muxers: list[str]
    privateKey: str
    psk: str
    tls: TlsFiles
    relay: bool
    reserve: str
    dht: DhtConfig
    pubsub: PubSubConfig


class Unsupported(Exception):
    """py-libp2p does not have what was asked for."""


def build_host(config: Config) -> BasicHost:
    keys = _key_pair(config)
    peer = ID.from_pubkey(keys.public_key)
    peerstore = PeerStore()
    peerstore.add_key_pair(peer, keys)
    security: dict[str, Callable[[], tuple[TProtocol, ISecureTransport]]] = {
        "noise": lambda: (NOISE, NoiseTransport(keys, create_noise_key_pair().private_key)),
        "tls": lambda: (TLS, TLSTransport(keys)),
        "plaintext": lambda: (PLAINTEXT_PROTOCOL_ID, InsecureTransport(keys, peerstore=peerstore)),
    }
    muxers: dict[str, Callable[[], tuple[TProtocol, TMuxerClass]]] = {
        "yamux": lambda: (TProtocol(YAMUX), Yamux),
        "mplex": lambda: (MPLEX_PROTOCOL_ID, Mplex),
    }
    upgrader = Upgrader(
        dict(_pick("security", security, config.get("security", []))),
        dict(_pick("muxer", muxers, config.get("muxers", []))),
    )
    # What does not fit is dropped: acknowledged, with the window opened again, and not told to the reader.
    quic = QUICTransportConfig(MAX_STREAM_RECEIVE_BUFFER=64 * 1024 * 1024)
    transports: dict[str, Callable[[], ITransport]] = {
        "tcp": TCP,
        "ws": lambda: WebsocketTransport(upgrader, _websockets(config.get("tls", {}))),
        "quic": lambda: QUICTransport(keys.private_key, quic),
    }
    names = config.get("transports", [])
    if "psk" in config and "quic" in names:
        raise Unsupported("py-libp2p has no private networks over QUIC: its listener ignores the key")
    swarm = Swarm(
        peer,
        peerstore,
        upgrader,
        _pick("transport", transports, names),
        # One attempt each, and no connection that nobody asked for.
        RetryConfig(max_retries=0),
        ConnectionConfig(min_connections=0, low_watermark=0),
        psk=config.get("psk"),
    )
    return BasicHost(swarm)


@asynccontextmanager
async def running(host: BasicHost, circuit: CircuitV2Transport, config: Config) -> AsyncIterator[list[str]]:
    """Runs the host, and yields the addresses where it is reachable."""
    wanted = [Multiaddr(address) for address in config.get("listen", [])]
    async with host.run(wanted):
        # Swarm.listen logs why a listener failed, and goes on without it.
        if silent := [str(address) for address in wanted if str(address) not in host.get_network().listeners]:
            raise OSError(f"could not listen on {', '.join(silent)}")
        addresses = [str(address) for address in host.get_addrs()]
        if not config.get("relay") and "reserve" not in config:
            yield addresses
            return
        async with background_trio_service(circuit.protocol), trio.open_nursery() as nursery:
            await circuit.protocol.event_started.wait()
            if "reserve" in config:
                addresses.append(await _reserve(host, circuit, config["reserve"], nursery))
            yield addresses
            nursery.cancel_scope.cancel()


def circuit_transport(host: BasicHost, config: Config) -> CircuitV2Transport:
    protocol = CircuitV2Protocol(host, allow_hop=config.get("relay", False))
    # As a client it would reserve a slot at the relay before each dial, which only a listener needs.
    return CircuitV2Transport(host, protocol, RelayConfig(roles=RelayRole.STOP))


def peer_of(address: Multiaddr) -> ID:
    name = address.get_peer_id()
    if name is None:
        raise ValueError(f"{address} does not end in /p2p/ID")
    return ID.from_string(name)


async def _reserve(host: BasicHost, circuit: CircuitV2Transport, address: str, nursery: trio.Nursery) -> str:
    relay = peer_of(Multiaddr(address))
    with trio.fail_after(20):
        await host.get_network().dial_addr(Multiaddr(address), relay)
        stream = await host.new_stream(relay, [HOP])
        if not await circuit.reserve(stream, relay, nursery):
            raise ConnectionError(f"no reservation at {address}")
        await stream.close()
    return f"{address}/p2p-circuit/p2p/{host.get_id()}"


def _key_pair(config: Config) -> KeyPair:
    if "privateKey" not in config:
        return create_new_key_pair()
    key = deserialize_private_key(base64.b64decode(config["privateKey"]))
    return KeyPair(key, key.get_public_key())


def _pick(kind: str, known: Mapping[str, Callable[[], T]], names: Iterable[str]) -> list[T]:
    for name in names:
        if name not in known:
            raise Unsupported(f"py-libp2p has no {kind} {name}")
    return [known[name]() for name in names]


def _websockets(files: TlsFiles) -> WebsocketConfig:
    server = None
    if "cert" in files:
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server.load_cert_chain(files["cert"], files.get("key"))
    client = ssl.create_default_context(cafile=files["ca"]) if "ca" in files else None
    # The empty URL: no proxy from the environment.
    return WebsocketConfig(tls_client_config=client, tls_server_config=server, proxy_url="")
