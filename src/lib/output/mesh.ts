import { stripVTControlCharacters } from 'node:util'
import type { MeshRecord } from '../records/pubsub.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const heads = [
  'peer',
  'state',
  'score',
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

/** Digits of a peer ID on a terminal, where a row has to fit into a line. */
const shortPeer = 8

/**
 * Makes the renderer of a mesh: one line of its size, and a table of peers; counts are sent/received. On a terminal each
 * is drawn over the one before.
 *
 * @returns the renderer
 */
export function meshRenderer() {
  let drawn = 0
  return (record: MeshRecord, style: Style): string => {
    const text = renderMesh(record, style)
    if (!style.tty) return text
    const back = drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`
    const widths = text.split('\n').map((line) => stripVTControlCharacters(line).length)
    drawn = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / style.columns)), 0)
    return `${back}${text}`
  }
}

function renderMesh({ at, topic, mesh, fanout, known, peers }: MeshRecord, style: Style): string {
  const sizes = `${mesh.length} in the mesh, ${fanout.length} in the fanout, ${known.length} known`
  const head = `${style.dim(at.slice(11, 19))} ${style.bold(topic)}: ${sizes}, ${peers.length} connected`
  const rows = peers.map((peer) => [
    style.tty ? `…${peer.peer.slice(-shortPeer)}` : peer.peer,
    peer.state === 'mesh' ? style.good(peer.state) : peer.state,
    peer.score < 0 ? style.bad(scoreOf(peer)) : scoreOf(peer),
    peer.latencyMs === undefined ? '-' : `${peer.latencyMs.toFixed(1)} ms`,
    `${peer.messagesSent}/${peer.messagesReceived}`,
    ...controls.map((name) => `${peer.sent[name]}/${peer.received[name]}`),
    peer.protocol ?? '-',
  ])
  return rows.length === 0 ? head : `${head}\n${renderTable(heads, rows, style)}`
}

function scoreOf({ score }: MeshRecord['peers'][number]): string {
  return Number(score.toFixed(2)).toString()
}
