import { Args, Flags } from '@oclif/core'
import { networkAddress } from '../../lib/addresses/target.ts'
import { canonicalAddress } from '../../lib/command/arguments.ts'
import { linesOf } from '../../lib/command/input-lines.ts'
import { NetworkCommand } from '../../lib/command/network-command.ts'
import { resolveNames } from '../../lib/operations/resolve-names.ts'
import { resolveRenderer } from '../../lib/output/resolved.ts'

/** `p2p maddr resolve`: the tree of addresses behind a name. */
export default class MaddrResolve extends NetworkCommand {
  static override summary = 'Look up the names in a multiaddr, as a tree'
  static override description =
    'Follows the records of a /dnsaddr, only those of the peer that it ends in where it names one, and takes /dns, /dns4 and /dns6 names to IP addresses, 64 at most. Exits 0 if an address was found; with --check, which dials each, if one of them works. - reads addresses from stdin, one a line.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /dnsaddr/bootstrap.libp2p.io',
    '<%= config.bin %> <%= command.id %> --check --timeout 5s /dns/localhost/tcp/4001',
    '<%= config.bin %> <%= command.id %> --json --dns 1.1.1.1 /dnsaddr/bootstrap.libp2p.io | jq -r "select(.leaf).address"',
  ]
  static override args = {
    addr: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: 'multiaddr, or - for stdin',
    }),
  }
  static override flags = {
    check: Flags.boolean({ summary: 'dial each address that was found' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MaddrResolve)
    this.openSink(flags)
    const context = this.contextOf(flags)
    await using node = flags.check ? await this.openNode(flags) : undefined
    const names = node?.names ?? (await this.nameServer(flags))
    const check = node && (await import('../../lib/operations/check-address.ts')).addressCheck(node)
    const inputs = linesOf(args.addr, this.stdio().input, this.lifetime.signal)
    await this.forEachInput(inputs, async (text, { input }) => {
      const address = networkAddress(canonicalAddress(text))
      for await (const item of resolveNames({ input, address, names, check }, context)) {
        await this.sink.record(item.record, resolveRenderer(item.last))
      }
    })
  }
}
