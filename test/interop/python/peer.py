"""A py-libp2p peer that is driven by lines of JSON: see ../README.md."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any

import trio
from libp2p.identity.identify.identify import AGENT_VERSION
from libp2p.tools.anyio_service import Service, background_trio_service

from commands import ECHO, Commands, describe, serve_echo
from connections import Tell, Teller, connected
from dht import Dht
from host import Config, Unsupported, build_host, circuit_transport, running
from pubsub import PubSub

DEADLINE = 30
DIAL_DEADLINE = 10
"""Seconds for a command."""
ENDING = 1.5
"""Seconds for saying goodbye."""

# The library prints to stdout in places, and every line there is ours.
lines, sys.stdout = sys.stdout, sys.stderr


def tell(message: dict[str, Any]) -> None:
    lines.write(json.dumps(message) + "\n")
    lines.flush()


async def serve(config: Config) -> None:
    host = build_host(config)
    host.set_stream_handler(ECHO, serve_echo)
    circuit = circuit_transport(host, config)
    dht = Dht(host, config["dht"]) if "dht" in config else None
    pubsub = PubSub(host, config["pubsub"], tell) if "pubsub" in config else None
    async with AsyncExitStack() as stack:
        addresses = await stack.enter_async_context(running(host, circuit, config))
        await take_part(stack, dht, pubsub)
        network = host.get_network()
        tell(
            {
                "event": "ready",
                "peerId": str(host.get_id()),
                "addresses": addresses,
                "agentVersion": AGENT_VERSION,
                "versions": {"py-libp2p": version("libp2p")},
            }
        )
        for connection in network.get_connections():
            tell(connected(connection))
        network.register_notifee(Teller(tell))
        async with trio.open_nursery() as nursery:
            commands = Commands(host, circuit, dht, pubsub, nursery)
            async for line in trio.wrap_file(sys.stdin):
                nursery.start_soon(answer, commands, line, tell)
            nursery.cancel_scope.cancel()
        force = threading.Timer(ENDING, os._exit, (0,))
        force.daemon = True
        force.start()


async def take_part(stack: AsyncExitStack, dht: Dht | None, pubsub: PubSub | None) -> None:
    """Runs the services that are asked for, until the stack ends."""
    if pubsub is not None:
        await stack.enter_async_context(background_trio_service(pubsub.service))
        if isinstance(pubsub.router, Service):
            await stack.enter_async_context(background_trio_service(pubsub.router))
        await pubsub.service.wait_until_ready()
    if dht is not None:
        await stack.enter_async_context(background_trio_service(dht.service))
        with trio.fail_after(DEADLINE):
            await dht.join()


async def answer(commands: Commands, line: str, tell: Tell) -> None:
    request: Any = None
    reply: dict[str, Any]
    try:
        request = json.loads(line)
        seconds = DIAL_DEADLINE if request["command"] == "dial" else DEADLINE
        with trio.move_on_after(seconds) as deadline:
            reply = {"result": await commands.run(request)}
        if deadline.cancelled_caught:
            reply = {"error": f"no result within {seconds} seconds"}
    except Unsupported as error:
        reply = {"unsupported": str(error)}
    except Exception as error:
        reply = {"error": describe(error)}
    tell({"id": request.get("id") if isinstance(request, dict) else None, **reply})


def main() -> int:
    try:
        trio.run(serve, json.loads(sys.stdin.readline()))
    except Unsupported as error:
        tell({"event": "unsupported", "error": str(error)})
        return 1
    except Exception as error:
        tell({"event": "failed", "error": describe(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
