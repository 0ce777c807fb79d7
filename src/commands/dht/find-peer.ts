import { Args, Flags } from '@oclif/core'
import { canonicalPeerId } from '../../lib/command/arguments.ts'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { serviceTagFlag } from '../../lib/command/mdns-flags.ts'
import type { NetworkFlags } from '../../lib/command/network-command.ts'
import type { FlagsOf } from '../../lib/command/toolkit-command.ts'
import { renderPeer } from '../../lib/output/dht.ts'

type ParsedFlags = FlagsOf<typeof DhtFindPeer> & NetworkFlags

/** `p2p dht find-peer`: where a peer is. */
export default class DhtFindPeer extends DhtCommand {
  static override summary = 'Look up the addresses of a peer'
  static override description =
    'Asks the peers that are the closest to the ID, and those that they name, until one says where the peer is, and prints its addresses, one a line. Nothing checks that the peer is still there. Exits 1 when nobody knows it. With --via mdns the local network alone is asked, and no DHT; there a peer can always still come, so that it is 3 when none has by --timeout.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
    '<%= config.bin %> <%= command.id %> --network /test/kad/1.0.0 --from /ip4/127.0.0.1/tcp/4001 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
    '<%= config.bin %> <%= command.id %> --via mdns --timeout 5s 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  ]
  static override args = {
    peer: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'peer ID, in any of its encodings',
      parse: async (text) => canonicalPeerId(text),
    }),
  }
  static override flags = {
    ...dhtPeerFlags,
    via: Flags.option({
      options: ['mdns'] as const,
      summary: 'ask the local network instead of a DHT',
      exclusive: ['network', 'bootstrap', 'list', 'from', 'tree', 'dot'],
    })(),
    'service-tag': serviceTagFlag({ dependsOn: ['via'] }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtFindPeer)
    this.openSink(flags)
    await this.printQuery(this.#find(args.peer, flags), (record) => this.sink.record(record, renderPeer))
  }

  /** Loads what it asks by, and nothing of the other. */
  async *#find(peer: string, flags: ParsedFlags) {
    yield* flags.via === 'mdns' ? this.#byMdns(peer, flags) : this.#byDht(peer, flags)
  }

  async *#byDht(peer: string, flags: ParsedFlags) {
    const [{ findPeer }, { dhtInput }] = await Promise.all([
      import('../../lib/operations/dht/find-peer.ts'),
      import('../../lib/operations/dht/whom-to-ask.ts'),
    ])
    const input = { ...(await dhtInput(flags, this.config.configDir)), peer }
    await using node = await this.openNode(flags)
    yield* findPeer(node, input, this.contextOf(flags))
  }

  async *#byMdns(peer: string, flags: ParsedFlags) {
    const { findPeerByMdns } = await import('../../lib/operations/mdns/find-peer.ts')
    const onNote = (note: string) => this.sink.note(note)
    const input = { peer, service: flags['service-tag'], onNote, inspector: await this.inspector(flags) }
    yield* findPeerByMdns(input, this.contextOf(flags))
  }
}
