import { randomBytes } from 'node:crypto'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { isLoopbackAddress, isPrivateAddress } from '../../addresses/private-address.ts'
import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { RunningNode } from '../../node/running-node.ts'
import { type Ip4Interface, ip4Interfaces } from '../../protocols/mdns/interfaces.ts'
import { joinLinks } from '../../protocols/mdns/links.ts'
import { decodeMessage, encodeAnswer, libp2pService } from '../../protocols/mdns/message.ts'
import type { MdnsSocket } from '../../protocols/mdns/socket.ts'
import { Pace } from '../pace.ts'
import type { MdnsInput } from './input.ts'

/** An answer is sent at most so often on an interface, in milliseconds (RFC 6762, section 6). */
const answerEveryMs = 1000

/**
 * Answers those that ask the local network for peers, on the interfaces that have a private address, loopback among
 * them, and where this node has an address to tell. Public addresses are not told, and those of loopback on loopback
 * only. Begins with an answer that nobody asked for, so that peers that listen learn of it at once.
 *
 * @param node - the node that can be found
 * @param input - the service, and who is told where it is answered
 * @returns what ends the answering
 * @throws ToolkitError `local` where there is nothing to tell or the port cannot be bound, `unreachable` where nothing
 *   can be sent
 */
export async function answerMdns(
  node: RunningNode,
  { service = libp2pService, inspector, onNote }: MdnsInput,
): Promise<AsyncDisposable> {
  // one label that does not tell the peer ID (discovery/mdns.md, "Definitions")
  const name = randomBytes(16).toString('hex')
  const interfaces = ip4Interfaces().filter((own) => toTell(node, own).length > 0)
  if (interfaces.length === 0) throw nothingToTell()
  const ending = new AbortController()
  const pace = new Pace(1, answerEveryMs)
  const waiting = new Set<MdnsSocket>()

  const answerOn = (own: Ip4Interface) => {
    const addresses = toTell(node, own)
    const detail = { service, interface: own.name, addresses }
    inspector?.observe({ layer: 'routing', type: 'mdns-answered', detail })
    return encodeAnswer(service, name, own.address, addresses)
  }
  const answer = async (socket: MdnsSocket) => {
    if (waiting.has(socket)) return
    waiting.add(socket)
    try {
      await pace.turn(socket.interface.name, ending.signal)
      await socket.send(answerOn(socket.interface))
    } catch {
      // it has ended, or the interface is gone for now
    } finally {
      waiting.delete(socket)
    }
  }
  const onMessage = (socket: MdnsSocket, bytes: Uint8Array, from: string) => {
    try {
      if (decodeMessage(bytes, service)?.type === 'query') void answer(socket)
    } catch (error) {
      inspector?.observe({ layer: 'routing', type: 'mdns-ignored', detail: { from, problem: messageOf(error) } })
    }
  }
  const greeting = (own: Ip4Interface) => {
    pace.count(own.name)
    return answerOn(own)
  }
  const links = await joinLinks(interfaces, { greeting, onMessage, onFailed: onNote })
  const places = links.sockets.map(({ interface: own }) => `${own.name} ${own.address}`)
  onNote(`answering mDNS on ${places.join(', ')}`)
  return {
    async [Symbol.asyncDispose]() {
      ending.abort(new Error('answering has ended'))
      await links[Symbol.asyncDispose]()
    },
  }
}

/** The addresses of a node that are told on an interface, with its peer ID. */
function toTell(node: RunningNode, own: Ip4Interface): string[] {
  if (!isPrivateAddress(multiaddr(`/ip4/${own.address}`))) return []
  const isTold = (address: Multiaddr) => isPrivateAddress(address) && (own.loopback || !isLoopbackAddress(address))
  return node.libp2p.getMultiaddrs().filter(isTold).map(String)
}

function nothingToTell(): ToolkitError {
  return new ToolkitError('local', 'this node has no private address to tell by mDNS', {
    layer: 'transport',
    suggestions: ['listen on /ip4/0.0.0.0/tcp/0, or on an address of an interface of the local network'],
  })
}
