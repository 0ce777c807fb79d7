import { Args } from '@oclif/core'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { inspectPeerId } from '../../lib/operations/inspect-peer-id.ts'
import { renderPeerId } from '../../lib/output/key.ts'

/** `p2p peer-id inspect`: a peer ID in every encoding. */
export default class PeerIdInspect extends ToolkitCommand {
  static override summary = 'Show a peer ID in each of its encodings'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
    '<%= config.bin %> <%= command.id %> --json k51qzi5uqu5dhjghbwdvbo6mi40htrq6e2z4pwgp15pgv3ho1azvidttzh8yy2',
  ]
  static override args = {
    id: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: 'base58btc (12D3…, Qm…, 16U…) or a CIDv1 of codec libp2p-key',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PeerIdInspect)
    this.openSink(flags)
    await this.forEachInput(args.id, async (id) => await this.sink.record(inspectPeerId(id), renderPeerId))
  }
}
