"""Takes part in pub/sub, and tells of messages as they come."""

from __future__ import annotations

import base64
import functools
import hashlib
import math
from typing import Any

import trio
from libp2p.abc import IPubsubRouter, ISubscriptionAPI
from libp2p.host.basic_host import BasicHost
from libp2p.peer.id import ID
from libp2p.pubsub import pubsub as upstream
from libp2p.pubsub.floodsub import PROTOCOL_ID as FLOODSUB
from libp2p.pubsub.floodsub import FloodSub
from libp2p.pubsub.gossipsub import PROTOCOL_ID, PROTOCOL_ID_V11, PROTOCOL_ID_V12, GossipSub
from libp2p.pubsub.pb.rpc_pb2 import Message
from libp2p.pubsub.rpc_queue import RpcQueue

from connections import Tell
from host import PubSubConfig, Unsupported

QUEUE_SIZE = 8192
"""What a burst may bring: the stock queues hold 32, drop the rest, and are no parameter."""
upstream.SUBSCRIPTION_CHANNEL_SIZE = QUEUE_SIZE
upstream.RpcQueue = functools.partial(RpcQueue, max_size=QUEUE_SIZE)  # type: ignore[assignment, misc]

Result = dict[str, Any]


class PubSub:
    def __init__(self, host: BasicHost, config: PubSubConfig, tell: Tell) -> None:
        if config["signing"] not in ("strict", "none"):
            raise Unsupported(f"no signing {config['signing']}")
        signed = config["signing"] == "strict"
        self._tell = tell
        self.router = build_router(config["router"])
        self.service = upstream.Pubsub(
            host,
            self.router,
            strict_signing=signed,
            msg_id_constructor=upstream.get_peer_and_seqno_msg_id if signed else digest,
        )

    async def run(self, request: dict[str, Any], nursery: trio.Nursery) -> Result:
        match request["command"]:
            case "subscribe":
                topic = request["topic"]
                nursery.start_soon(self._tell_messages, topic, await self.service.subscribe(topic))
                return {}
            case "publish":
                data = base64.b64decode(request["data"])
                count = request.get("count", 0)
                for each in [data] if count == 0 else [b"%s%d" % (data, n) for n in range(1, count + 1)]:
                    await self.service.publish(request["topic"], each)
                return {}
            case "await-subscriber":
                topic, peer = request["topic"], ID.from_string(request["peer"])
                await self.service.wait_for_peer(peer, math.inf)
                await self.service.wait_for_subscription(peer, topic, math.inf)
                if isinstance(self.router, GossipSub):
                    await self.router.wait_for_mesh(peer, topic, math.inf)
                return {}
            case unknown:
                raise ValueError(f"unknown command {unknown}")

    async def _tell_messages(self, topic: str, subscription: ISubscriptionAPI) -> None:
        while True:
            message = await subscription.get()
            told: Result = {"event": "message", "topic": topic}
            if message.from_id:
                told["from"] = str(ID(message.from_id))
            told["data"] = base64.b64encode(message.data).decode()
            if len(message.seqno) == 8:
                told["sequenceNumber"] = str(int.from_bytes(message.seqno, "big"))
            self._tell(told)


def build_router(name: str) -> IPubsubRouter:
    if name == "floodsub":
        return FloodSub([FLOODSUB])
    if name == "gossipsub":
        return GossipSub(
            [PROTOCOL_ID_V12, PROTOCOL_ID_V11, PROTOCOL_ID],
            degree=6,
            degree_low=4,
            degree_high=12,
            heartbeat_interval=1,
            # it drops what is more than ten messages a second
            spam_protection_enabled=False,
        )
    raise Unsupported(f"py-libp2p has no router {name}")


def digest(message: Message) -> bytes:
    """Without an author and a number the data is all that tells messages apart."""
    return hashlib.sha256(message.data).digest()
