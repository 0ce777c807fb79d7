import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Ip4Interface } from './interfaces.ts'
import { longestMessage } from './message.ts'

/** Where mDNS is spoken, and how far its packets may come from (RFC 6762, sections 3 and 11). */
const group = '224.0.0.251'
export const mdnsPort = 5353
const timeToLive = 255

/** Receives a message and the IP address that sent it. */
export type OnMessage = (bytes: Uint8Array, from: string) => void

/** Speaks mDNS on one network interface. It is closed when its block ends. */
export class MdnsSocket implements AsyncDisposable {
  readonly interface: Ip4Interface
  readonly #socket: Socket

  private constructor(own: Ip4Interface, socket: Socket) {
    this.interface = own
    this.#socket = socket
  }

  /**
   * Joins the multicast group on an interface. The port is shared with whoever shares it.
   *
   * @param own - the interface
   * @param onMessage - receives what was sent on its link; anything else, and what is too long, is dropped unread
   * @returns the socket
   * @throws Error the operating system's, where the port cannot be bound or the group not be joined
   */
  static async open(own: Ip4Interface, onMessage: OnMessage): Promise<MdnsSocket> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    try {
      const listening = once(socket, 'listening')
      // not the interface's own address: a socket that is bound to that gets nothing that is sent to the group
      socket.bind(mdnsPort, '0.0.0.0')
      await listening
      socket.addMembership(group, own.address)
      socket.setMulticastInterface(own.address)
      socket.setMulticastTTL(timeToLive)
    } catch (error) {
      socket.close()
      throw error
    }
    // an interface that goes away says so when something is sent
    socket.on('error', () => {})
    socket.on('message', (bytes, { address }) => {
      // a system may hand the packets of all interfaces to each socket
      if (bytes.length <= longestMessage && own.hasOnLink(address)) onMessage(bytes, address)
    })
    return new MdnsSocket(own, socket)
  }

  /**
   * Sends a message to everybody on the link.
   *
   * @param bytes - the message
   * @throws Error the operating system's, where it cannot be sent
   */
  async send(bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#socket.send(bytes, mdnsPort, group, (error) => (error === null ? resolve() : reject(error)))
    await promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket.close(resolve)
    await promise
  }
}
