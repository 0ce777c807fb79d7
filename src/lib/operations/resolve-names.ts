import type { Multiaddr } from '@multiformats/multiaddr'
import type { NameServer } from '../addresses/name-server.ts'
import { NameTree } from '../addresses/name-tree.ts'
import { Resolution, type ResolvedAddress } from '../addresses/resolve.ts'
import { peerOf } from '../addresses/target.ts'
import type { TreeNode } from '../addresses/tree-node.ts'
import { deadlineOf, formatDuration } from '../errors/deadline.ts'
import { type AddressOutcome, ToolkitError } from '../errors/toolkit-error.ts'
import { failedDial } from '../node/failed-dial.ts'
import type { CheckedRecord, ResolvedRecord, ResolveSummaryRecord } from '../records/resolved.ts'
import type { AddressCheck } from './check-address.ts'
import type { OperationContext } from './context.ts'
import { sideBySide } from './side-by-side.ts'

/** What to look up. */
export interface ResolveInput {
  /** what the user wrote, for the records */
  input: string
  address: Multiaddr
  names: NameServer
  /** dials a leaf; without it none is */
  check?: (leaf: ResolvedAddress, context: OperationContext) => Promise<AddressCheck>
}

/** A record, and where it stands in the tree: for each level whether its branch is the last of its parent's. */
export interface ResolveItem {
  record: ResolvedRecord | CheckedRecord | ResolveSummaryRecord
  last?: boolean[]
}

/** How many leaves are dialled at a time. */
const checksAtOnce = 8

/**
 * Looks up the names in an address, and dials each leaf where that is asked for. All look-ups together, and each dial
 * on its own, take at most the context's time.
 *
 * @param asked - the address, the name server, and how to dial a leaf
 * @param context - signal and time limit
 * @returns the tree, each node before its branches; then the dials, as they end; then the summary
 * @throws ToolkitError after the summary: `unreachable` where no leaf was found, `timeout` where one could still have
 *   come; where leaves were dialled in vain the class of the one that got furthest
 */
export async function* resolveNames(asked: ResolveInput, context: OperationContext): AsyncGenerator<ResolveItem> {
  const { input, address, check } = asked
  const started = performance.now()
  const resolution = new Resolution()
  const within = `no answer of a name server within ${formatDuration(context.timeoutMs)}`
  using deadline = deadlineOf(context.signal, context.timeoutMs, within)
  const tree = new NameTree(asked.names, deadline.signal)
  for await (const node of tree.grow(address)) {
    resolution.add(node)
    yield { record: resolvedRecord(input, node), last: node.last }
  }

  const leaves = distinct(resolution.resolved)
  const unreachable: AddressOutcome[] = []
  if (check !== undefined) {
    for await (const result of sideBySide(leaves, checksAtOnce, (leaf) => check(leaf, context))) {
      if (!result.ok) unreachable.push(result.outcome)
      yield { record: checkedRecord(input, result) }
    }
  }
  const { failed, dropped, passedOver } = resolution
  const reachable = leaves.length - unreachable.length
  yield {
    record: {
      type: 'summary',
      input,
      leaves: leaves.length,
      ...(check !== undefined && { reachable }),
      deadEnds: failed.length,
      dropped,
      passedOver,
      lookUps: tree.lookUps,
      totalMs: performance.now() - started,
    },
  }
  if (leaves.length === 0) throw noLeaf(failed)
  if (reachable > 0) return
  const peer = peerOf(address)
  const target = { label: input, addresses: [address], ...(peer !== undefined && { peer }) }
  throw failedDial(target, [...unreachable, ...failed])
}

function distinct(leaves: ResolvedAddress[]): ResolvedAddress[] {
  return [...new Map(leaves.map((leaf) => [`${leaf.address} ${leaf.hostName}`, leaf])).values()]
}

function resolvedRecord(input: string, node: TreeNode): ResolvedRecord {
  const { address, parent, answer, last, leaf, name, problem } = node
  return {
    type: 'resolved',
    input,
    depth: last.length,
    ...(parent && { parent: parent.toString() }),
    ...(address && { address: address.toString() }),
    leaf,
    ...(name !== undefined && { name }),
    ...(answer && { answer: answer.text, recordType: answer.type }),
    ...(answer?.ttlMs !== undefined && { ttlMs: answer.ttlMs }),
    ...(problem && { problem: problem.name, message: problem.message }),
    ...(problem?.kind === 'left-out' && { count: problem.count }),
  }
}

function checkedRecord(input: string, result: AddressCheck): CheckedRecord {
  if (result.ok) return { type: 'checked', input, ...result }
  const { address, tried, layer, code, message } = result.outcome
  return { type: 'checked', input, address, ok: false, tried, ...(layer && { layer }), code, message }
}

function noLeaf(deadEnds: AddressOutcome[]): ToolkitError {
  const late = deadEnds.find((outcome) => outcome.code === 'timeout')
  const [first] = late === undefined ? deadEnds : [late]
  const reason = first?.message ?? 'no records'
  const message =
    deadEnds.length === 1 ? reason : `none of ${deadEnds.length} names leads to an address; first: ${reason}`
  return new ToolkitError(late?.code ?? 'unreachable', message, { layer: 'address', addresses: deadEnds })
}
