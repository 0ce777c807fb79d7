import type { MeshRecord } from '../records/pubsub.ts'
import type { LiveText } from './live-text.ts'
import { shortPeer } from './pubsub.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const heads = [
  'peer',
  'state',
  'score',
  'penalty',
  'latency',
  'messages',
  'GRAFT',
  'PRUNE',
  'IHAVE',
  'IWANT',
  'IDONTWANT',
  'protocol',
]
const controls = ['graft', 'prune', 'ihave', 'iwant', 'idontwant'] as const

/**
 * Makes the renderer of a mesh: one line of its size, and a table of peers; counts are sent/received.
 *
 * @param live - what it is drawn in on a terminal
 * @returns the renderer
 */
export function meshRenderer(live: LiveText) {
  return (record: MeshRecord, style: Style): string => live.draw(renderMesh(record, style), style)
}

function renderMesh({ at, topic, mesh, fanout, known, peers }: MeshRecord, style: Style): string {
  const sizes = `${mesh.length} in the mesh, ${fanout.length} in the fanout, ${known.length} known`
  const head = `${style.dim(at.slice(11, 19))} ${style.bold(topic)}: ${sizes}, ${peers.length} connected`
  const rows = peers.map((peer) => [
    // on a terminal a row has to fit into a line
    style.tty ? shortPeer(peer.peer) : peer.peer,
    peer.state === 'mesh' ? style.good(peer.state) : peer.state,
    peer.score < 0 ? style.bad(rounded(peer.score)) : rounded(peer.score),
    rounded(peer.components.behaviourPenalty),
    peer.latencyMs === undefined ? '-' : `${peer.latencyMs.toFixed(1)} ms`,
    `${peer.messagesSent}/${peer.messagesReceived}`,
    ...controls.map((name) => `${peer.sent[name]}/${peer.received[name]}`),
    peer.protocol ?? '-',
  ])
  return rows.length === 0 ? head : `${head}\n${renderTable(heads, rows, style)}`
}

function rounded(value: number): string {
  return Number(value.toFixed(2)).toString()
}
