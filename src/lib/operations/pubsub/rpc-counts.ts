import type { PubsubListener } from '../../node/pubsub/pubsub.ts'
import type { MeshRecord } from '../../records/pubsub.ts'

type Rpc = Parameters<PubsubListener['rpc']>[2]
type Counts = Pick<MeshRecord['peers'][number], 'sent' | 'received' | 'messagesSent' | 'messagesReceived'>

/** Counts what the RPCs of each peer carry. */
export class RpcCounts {
  readonly #counts = new Map<string, Counts>()

  /** Counts an RPC. */
  add(direction: 'sent' | 'received', peer: string, { messages, control }: Rpc): void {
    const counts = this.#counts.get(peer) ?? none()
    this.#counts.set(peer, counts)
    counts[direction === 'sent' ? 'messagesSent' : 'messagesReceived'] += messages.length
    if (control === undefined) return
    counts[direction].graft += control.graft.length
    counts[direction].prune += control.prune.length
    for (const name of ['ihave', 'iwant', 'idontwant'] as const) {
      counts[direction][name] += control[name].reduce((sum, { messageIDs }) => sum + messageIDs.length, 0)
    }
  }

  /** What was counted of a peer. */
  of(peer: string): Counts {
    return this.#counts.get(peer) ?? none()
  }

  /** Forgets all peers but these. */
  keep(peers: string[]): void {
    const kept = new Set(peers)
    for (const peer of this.#counts.keys()) if (!kept.has(peer)) this.#counts.delete(peer)
  }
}

function none(): Counts {
  const control = () => ({ graft: 0, prune: 0, ihave: 0, iwant: 0, idontwant: 0 })
  return { sent: control(), received: control(), messagesSent: 0, messagesReceived: 0 }
}
