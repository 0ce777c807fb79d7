import { Args } from '@oclif/core'
import { linesOf } from '../../lib/command/input-lines.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { parseMultiaddr } from '../../lib/operations/parse-multiaddr.ts'
import { renderMultiaddr } from '../../lib/output/multiaddr.ts'

/** `p2p maddr parse`: take multiaddrs apart. */
export default class MaddrParse extends ToolkitCommand {
  static override summary = 'Take a multiaddr apart'
  static override description =
    'As strict as go-multiaddr, and normalised as go-multiaddr does. - reads addresses from stdin, one a line. A bad one is reported, and the others go on.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /ip4/127.0.0.1/udp/4001/quic-v1',
    '<%= config.bin %> <%= command.id %> 0x047f00000191020fa1cc03',
    'grep -o "/ip4/[^ ]*" peers.txt | <%= config.bin %> <%= command.id %> --json -',
  ]
  static override args = {
    addr: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: 'multiaddr, 0x and its bytes in hexadecimal, or - for stdin',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MaddrParse)
    this.openSink(flags)
    const inputs = linesOf(args.addr, this.stdio().input, this.lifetime.signal)
    await this.forEachInput(inputs, async (text) => await this.sink.record(parseMultiaddr(text), renderMultiaddr))
  }
}
