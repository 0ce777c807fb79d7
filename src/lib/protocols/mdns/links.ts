import { codeOf, messageOf } from '../../errors/causes.ts'
import { type AddressOutcome, ToolkitError } from '../../errors/toolkit-error.ts'
import type { Ip4Interface } from './interfaces.ts'
import { MdnsSocket, mdnsPort } from './socket.ts'

/** What is said and heard on links. */
export interface Conversation {
  /** what is said on an interface at first */
  greeting: (own: Ip4Interface) => Uint8Array
  /** receives what others say, and whereby */
  onMessage: (socket: MdnsSocket, bytes: Uint8Array, from: string) => void
  /** told of each interface that cannot be used, where others can */
  onFailed: (note: string) => void
}

/** Sockets, one for each interface that can be used. */
export interface MdnsLinks extends AsyncDisposable {
  readonly sockets: MdnsSocket[]
  /** joins those of these interfaces that it does not speak on yet, and can be used by now; says which */
  joinMore: (interfaces: Ip4Interface[]) => Promise<MdnsSocket[]>
}

/**
 * Begins to speak mDNS on interfaces. One that cannot be used is left out.
 *
 * @param interfaces - at least one
 * @param conversation - what is said and heard
 * @returns sockets, each of which has sent its greeting
 * @throws ToolkitError `local` where no interface can be used since the port cannot be bound, else `unreachable`
 */
export async function joinLinks(
  interfaces: Ip4Interface[],
  { greeting, onMessage, onFailed }: Conversation,
): Promise<MdnsLinks> {
  const sockets: MdnsSocket[] = []
  let isOver = false
  const joinOne = async (own: Ip4Interface): Promise<MdnsSocket | undefined> => {
    let socket: MdnsSocket | undefined
    try {
      socket = await MdnsSocket.open(own, (bytes, from) => socket && onMessage(socket, bytes, from))
      await socket.send(greeting(own))
    } catch (error) {
      await socket?.[Symbol.asyncDispose]()
      throw error
    }
    if (!isOver) sockets.push(socket)
    else await socket[Symbol.asyncDispose]()
    return socket
  }
  const joinAll = async (some: Ip4Interface[]) => {
    const failures: Array<{ own: Ip4Interface; error: unknown }> = []
    for (const own of some) await joinOne(own).catch((error: unknown) => failures.push({ own, error }))
    return failures
  }
  const failures = await joinAll(interfaces)
  if (sockets.length === 0) throw noLink(failures)
  for (const { own, error } of failures) onFailed(`no mDNS on ${own.name} ${own.address}: ${messageOf(error)}`)
  return {
    sockets,
    async joinMore(some) {
      const isJoined = ({ name, address }: Ip4Interface) =>
        sockets.some(({ interface: own }) => own.name === name && own.address === address)
      const before = sockets.length
      await joinAll(some.filter((own) => !isJoined(own)))
      return sockets.slice(before)
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()))
    },
  }
}

/** The system's words for a port that another program keeps to itself, or that is not for everybody. */
const bindCodes = ['EADDRINUSE', 'EACCES']

function noLink(failures: Array<{ own: Ip4Interface; error: unknown }>): ToolkitError {
  const addresses = failures.map(({ own, error }): AddressOutcome => {
    const code = bindCodes.includes(codeOf(error) ?? '') ? 'local' : 'unreachable'
    const address = `/ip4/${own.address}/udp/${mdnsPort}`
    return { address, tried: true, layer: 'transport', code, message: messageOf(error) }
  })
  const [first] = failures
  if (first === undefined) return new ToolkitError('unreachable', 'no network interface for mDNS')
  const taken = addresses.some(({ code }) => code === 'local')
  return new ToolkitError(
    taken ? 'local' : 'unreachable',
    taken
      ? `UDP port ${mdnsPort} cannot be used for mDNS: ${messageOf(first.error)}`
      : `mDNS cannot be sent on any network interface: ${messageOf(first.error)}`,
    {
      layer: 'transport',
      addresses,
      cause: first.error,
      suggestions: taken
        ? [`another program may keep the port to itself: ss -ulpn sport = :${mdnsPort}`]
        : ['a firewall may drop multicast, or the interfaces be down: ip address; ip maddress'],
    },
  )
}
