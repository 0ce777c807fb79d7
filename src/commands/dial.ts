import { groupTargets } from '../lib/addresses/target.ts'
import { targetArgument } from '../lib/command/arguments.ts'
import { dialFlags } from '../lib/command/dial-flags.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { deadlineOf } from '../lib/errors/deadline.ts'
import { ToolkitError } from '../lib/errors/toolkit-error.ts'
import { dial, holdConnection } from '../lib/operations/dial.ts'
import { type DialEachInput, type DialMatrix, dialEach } from '../lib/operations/dial-each.ts'
import { joinConnection } from '../lib/operations/join-connection.ts'
import { openStream } from '../lib/operations/open-stream.ts'
import { renderAttempt, renderAttemptSummary, renderAttempts } from '../lib/output/attempts.ts'
import { renderConnectionClosed, renderDialed } from '../lib/output/dialed.ts'

/** `p2p dial`: connect, report every layer, and join a stream to stdin and stdout. */
export default class Dial extends NetworkCommand {
  static override summary = 'Connect to a peer and report what each layer agreed on'
  static override description =
    'With --protocol it is nc for libp2p: the stream is joined to stdin and stdout, the end of stdin half-closes it, and stdout carries the bytes of the stream alone. With --each it is the dial matrix: names are looked up, and every address is dialled on its own, each within --timeout. That exits 0 if any address of each peer worked; with --require-all only if all did, and those that no enabled transport can dial have failed then.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /ip4/127.0.0.1/tcp/4001',
    '<%= config.bin %> <%= command.id %> --json --security tls,noise /dns4/localhost/tcp/4002/ws',
    '<%= config.bin %> <%= command.id %> --each /dnsaddr/bootstrap.libp2p.io',
    'echo hello | <%= config.bin %> <%= command.id %> --protocol /echo/1.0.0 /ip4/127.0.0.1/tcp/4001',
  ]
  static override args = { addr: targetArgument }
  static override flags = dialFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Dial)
    const { protocol: protocols, for: holdMs, each, 'require-all': requireAll } = flags
    this.openSink({ ...flags, bytes: protocols !== undefined })
    const targets = groupTargets(args.addr, flags['expect-peer'])
    if (protocols !== undefined && targets.length > 1) {
      throw new ToolkitError('usage', '--protocol joins one stream: give the addresses of one peer', {
        layer: 'address',
      })
    }
    const context = this.contextOf(flags)
    await using node = await this.openNode(flags)
    if (each) {
      const onAttempt = this.#printAttempt
      return await this.#printMatrix(await dialEach(node, { targets, requireAll, onAttempt }, context))
    }
    await this.forEachTarget(targets, async (target, label) => {
      using answer = deadlineOf(context.signal, context.timeoutMs, `no answer to ${protocols?.join(', ')} in time`)
      const { record, connection } = await dial(node, target, context)
      const { type, ...report } = record
      if (protocols === undefined || this.sink.json) await this.sink.record({ type, ...label, ...report }, renderDialed)
      if (holdMs !== undefined) {
        using held = deadlineOf(this.lifetime.signal, holdMs, 'held long enough')
        const { type, ...closed } = await holdConnection(connection, held.signal)
        await this.sink.record({ type, ...label, ...closed }, renderConnectionClosed)
      }
      if (protocols === undefined) return
      const stream = await openStream(connection, protocols, { signal: answer.signal, timeoutMs: 0 })
      this.sink.note(`joined to ${stream.protocol} of ${record.peer}`)
      await joinConnection(connection, stream, this.stdio(), this.lifetime.signal)
    })
  }

  /** As each ends, for scripts; people get one table of them all. */
  readonly #printAttempt: DialEachInput['onAttempt'] = async (attempt) => {
    if (this.sink.json) await this.sink.record(attempt, renderAttempt)
  }

  async #printMatrix({ attempts, summary, failure }: DialMatrix): Promise<void> {
    if (!this.sink.json && attempts.length > 0) await this.sink.record(attempts, renderAttempts)
    this.lifetime.signal.throwIfAborted()
    await this.sink.record(summary, renderAttemptSummary)
    if (failure !== undefined) this.fail(failure)
  }
}
