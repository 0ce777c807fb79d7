import { listenArgument } from '../lib/command/arguments.ts'
import { listenFlags, listenSpecOf } from '../lib/command/listen-flags.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { ToolkitError } from '../lib/errors/toolkit-error.ts'
import { writeAddressFile } from '../lib/operations/address-file.ts'
import { beFound } from '../lib/operations/be-found.ts'
import { dhtSeeds } from '../lib/operations/dht/whom-to-ask.ts'
import { listen } from '../lib/operations/listen.ts'
import { bound, listenPlan } from '../lib/operations/listen-plan.ts'
import { serveTopics } from '../lib/operations/pubsub/serve.ts'
import { renderListenEvent, renderListening } from '../lib/output/listening.ts'
import { renderRejected } from '../lib/output/pubsub.ts'

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
  static override flags = listenFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Listen)
    const { protocol, once, mdns, 'service-tag': service } = flags
    this.openSink({ ...flags, bytes: protocol !== undefined })
    const plan = listenPlan(args.addr, {
      transports: flags.transport,
      privateNetwork: flags.psk !== undefined,
      secureWebSockets: flags['tls-cert'] !== undefined,
    })
    const { dht, bootstrap: given } = flags
    const bootstrap = dht === undefined && given === undefined ? [] : await dhtSeeds(flags, this.config.configDir)
    const join = protocol !== undefined && { join: { protocol, ...this.stdio() } }
    const onEvent = (event: Parameters<typeof renderListenEvent>[0]) => this.sink.offer(event, renderListenEvent)
    const { attach, announced, ended, ...failures } = listen({ once, onEvent, ...join }, this.lifetime.signal)
    const listening = (address: string, peerId: string) => {
      if (!this.sink.json) void this.sink.record({ type: 'listening', peerId, addresses: [address] }, renderListening)
    }
    const spec = await listenSpecOf(flags, plan.addresses)
    await using node = await this.openNode(flags, spec, { listening, ...failures }, attach)
    const { record, notes } = bound(node, plan)
    const onNote = (note: string) => this.sink.note(note)
    notes.forEach(onNote)
    const foundBy = { mdns, service, bootstrap, inspector: await this.inspector(flags), onNote }
    await using _found = await beFound(node, foundBy, this.contextOf(flags))
    if (this.sink.json) await this.sink.record(record, renderListening)
    announced()
    serveTopics(node, flags.pubsub ?? [], (rejected) => this.sink.offer(rejected, renderRejected))
    await writeAddressFile(flags['address-file'], record.addresses)
    if (flags.for !== undefined) this.lifetime.limit(flags.for)
    const { peers } = await ended
    if (once && peers === 0 && this.lifetime.limitReached) throw new ToolkitError('timeout', 'no peer came in time')
  }
}
