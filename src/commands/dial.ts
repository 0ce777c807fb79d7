import { Flags } from '@oclif/core'
import { groupTargets } from '../lib/addresses/target.ts'
import { canonicalPeerId, protocolId, targetArgument } from '../lib/command/arguments.ts'
import { durationFlag } from '../lib/command/durations.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { deadlineOf } from '../lib/errors/deadline.ts'
import { ToolkitError } from '../lib/errors/toolkit-error.ts'
import { dial, holdConnection } from '../lib/operations/dial.ts'
import { joinConnection } from '../lib/operations/join-connection.ts'
import { openStream } from '../lib/operations/open-stream.ts'
import { renderConnectionClosed, renderDialed } from '../lib/output/dialed.ts'

/** `p2p dial`: connect, report every layer, and join a stream to stdin and stdout. */
export default class Dial extends NetworkCommand {
  static override summary = 'Connect to a peer and report what each layer agreed on'
  static override description =
    'With --protocol it is nc for libp2p: the stream is joined to stdin and stdout, the end of stdin half-closes it, and stdout carries the bytes of the stream alone.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /ip4/127.0.0.1/tcp/4001',
    '<%= config.bin %> <%= command.id %> --json --security tls,noise /dns4/localhost/tcp/4002/ws',
    'echo hello | <%= config.bin %> <%= command.id %> --protocol /echo/1.0.0 /ip4/127.0.0.1/tcp/4001',
  ]
  static override args = { addr: targetArgument }
  static override flags = {
    protocol: Flags.string({
      summary: 'open a stream of this protocol; several are offered in order',
      helpValue: 'PROTOCOL',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      parse: async (text) => protocolId(text),
    }),
    raw: Flags.boolean({ summary: 'write bytes to a terminal as they are', dependsOn: ['protocol'] }),
    'expect-peer': Flags.string({
      summary: 'peer ID that the other side has to prove',
      helpValue: 'ID',
      parse: async (text) => canonicalPeerId(text),
    }),
    for: durationFlag({ summary: 'hold the connection this long, and say who closed it', exclusive: ['protocol'] }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Dial)
    const { protocol: protocols, for: holdMs } = flags
    this.openSink({ ...flags, bytes: protocols !== undefined })
    const targets = groupTargets(args.addr, flags['expect-peer'])
    if (protocols !== undefined && targets.length > 1) {
      throw new ToolkitError('usage', '--protocol joins one stream: give the addresses of one peer', {
        layer: 'address',
      })
    }
    const context = this.contextOf(flags)
    await using node = await this.openNode(flags)
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
}
