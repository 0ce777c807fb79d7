import { Flags } from '@oclif/core'
import { bootstrapPeersToAsk } from '../../lib/addresses/bootstrap/list-file.ts'
import { bootstrapListFlag } from '../../lib/command/bootstrap-flags.ts'
import { NetworkCommand } from '../../lib/command/network-command.ts'
import { checkBootstrapList } from '../../lib/operations/check-bootstrap-list.ts'
import type { DialEachInput } from '../../lib/operations/dial-each.ts'
import { renderAttempt, renderAttemptSummary, renderAttempts } from '../../lib/output/attempts.ts'

/** `p2p bootstrap check`: does the list still lead into the network? */
export default class BootstrapCheck extends NetworkCommand {
  static override summary = 'Dial every peer of a bootstrap list'
  static override description =
    'Names are looked up, and every address is dialled on its own, side by side, each within --timeout. An entry works if one of the addresses that it leads to does. Exits 0 if any entry works; with --require-all only if all do. An empty list is 4.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --list staging --require-all --timeout 5s',
    '<%= config.bin %> <%= command.id %> --json | jq -r "select(.ok).address"',
  ]
  static override flags = {
    list: bootstrapListFlag,
    'require-all': Flags.boolean({ summary: 'fail unless every entry works' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(BootstrapCheck)
    this.openSink(flags)
    const entries = await bootstrapPeersToAsk(this.config.configDir, flags.list)
    const input = { entries, requireAll: flags['require-all'], onAttempt: this.#printAttempt }
    await using node = await this.openNode(flags)
    const { attempts, summary, failure } = await checkBootstrapList(node, input, this.contextOf(flags))
    if (!this.sink.json && attempts.length > 0) await this.sink.record(attempts, renderAttempts)
    this.lifetime.signal.throwIfAborted()
    await this.sink.record(summary, renderAttemptSummary)
    if (failure !== undefined) this.fail(failure)
  }

  /** As each ends, for scripts; people get a table of them all. */
  readonly #printAttempt: DialEachInput['onAttempt'] = async (attempt) => {
    if (this.sink.json) await this.sink.record(attempt, renderAttempt)
  }
}
