"""The commands, and the echo protocol that they are tried with."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import trio
from libp2p.abc import INetStream
from libp2p.crypto.ed25519 import create_new_key_pair as create_ed25519
from libp2p.crypto.keys import KeyPair
from libp2p.crypto.rsa import create_new_key_pair as create_rsa
from libp2p.crypto.secp256k1 import create_new_key_pair as create_secp256k1
from libp2p.crypto.serialization import deserialize_private_key
from libp2p.custom_types import TProtocol
from libp2p.host.basic_host import BasicHost
from libp2p.host.ping import PingService
from libp2p.identity.identify.identify import ID as IDENTIFY
from libp2p.identity.identify.pb.identify_pb2 import Identify
from libp2p.network.stream.exceptions import StreamEOF
from libp2p.network.stream.net_stream import NetStream
from libp2p.peer.envelope import consume_envelope
from libp2p.peer.id import ID
from libp2p.peer.peer_record import PEER_RECORD_ENVELOPE_DOMAIN
from libp2p.records.ipns import IPNSValidator
from libp2p.relay.circuit_v2.transport import CircuitV2Transport
from libp2p.utils.varint import decode_varint_with_size
from multiaddr import Multiaddr

from connections import connected
from dht import Dht
from host import Unsupported, peer_of
from pubsub import PubSub

ECHO = TProtocol("/echo/1.0.0")
CHUNK = 64 * 1024
KEY_TYPES: dict[str, Callable[[], KeyPair]] = {
    "ed25519": create_ed25519,
    "secp256k1": create_secp256k1,
    "rsa": create_rsa,
}

Result = dict[str, Any]


class Commands:
    def __init__(
        self,
        host: BasicHost,
        circuit: CircuitV2Transport,
        dht: Dht | None,
        pubsub: PubSub | None,
        nursery: trio.Nursery,
    ) -> None:
        self._host = host
        self._circuit = circuit
        self._dht = dht
        self._pubsub = pubsub
        self._nursery = nursery
        """Lives as long as the peer does."""
        self._kept: list[INetStream] = []

    async def run(self, request: dict[str, Any]) -> Result:
        match request["command"]:
            case command if command.startswith("dht-"):
                if self._dht is None:
                    raise ValueError("this peer has no DHT")
                return await self._dht.run(request)
            case "subscribe" | "publish" | "await-subscriber":
                if self._pubsub is None:
                    raise ValueError("this peer has no pub/sub")
                return await self._pubsub.run(request, self._nursery)
            case "dial":
                return await self.dial(Multiaddr(request["address"]))
            case "identify":
                return await self.identify(ID.from_string(request["peer"]))
            case "ping":
                return await self.ping(ID.from_string(request["peer"]), request["count"])
            case "echo":
                return await self.echo(ID.from_string(request["peer"]), request["bytes"])
            case "open":
                return await self.open(ID.from_string(request["peer"]), request["protocol"])
            case "disconnect":
                await self._host.disconnect(ID.from_string(request["peer"]))
                return {}
            case "generate-key":
                return await generate_key(request["keyType"])
            case "read-key":
                return read_key(request["privateKey"])
            case "ipns-create":
                raise Unsupported("py-libp2p checks IPNS records, and makes none")
            case "ipns-read":
                return read_ipns(base64.b64decode(request["key"]), base64.b64decode(request["value"]))
            case unknown:
                raise ValueError(f"unknown command {unknown}")

    async def dial(self, address: Multiaddr) -> Result:
        if "p2p-circuit" in (protocol.name for protocol in address.protocols()):
            # Its dial upgrades the connection as well, so that it cannot be one of the swarm's transports.
            return connected(await self._circuit.dial(address))
        return connected(await self._host.get_network().dial_addr(address, peer_of(address)))

    async def identify(self, peer: ID) -> Result:
        async with self._stream(peer, IDENTIFY) as stream:
            message = parse_identify(b"".join([chunk async for chunk in chunks(stream)]))
        return {
            "agentVersion": message.agent_version,
            "protocolVersion": message.protocol_version,
            "protocols": list(message.protocols),
            "listenAddresses": [str(Multiaddr(address)) for address in message.listen_addrs],
            "observedAddress": str(Multiaddr(message.observed_addr)) if message.observed_addr else "",
            "signedPeerRecord": record_is_valid(message.signedPeerRecord, peer),
        }

    async def ping(self, peer: ID, count: int) -> Result:
        self._require(peer)
        return {"rttMs": await PingService(self._host).ping(peer, count)}

    async def echo(self, peer: ID, size: int) -> Result:
        sent = os.urandom(size)
        received = bytearray()

        async def send_rest() -> None:
            if rest := sent[CHUNK:]:
                await stream.write(rest)
            await stream.close_write()

        async with self._stream(peer, ECHO) as stream, trio.open_nursery() as nursery:
            # An mplex stream that waits for data cannot write (one lock for both, in MplexStream): without
            # a head start it is chance which comes first, and whether the two ever go on.
            await stream.write(sent[:CHUNK])
            nursery.start_soon(send_rest)
            async for chunk in chunks(stream):
                received += chunk
        return {"received": len(received), "equal": received == sent}

    async def open(self, peer: ID, protocol: str) -> Result:
        self._require(peer)
        stream = await self._host.new_stream(peer, [TProtocol(protocol)])
        await stream.write(b"\0")
        self._kept.append(stream)
        return {}

    @asynccontextmanager
    async def _stream(self, peer: ID, protocol: TProtocol) -> AsyncIterator[NetStream]:
        self._require(peer)
        stream = await self._host.new_stream(peer, [protocol])
        assert isinstance(stream, NetStream)
        try:
            yield stream
            await stream.close()
        except BaseException:
            with trio.move_on_after(1, shield=True):
                await stream.reset()
            raise

    def _require(self, peer: ID) -> None:
        """The library would dial, at any address that it has heard of."""
        if not self._host.get_network().get_connections(peer):
            raise ConnectionError(f"not connected to {peer}")


async def serve_echo(stream: INetStream) -> None:
    assert isinstance(stream, NetStream)
    # What a handler raises ends the connection's task, and the other streams with it.
    try:
        async for chunk in chunks(stream):
            await stream.write(chunk)
        await stream.close_write()
    except Exception as error:
        print(f"echo: {describe(error)}", file=sys.stderr)
        await stream.reset()


async def chunks(stream: INetStream) -> AsyncIterator[bytes]:
    while True:
        try:
            data = await stream.read(CHUNK)
        except StreamEOF:
            return
        if not data:
            return
        yield data


def parse_identify(data: bytes) -> Identify:
    """Go sends more than 2 KiB in several messages, which are to be merged."""
    message = Identify()
    while data:
        length, size = decode_varint_with_size(data)
        message.MergeFromString(data[size : size + length])
        data = data[size + length :]
    return message


def record_is_valid(envelope: bytes, peer: ID) -> bool:
    if not envelope:
        return False
    try:
        signed, record = consume_envelope(envelope, PEER_RECORD_ENVELOPE_DOMAIN)
    except Exception as error:
        print(f"peer record of {peer}: {describe(error)}", file=sys.stderr)
        return False
    return record.peer_id == peer == ID.from_pubkey(signed.public_key)


async def generate_key(key_type: str) -> Result:
    if key_type not in KEY_TYPES:
        raise ValueError(f"unknown key type {key_type}")
    keys = await trio.to_thread.run_sync(KEY_TYPES[key_type])
    return {
        "peerId": str(ID.from_pubkey(keys.public_key)),
        "privateKey": base64.b64encode(keys.private_key.serialize()).decode(),
    }


def read_key(encoded: str) -> Result:
    key = deserialize_private_key(base64.b64decode(encoded))
    return {
        "peerId": str(ID.from_pubkey(key.get_public_key())),
        "keyType": key.get_type().name.lower(),
    }


def read_ipns(key: bytes, record: bytes) -> Result:
    name = key.removeprefix(b"/ipns/").hex()
    parsed = IPNSValidator().validate_with_details(f"/ipns/{name}", record)
    return {"path": parsed.value.decode(), "sequence": str(parsed.sequence)}


def describe(error: BaseException | None) -> str:
    """An error and its causes, in one line."""
    texts: list[str] = []
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            texts.append("; ".join(describe(each) for each in error.exceptions))
            break
        texts.append(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return ", caused by ".join(texts).replace("\n", " ")
