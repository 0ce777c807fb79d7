import { groupTargets } from '../addresses/target.ts'
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

/** How a listener is planned, and what has become of the plan. */
interface Listening<Plan extends { addresses: string[] }> {
  listenPlan(
    asked: string[] | undefined,
    choices: { transports: NetworkFlags['transport']; privateNetwork: boolean; secureWebSockets: boolean },
  ): Plan
  bound(node: RunningNode, plan: Plan): Bound
}

/** How the others are to be found. */
interface MeetingChoices {
  bootstrap?: string[] | undefined
  list?: string | undefined
  mdns: boolean
  'service-tag'?: string | undefined
}

/** What the commands of pub/sub share. */
export abstract class PubsubCommand extends NetworkCommand {
  /**
   * Says how the others are to be found, before anything is opened. No list is used unless it is named: the shipped one is
   * of a DHT.
   *
   * @param flags - parsed flags
   * @returns what operations take
   * @throws ToolkitError `local` for a list that is not there or cannot be read
   */
  protected async meetingOf(flags: NetworkFlags & MeetingChoices) {
    const { bootstrap, list, mdns, 'service-tag': service } = flags
    return {
      peers: groupTargets(bootstrap ?? (list === undefined ? [] : await this.#addressesOf(list))),
      mdns: mdns ? { service, inspector: await this.inspector(flags) } : undefined,
      onNote: (note: string) => this.sink.note(note),
    }
  }

  /**
   * Opens a node with pub/sub that listens, and tells its addresses: on stderr, or in the first record.
   *
   * @param flags - parsed flags
   * @param operations - what plans it
   * @returns the node
   * @throws ToolkitError what these throw, and opening a node
   */
  protected async openListening<Plan extends { addresses: string[] }>(
    flags: NetworkFlags & Partial<PubsubSpec> & { listen?: string[] | undefined },
    { listenPlan, bound }: Listening<Plan>,
  ): Promise<RunningNode> {
    const choices = { transports: flags.transport, privateNetwork: flags.psk !== undefined, secureWebSockets: false }
    const plan = listenPlan(flags.listen, choices)
    const node = await this.openNode(flags, { listen: plan.addresses, ...pubsubSpecOf(flags) })
    try {
      const { record, notes } = bound(node, plan)
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
   * @param found - how many there were
   * @param count - how many were asked for
   * @param what - of what
   * @throws ToolkitError `timeout` where the time was over, and the reason of any other end
   */
  protected refuseTooFew(found: number, count: number | undefined, what: string): void {
    if (count === undefined || found >= count) return
    if (this.lifetime.limitReached) throw new ToolkitError('timeout', `${found} of ${count} ${what} came in time`)
    this.lifetime.signal.throwIfAborted()
  }

  async #addressesOf(list: string): Promise<string[]> {
    const { readBootstrapList } = await import('../addresses/bootstrap/list-file.ts')
    const peers = await readBootstrapList(this.config.configDir, list)
    return peers.map(({ address }) => address)
  }
}
