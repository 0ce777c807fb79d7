import { groupTargets, refuseSeveral } from '../lib/addresses/target.ts'
import { targetArgument } from '../lib/command/arguments.ts'
import { dialFlags } from '../lib/command/dial-flags.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { deadlineOf } from '../lib/errors/deadline.ts'
import { peerLocator } from '../lib/operations/dht/peer-locator.ts'
import { dial, holdConnection } from '../lib/operations/dial.ts'
import { dialEach } from '../lib/operations/dial-each.ts'
import { joinConnection } from '../lib/operations/join-connection.ts'
import { openStream } from '../lib/operations/open-stream.ts'
import { AttemptPrinter } from '../lib/output/attempt-printer.ts'
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
    '<%= config.bin %> <%= command.id %> 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
    'echo hello | <%= config.bin %> <%= command.id %> --protocol /echo/1.0.0 /ip4/127.0.0.1/tcp/4001',
  ]
  static override args = { addr: targetArgument }
  static override flags = dialFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Dial)
    const { protocol: protocols, for: holdMs, each, 'require-all': requireAll } = flags
    this.openSink({ ...flags, bytes: protocols !== undefined })
    const targets = groupTargets(args.addr, flags['expect-peer'])
    if (protocols !== undefined) refuseSeveral(targets, '--protocol joins one stream: give the addresses of one peer')
    const context = this.contextOf(flags)
    await using node = await this.openNode(flags)
    const locate = peerLocator(node, flags, this.config.configDir, context)
    if (each) {
      const printer = new AttemptPrinter(this.sink)
      const input = { targets, locate, requireAll, onAttempt: printer.ended }
      const { attempts, summary, failure } = await dialEach(node, input, context)
      await printer.print(attempts, summary, context.signal)
      if (failure !== undefined) this.fail(failure)
      return
    }
    await this.forEachTarget(targets, async (wanted, label) => {
      using answer = deadlineOf(context.signal, context.timeoutMs, `no answer to ${protocols?.join(', ')} in time`)
      const { target, context: rest } = await locate(wanted)
      const { record, connection } = await dial(node, target, rest)
      const { type, ...report } = record
      if (protocols === undefined || this.sink.json) await this.sink.record({ type, ...label, ...report }, renderDialed)
      if (holdMs !== undefined) {
        const { type, ...closed } = await holdConnection(connection, holdMs, context.signal)
        await this.sink.record({ type, ...label, ...closed }, renderConnectionClosed)
      }
      if (protocols === undefined) return
      const stream = await openStream(connection, protocols, { signal: answer.signal, timeoutMs: 0 })
      this.sink.note(`joined to ${stream.protocol} of ${record.peer}`)
      await joinConnection(connection, stream, this.stdio(), this.lifetime.signal)
    })
  }
}
