import { expect } from 'vitest'
import { type Result, run } from '../support/cli.ts'
import { formed, servingFlags } from '../support/dht.ts'
import { startListener } from '../support/listener.ts'
import type { StartPeer } from './cell.ts'
import type { ForeignPeer } from './foreign-peer.ts'

const loopback = '/ip4/127.0.0.1/tcp/0'

/** A server that queries begin with. */
export interface Server {
  peerId: string
  /** full, with /p2p/ID */
  address: string
}

/** A DHT of peers of theirs and of ours. */
export class MixedDht {
  readonly #start: StartPeer
  readonly #network: string

  constructor(start: StartPeer, network: string) {
    this.#start = start
    this.#network = network
  }

  /** A peer of theirs. */
  async their(mode: 'server' | 'client', bootstrap: string[], listen = [loopback]): Promise<ForeignPeer> {
    const dht = { mode, protocol: this.#network, bootstrap, validators: { v: 'none' } }
    return await this.#start({ transports: ['tcp'], security: ['noise'], muxers: ['yamux'], listen, dht })
  }

  /** A listener of ours, as a server. */
  async our(bootstrap: string[]): Promise<Server> {
    const joined = bootstrap.flatMap((address) => ['--bootstrap', address])
    const { peerId, tcp } = await startListener([...servingFlags(this.#network), ...joined])
    return { peerId, address: tcp }
  }

  /** Runs one of our commands. */
  async ask(command: string, server: string, args: string[], input: string | Uint8Array = ''): Promise<Result> {
    return await run([...command.split(' '), '--json', '--network', this.#network, '--bootstrap', server, ...args], {
      input,
    })
  }

  /** Runs one of our commands, which has to succeed. */
  async answered(...asked: Parameters<MixedDht['ask']>): Promise<Result> {
    const result = await this.ask(...asked)
    expect(result.code, `${result.stdout}${result.stderr}`).toBe(0)
    return result
  }

  /** Waits until everybody is found by way of a server. */
  async formed(server: string, count: number): Promise<void> {
    await formed(server, count, this.#network)
  }
}
