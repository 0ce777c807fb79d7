import { Args } from '@oclif/core'
import { canonicalPeerId } from '../../lib/command/arguments.ts'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { findPeer } from '../../lib/operations/dht/find-peer.ts'
import { dhtInput } from '../../lib/operations/dht/input.ts'
import { renderPeer } from '../../lib/output/dht.ts'

/** `p2p dht find-peer`: where a peer is. */
export default class DhtFindPeer extends DhtCommand {
  static override summary = 'Look up the addresses of a peer'
  static override description =
    'Asks the peers that are the closest to the ID, and those that they name, until one says where the peer is, and prints its addresses, one a line. Nothing checks that the peer is still there. Exits 1 when nobody knows it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /dnsaddr/bootstrap.libp2p.io 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
    '<%= config.bin %> <%= command.id %> --network /test/kad/1.0.0 --from /ip4/127.0.0.1/tcp/4001 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  ]
  static override args = {
    peer: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'peer ID, in any of its encodings',
      parse: async (text) => canonicalPeerId(text),
    }),
  }
  static override flags = dhtPeerFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtFindPeer)
    this.openSink(flags)
    const input = dhtInput(flags)
    await using node = await this.openNode(flags)
    const records = findPeer(node, { ...input, peer: args.peer }, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderPeer))
  }
}
