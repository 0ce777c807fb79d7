import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'
import { z } from 'zod'
import { cleanUp } from '../support/cleanup.ts'
import type { Implementation } from './build.ts'
import { connected, message, type Results, results, type TheirConnection, type TheirMessage } from './commands.ts'
import { inTime } from './in-time.ts'

/** What a peer is made of; see README.md. */
export interface PeerConfig {
  listen?: string[]
  transports: string[]
  security: string[]
  muxers: string[]
  privateKey?: string
  psk?: string
  tls?: { cert?: string; key?: string; ca?: string }
  relay?: boolean
  reserve?: string
  pubsub?: { router: 'gossipsub' | 'floodsub'; signing: 'strict' | 'none' }
  dht?: { mode: 'server' | 'client'; protocol: string; bootstrap?: string[]; validators?: Record<string, string> }
}

const ready = z.object({
  event: z.literal('ready'),
  peerId: z.string(),
  addresses: z.array(z.string()),
  agentVersion: z.string(),
  versions: z.record(z.string(), z.string()),
})
const event = z.discriminatedUnion('event', [
  connected.extend({ event: z.literal('connected') }),
  z.object({ event: z.literal('disconnected'), peer: z.string() }),
  message.extend({ event: z.literal('message') }),
])
const first = z.discriminatedUnion('event', [
  ready,
  z.object({ event: z.literal('failed'), error: z.string() }),
  z.object({ event: z.literal('unsupported'), error: z.string() }),
])
const answer = z.union([
  z.object({ id: z.number(), result: z.unknown() }),
  z.object({ id: z.number(), error: z.string() }),
  z.object({ id: z.number(), unsupported: z.string() }),
])

/** This implementation does not have what was asked for. */
export class Unsupported extends Error {
  override name = 'Unsupported'
}

/** A peer of another implementation, driven by lines of JSON; it ends with the test. */
export class ForeignPeer {
  readonly peerId: string
  /** full addresses, with /p2p/ID */
  readonly addresses: string[]
  readonly agentVersion: string
  readonly versions: Record<string, string>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: Lines
  #commands = 0

  private constructor(child: ChildProcessWithoutNullStreams, lines: Lines, said: z.infer<typeof ready>) {
    this.#child = child
    this.#lines = lines
    this.peerId = said.peerId
    this.addresses = said.addresses
    this.agentVersion = said.agentVersion
    this.versions = said.versions
  }

  /**
   * Starts a peer, and waits until it can be reached.
   *
   * @param implementation - which
   * @param config - what it is made of
   * @returns the peer
   * @throws Unsupported where the implementation does not have it
   */
  static async start(implementation: Implementation, config: PeerConfig): Promise<ForeignPeer> {
    const built = inject('peers')[implementation]
    if ('skipped' in built) throw new Error(built.skipped)
    const child = spawn(built.command, built.args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } })
    const lines = new Lines(child)
    child.stdin.write(`${JSON.stringify({ listen: [], ...config })}\n`)
    cleanUp(async () => {
      child.kill('SIGKILL')
      await lines.ended
    })
    const said = await lines.next((value) => first.safeParse(value).data)
    if (said.event === 'unsupported') throw new Unsupported(said.error)
    if (said.event === 'failed') throw new Error(`the ${implementation} peer did not start: ${said.error}`)
    return new ForeignPeer(child, lines, said)
  }

  /** Its first address; fails where it has none. */
  get address(): string {
    const [address] = this.addresses
    if (address === undefined) throw new Error('this peer does not listen')
    return address
  }

  /** Gives a command, and waits for its result. */
  async do<Name extends keyof Results>(command: Name, input: Record<string, unknown> = {}): Promise<Results[Name]> {
    const id = this.#commands++
    this.#child.stdin.write(`${JSON.stringify({ id, command, ...input })}\n`)
    const said = await this.#lines.next((value) => {
      const { data } = answer.safeParse(value)
      return data?.id === id ? data : undefined
    })
    if ('unsupported' in said) throw new Unsupported(`${command}: ${said.unsupported}`)
    if ('error' in said) throw new Error(`${command}: ${said.error}`)
    return results[command].parse(said.result)
  }

  /** Waits until it has told of a connection that somebody made to it. */
  async inbound(): Promise<TheirConnection> {
    return await this.#lines.next((value) => {
      const { data } = event.safeParse(value)
      return data?.event === 'connected' && data.direction === 'inbound' ? data : undefined
    })
  }

  /** Waits until it has told of this many messages of topics, its own included; fails when they do not come. */
  async messages(count: number): Promise<TheirMessage[]> {
    const told: TheirMessage[] = []
    const all = this.#lines.next((value) => {
      const { data } = event.safeParse(value)
      if (data?.event === 'message') told.push(data)
      return told.length >= count ? told : undefined
    })
    return await inTime(all, () => `${told.length} of ${count} messages came`)
  }

  /** Ends it at once, as a crash would. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** The lines that a process has said so far, and those to come. */
class Lines {
  readonly ended: Promise<void>
  readonly #said: unknown[] = []
  readonly #watchers = new Set<() => void>()
  #stderr = ''
  #end: string | undefined

  constructor(child: ChildProcessWithoutNullStreams) {
    child.stdin.on('error', () => {})
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000)
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#said.push(JSON.parse(line))
      this.#notify()
    })
    this.ended = new Promise((resolve) => {
      const onEnd = (how: string) => {
        this.#end = how
        this.#notify()
        resolve()
      }
      child.once('error', (error) => onEnd(error.message))
      child.once('close', (code, signal) => onEnd(`ended (${code ?? signal})`))
    })
  }

  /** Waits for a line in which `find` finds something; fails when the process ends before. */
  async next<T>(find: (value: unknown) => T | undefined): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      let looked = 0
      const look = () => {
        for (; looked < this.#said.length; looked++) {
          const found = find(this.#said[looked])
          if (found === undefined) continue
          this.#watchers.delete(look)
          return resolve(found)
        }
        if (this.#end === undefined) return
        this.#watchers.delete(look)
        reject(new Error(`the peer ${this.#end} before that\n${this.#stderr}`))
      }
      this.#watchers.add(look)
      look()
    })
  }

  #notify(): void {
    for (const look of [...this.#watchers]) look()
  }
}
