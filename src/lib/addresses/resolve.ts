import type { Multiaddr } from '@multiformats/multiaddr'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import type { NameServer } from './name-server.ts'
import { NameTree } from './name-tree.ts'
import type { TreeNode } from './tree-node.ts'

/** An address with nothing left to look up. */
export interface ResolvedAddress {
  address: Multiaddr
  /** the name that its IP was looked up from: TLS and HTTP servers want to hear it */
  hostName?: string
}

/** What became of an address: addresses to dial, dead ends with their reasons, and what was not followed. */
export class Resolution {
  readonly resolved: ResolvedAddress[] = []
  readonly failed: AddressOutcome[] = []
  /** records that were of no use */
  dropped = 0
  /** records that were not followed, since there are too many */
  passedOver = 0

  /**
   * Takes a node of the tree into account.
   *
   * @param node - the node
   */
  add({ address, leaf, hostName, problem }: TreeNode): void {
    if (leaf && address !== undefined) this.resolved.push({ address, ...(hostName !== undefined && { hostName }) })
    switch (problem?.kind) {
      case undefined:
        break
      case 'dropped':
        this.dropped++
        break
      case 'left-out':
        if (problem.name === 'passed-over') this.passedOver += problem.count
        else this.dropped += problem.count
        break
      case 'dead-end':
        this.failed.push({
          address: String(address),
          tried: false,
          layer: 'address',
          code: problem.name === 'timeout' ? 'timeout' : 'unreachable',
          message: problem.message,
        })
    }
  }
}

/**
 * Looks up the names in an address for dialling.
 *
 * @param address - any multiaddr
 * @param names - the name server to ask
 * @param signal - ends the look-ups
 * @param onUseless - told of each node of the tree with a problem
 * @returns at most 64 addresses, and a reason for each name that led nowhere
 * @throws the signal's reason when it aborts
 */
export async function resolveAddress(
  address: Multiaddr,
  names: NameServer,
  signal: AbortSignal,
  onUseless?: (node: TreeNode) => void,
): Promise<Resolution> {
  const resolution = new Resolution()
  for await (const node of new NameTree(names, signal).grow(address)) {
    resolution.add(node)
    if (node.problem !== undefined) onUseless?.(node)
  }
  signal.throwIfAborted()
  const { passedOver, failed } = resolution
  if (passedOver > 0) {
    const message = `${passedOver} more records are passed over`
    failed.push({ address: address.toString(), tried: false, layer: 'address', code: 'unreachable', message })
  }
  return resolution
}
