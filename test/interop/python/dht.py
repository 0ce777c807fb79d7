"""Takes part in a DHT, and asks it."""

from __future__ import annotations

import base64
from typing import Any

from libp2p.host.basic_host import BasicHost
from libp2p.kad_dht.common import PROTOCOL_ID
from libp2p.kad_dht.kad_dht import DHTMode, KadDHT
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import PeerInfo, info_from_p2p_addr
from libp2p.records.validator import BlankValidator
from multiaddr import Multiaddr

from host import DhtConfig, Unsupported

TTL = 3600
"""Seconds for which addresses are kept."""

Result = dict[str, Any]


class Dht:
    def __init__(self, host: BasicHost, config: DhtConfig) -> None:
        if config["protocol"] != PROTOCOL_ID:
            raise Unsupported(f"py-libp2p has no DHT but that of {PROTOCOL_ID}")
        self._host = host
        self._bootstrap = config.get("bootstrap", [])
        self.service = KadDHT(host, DHTMode(config["mode"].upper()), strict_validation=True)
        for namespace, name in config.get("validators", {}).items():
            if name != "none":
                raise Unsupported(f"no validator {name}")
            self.service.register_validator(namespace, BlankValidator())

    async def join(self) -> None:
        """Connects to the servers that are known from the beginning."""
        for address in self._bootstrap:
            info = info_from_p2p_addr(Multiaddr(address))
            await self._host.get_network().dial_addr(Multiaddr(address), info.peer_id)
            self._host.get_peerstore().add_addrs(info.peer_id, info.addrs, TTL)
            await self.service.add_peer(info.peer_id, skip_server_mode_check=True)
        # Becomes known to them, which the service does every ten minutes.
        await self.service.refresh_routing_table()

    async def run(self, request: dict[str, Any]) -> Result:
        match request["command"]:
            case "dht-put":
                await self.service.put_value(text(request["key"]), base64.b64decode(request["value"]))
                return {}
            case "dht-get":
                value = await self.service.get_value(text(request["key"]))
                if value is None:
                    raise LookupError("nobody has it")
                return {"value": base64.b64encode(value).decode()}
            case "dht-provide":
                if not await self.service.provide(request["cid"]):
                    raise LookupError("nobody was told")
                return {}
            case "dht-find-providers":
                return {"providers": [found(info) for info in await self.service.find_providers(request["cid"])]}
            case "dht-find-peer":
                info = await self.service.find_peer(ID.from_string(request["peer"]))
                if info is None:
                    raise LookupError("nobody knows it")
                return found(info)
            case "dht-closest-peers":
                key = base64.b64decode(request["key"])
                return {"peers": [str(peer) for peer in await self.service.peer_routing.find_closest_peers_network(key)]}
            case unknown:
                raise ValueError(f"unknown command {unknown}")


def text(key: str) -> str:
    """The library takes the keys of records as text, whatever they are on the wire."""
    return base64.b64decode(key).decode()


def found(info: PeerInfo) -> Result:
    return {"peer": str(info.peer_id), "addresses": [str(address) for address in info.addrs]}
