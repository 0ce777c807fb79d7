"""What was negotiated for a connection, and the events that tell of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from libp2p.abc import IMuxedConn, INetConn, INetStream, INetwork, INotifee, IRawConnection, ISecureConn
from libp2p.connection_types import ConnectionType
from libp2p.network.connection.swarm_connection import SwarmConn
from libp2p.peer.id import ID
from libp2p.security.pnet.psk_conn import PskConn
from libp2p.transport.quic.connection import QUICConnection
from libp2p.transport.upgrader import TransportUpgrader
from libp2p.transport.websocket.connection import P2PWebSocketConnection
from multiaddr import Multiaddr
from trio_websocket import Endpoint

Tell = Callable[[dict[str, Any]], None]


class Upgrader(TransportUpgrader):
    """Remembers what each connection was made of: above it, the library takes every one for TCP."""

    async def upgrade_security(
        self, raw_conn: IRawConnection, is_initiator: bool, peer_id: ID | None = None
    ) -> ISecureConn:
        secured = await super().upgrade_security(raw_conn, is_initiator, peer_id)
        cast(Any, secured).raw_conn = raw_conn
        return secured

    async def upgrade_connection(self, conn: ISecureConn, peer_id: ID) -> IMuxedConn:
        muxed = await super().upgrade_connection(conn, peer_id)
        cast(Any, muxed).raw_conn = cast(Any, conn).raw_conn
        return muxed


class Teller(INotifee):
    """Tells of connections as they come and go."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    async def connected(self, network: INetwork, conn: INetConn) -> None:
        self._tell(connected(conn))

    async def disconnected(self, network: INetwork, conn: INetConn) -> None:
        self._tell({"event": "disconnected", "peer": str(conn.muxed_conn.peer_id)})

    async def opened_stream(self, network: INetwork, stream: INetStream) -> None: ...

    async def closed_stream(self, network: INetwork, stream: INetStream) -> None: ...

    async def listen(self, network: INetwork, multiaddr: Multiaddr) -> None: ...

    async def listen_close(self, network: INetwork, multiaddr: Multiaddr) -> None: ...


def connected(conn: INetConn) -> dict[str, Any]:
    assert isinstance(conn, SwarmConn)
    transport, address = _transport(conn.muxed_conn)
    quic = transport == "quic"
    return {
        "event": "connected",
        "peer": str(conn.muxed_conn.peer_id),
        "direction": conn.direction.name.lower(),
        "address": address,
        "transport": transport,
        "security": "quic-tls" if quic else conn.get_negotiated_security_protocol(),
        "muxer": "quic" if quic else conn.get_negotiated_muxer_protocol(),
    }


def _transport(conn: IMuxedConn) -> tuple[str, str]:
    if isinstance(conn, QUICConnection):
        return "quic", _address(conn.get_remote_address(), "udp", "/quic-v1")
    raw = cast(Any, conn).raw_conn
    if isinstance(raw, PskConn):
        raw = raw._conn
    if raw.get_connection_type() is ConnectionType.RELAYED:
        return "relay", str(raw.get_transport_addresses()[0])
    if isinstance(raw.stream, P2PWebSocketConnection):
        # Its get_remote_address is a stub.
        end = raw.stream._ws.remote
        assert isinstance(end, Endpoint)
        return "ws", _address((str(end.address), end.port), "tcp", "/tls/ws" if end.is_ssl else "/ws")
    return "tcp", _address(raw.get_remote_address(), "tcp", "")


def _address(end: tuple[str, int] | None, layer: str, rest: str) -> str:
    if end is None:
        return ""
    host, port = end
    return f"/{'ip6' if ':' in host else 'ip4'}/{host}/{layer}/{port}{rest}"
