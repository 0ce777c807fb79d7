import { setTimeout } from 'node:timers/promises'
import { messageOf } from '../../errors/causes.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord, StoredRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { joinDht } from './join-dht.ts'
import { type Provision, provide } from './provide.ts'

/** Servers forget a provider after 24 to 48 hours, by their version: one failure in between does no harm. */
const everyMs = 12 * 3_600_000

/**
 * Goes on providing what was provided once (kad-dht spec, "Content provider advertisement"): joins the DHT, and tells it
 * again every twelve hours. What fails then is told, and tried again the next time.
 *
 * @param node - a node that serves the DHT
 * @param input - what to provide, as before; how often, in milliseconds; who is told what fails
 * @param context - the signal ends it, and is no failure; the time limit is that of each query
 * @returns who stored it and the summary, each time
 */
export async function* keepProviding(
  node: RunningNode,
  input: Provision & { everyMs?: number; onNote: (note: string) => void },
  context: OperationContext,
): AsyncGenerator<StoredRecord | DhtSummaryRecord> {
  const { onNote } = input
  const { signal } = context
  void join(node, input, context, onNote)
  for (;;) {
    try {
      await setTimeout(input.everyMs ?? everyMs, undefined, { signal })
      yield* provide(node, input, context)
    } catch (error) {
      if (signal.aborted) return
      onNote(`not provided again: ${messageOf(error)}`)
    }
  }
}

/** The server of `--from` is the only one that is known, and may have to be looked up. */
async function join(
  node: RunningNode,
  { bootstrap, from, locate }: Provision,
  context: OperationContext,
  tell: (note: string) => void,
): Promise<void> {
  try {
    const server = from?.addresses.length === 0 ? await locate?.(node, context) : from
    await joinDht(node, server === undefined ? bootstrap : [server], context, tell)
  } catch (error) {
    if (!context.signal.aborted) tell(`not joined: ${messageOf(error)}`)
  }
}
