import { ToolkitError } from '../errors/toolkit-error.ts'
import type { RunningNode } from '../node/node.ts'
import type { PubsubSpec } from '../node/spec.ts'
import { renderListening } from '../output/listening.ts'
import { NetworkCommand, type NetworkFlags } from './network-command.ts'
import { pubsubSpecOf } from './pubsub-flags.ts'

/** What a listener has bound. */
interface Bound {
  record: Parameters<typeof renderListening>[0]
  notes: string[]
}

/** What the commands share that others can join by address. */
export abstract class PubsubCommand extends NetworkCommand {
  /**
   * Opens a node with pub/sub that listens, and tells its addresses: on stderr, or in the first record.
   *
   * @param flags - parsed flags
   * @param addresses - what it listens on
   * @param boundOf - what it has bound of them
   * @returns the node
   */
  protected async openListening(
    flags: NetworkFlags & Partial<PubsubSpec>,
    addresses: string[],
    boundOf: (node: RunningNode) => Bound,
  ): Promise<RunningNode> {
    const node = await this.openNode(flags, { listen: addresses, ...pubsubSpecOf(flags) })
    try {
      const { record, notes } = boundOf(node)
      for (const note of notes) this.sink.note(note)
      if (this.sink.json) await this.sink.record(record, renderListening)
      else for (const address of record.addresses) this.sink.note(`listening on ${address}`)
      return node
    } catch (error) {
      await node[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Ends the command after `--for`, and what counts also after a `--timeout` that was given. */
  protected limitBy(flags: {
    for?: number | undefined
    count?: number | undefined
    timeout?: number | undefined
  }): void {
    const limitMs = flags.for ?? (flags.count === undefined ? undefined : flags.timeout)
    if (limitMs !== undefined && (limitMs > 0 || flags.for !== undefined)) this.lifetime.limit(limitMs)
  }

  /**
   * Fails a command that was ended before it had counted enough.
   *
   * @param messages - how many there were
   * @param count - how many were asked for
   * @throws ToolkitError `timeout` where the time was over, and the reason of any other end
   */
  protected refuseTooFew(messages: number, count: number | undefined): void {
    if (count === undefined || messages >= count) return
    if (this.lifetime.limitReached) throw new ToolkitError('timeout', `${messages} of ${count} messages came in time`)
    this.lifetime.signal.throwIfAborted()
  }
}
