import { Flags } from '@oclif/core'
import { canonicalAddress, canonicalPeerId, listenArgument, protocolId } from '../lib/command/arguments.ts'
import { dhtServiceFlags, dhtSpecOf } from '../lib/command/dht-service-flags.ts'
import { durationFlag } from '../lib/command/durations.ts'
import { serviceTagFlag } from '../lib/command/mdns-flags.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { pubsubServiceFlags, pubsubSpecOf } from '../lib/command/pubsub-flags.ts'
import { readServerCertificate } from '../lib/command/tls-files.ts'
import type { FlagsOf } from '../lib/command/toolkit-command.ts'
import { ToolkitError } from '../lib/errors/toolkit-error.ts'
import { writeFileAtomically } from '../lib/files/atomic-file.ts'
import { joinDht } from '../lib/operations/dht/join-dht.ts'
import { dhtSeeds } from '../lib/operations/dht/whom-to-ask.ts'
import { connectionFailed, datastoreFailures, listen } from '../lib/operations/listen.ts'
import { bound, listenPlan } from '../lib/operations/listen-plan.ts'
import { serveTopics } from '../lib/operations/pubsub/serve.ts'
import { renderListenEvent, renderListening } from '../lib/output/listening.ts'
import { renderRejected } from '../lib/output/pubsub.ts'

const list = { multiple: true, multipleNonGreedy: true, delimiter: ',' } as const

/** `p2p listen`: a peer to test against, and the answer to "why can't they reach me?". */
export default class Listen extends NetworkCommand {
  static override summary = 'Run a peer that others can dial, and show what they do'
  static override description =
    'Prints its addresses, one a line. Connections, streams and failed attempts go to stderr, or with --json to stdout as records. Without an address it listens on loopback, on free ports, once for each transport. With --protocol stdout carries the bytes of the stream, and the addresses go to stderr.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json /ip4/0.0.0.0/tcp/4001 /ip4/0.0.0.0/udp/4001/quic-v1',
    '<%= config.bin %> <%= command.id %> --protocol /files/1.0.0 > received.bin',
  ]
  static override args = { addr: listenArgument }
  static override flags = {
    announce: Flags.string({
      ...list,
      summary: 'address to tell others instead',
      helpValue: 'ADDR',
      parse: async (text) => canonicalAddress(text),
    }),
    'address-file': Flags.string({ summary: 'write the addresses to a file, once all are bound', helpValue: 'FILE' }),
    echo: Flags.boolean({ summary: 'serve /echo/1.0.0' }),
    protocol: Flags.string({
      summary: 'join the first stream of this protocol to stdin and stdout',
      helpValue: 'PROTOCOL',
      parse: async (text) => protocolId(text),
    }),
    raw: Flags.boolean({ summary: 'write bytes to a terminal as they are', dependsOn: ['protocol'] }),
    'allow-peer': Flags.string({
      ...list,
      summary: 'let only this peer in',
      helpValue: 'ID',
      parse: async (text) => canonicalPeerId(text),
    }),
    once: Flags.boolean({ summary: 'end after the first peer' }),
    for: durationFlag({ summary: 'end after this time' }),
    'tls-cert': Flags.string({
      summary: 'certificate to serve wss with, PEM',
      helpValue: 'FILE',
      dependsOn: ['tls-key'],
    }),
    'tls-key': Flags.string({ summary: 'its private key, PEM', helpValue: 'FILE', dependsOn: ['tls-cert'] }),
    mdns: Flags.boolean({ summary: 'answer mDNS, on interfaces with a private address' }),
    'service-tag': serviceTagFlag({ dependsOn: ['mdns'] }),
    ...dhtServiceFlags,
    ...pubsubServiceFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Listen)
    const { protocol, for: forMs, once } = flags
    this.openSink({ ...flags, bytes: protocol !== undefined })
    const plan = listenPlan(args.addr, {
      transports: flags.transport,
      privateNetwork: flags.psk !== undefined,
      secureWebSockets: flags['tls-cert'] !== undefined,
    })
    const bootstrap = flags.dht === undefined ? [] : await dhtSeeds(flags, this.config.configDir)
    // what happens before the addresses are told is told after them
    const { promise: announced, resolve: announce } = Promise.withResolvers<void>()
    const onEvent = (event: Parameters<typeof renderListenEvent>[0]) =>
      void announced.then(() => this.sink.offer(event, renderListenEvent))
    const input = {
      once,
      onEvent,
      ...(protocol !== undefined && { join: { protocol, ...this.stdio() } }),
    }
    const service = listen(input, this.lifetime.signal)
    // it may fail while addresses are still being written
    service.ended.catch(() => {})
    await using node = await this.openNode(
      flags,
      await this.#spec(flags, plan.addresses),
      {
        listening: (address, peerId) => {
          if (!this.sink.json)
            void this.sink.record({ type: 'listening', peerId, addresses: [address] }, renderListening)
        },
        inboundFailed: (failure, remote) => onEvent(connectionFailed(failure, remote)),
        datastoreFailed: datastoreFailures(onEvent),
      },
      service.attach,
    )
    const { record, notes } = bound(node, plan)
    const onNote = (note: string) => this.sink.note(note)
    notes.forEach(onNote)
    const mdns = flags.mdns ? await import('../lib/operations/mdns/answer-mdns.ts') : undefined
    const inspector = await this.inspector(flags)
    await using _answering = await mdns?.answerMdns(node, { service: flags['service-tag'], onNote, inspector })
    if (this.sink.json) await this.sink.record(record, renderListening)
    announce()
    serveTopics(node, flags.pubsub ?? [], (record) => this.sink.offer(record, renderRejected))
    void joinDht(node, bootstrap, this.contextOf(flags), onNote)
    await this.#writeAddresses(flags['address-file'], record.addresses)
    if (forMs !== undefined) this.lifetime.limit(forMs)
    const { peers } = await service.ended
    if (once && peers === 0 && this.lifetime.limitReached) throw new ToolkitError('timeout', 'no peer came in time')
  }

  async #spec(flags: FlagsOf<typeof Listen>, listen: string[]) {
    const { announce, echo, 'allow-peer': allowPeers, 'tls-cert': cert, 'tls-key': key } = flags
    return {
      listen,
      services: ['identify' as const, 'ping' as const, ...(echo ? ['echo' as const] : [])],
      ...(announce && { announce }),
      ...(allowPeers && { allowPeers }),
      ...dhtSpecOf(flags),
      ...(flags.pubsub && pubsubSpecOf(flags)),
      ...(cert !== undefined && key !== undefined && { tls: await readServerCertificate(cert, key) }),
    }
  }

  async #writeAddresses(file: string | undefined, addresses: string[]): Promise<void> {
    if (file === undefined) return
    const text = addresses.map((address) => `${address}\n`).join('')
    await writeFileAtomically(file, new TextEncoder().encode(text), { mode: 0o644, overwrite: true })
  }
}
