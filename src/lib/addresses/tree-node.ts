import type { Multiaddr } from '@multiformats/multiaddr'

/** What a name server said. */
export interface Answer {
  type: 'A' | 'AAAA' | 'TXT'
  /** an IP address, or the beginning of a TXT record */
  text: string
  /** how long it holds, in milliseconds, where that is known */
  ttlMs?: number
}

/** A record that is of no use. */
export interface Dropped {
  kind: 'dropped'
  name: 'not-dnsaddr' | 'not-a-multiaddr' | 'too-long' | 'other-peer'
  message: string
}

/** A name that leads nowhere. */
export interface DeadEnd {
  kind: 'dead-end'
  name: 'unknown-host' | 'no-match' | 'loop' | 'asked-before' | 'too-deep' | 'timeout' | 'failed'
  message: string
}

/** Records of one name that have no nodes of their own: not followed, or of no use. */
export interface LeftOut {
  kind: 'left-out'
  name: 'passed-over' | 'not-shown'
  message: string
  count: number
}

/** A node of the tree that an address grows when its names are looked up. */
export interface TreeNode {
  /** absent where the answer is no address, or is left out */
  address?: Multiaddr
  /** the address whose name was looked up; absent at the root */
  parent?: Multiaddr
  /** absent at the root */
  answer?: Answer
  /** for each level below the root, whether this branch is the last of its parent's */
  last: boolean[]
  /** the name that was looked up for the branches of this node */
  name?: string
  /** an address with nothing left to look up */
  leaf: boolean
  /** of a leaf: the name that its IP was looked up from */
  hostName?: string
  problem?: Dropped | DeadEnd | LeftOut
}
