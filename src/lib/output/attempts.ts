import type { AttemptRecord, AttemptSummaryRecord } from '../records/attempt.ts'
import { renderMs } from './rows.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** Renders attempts as a table, an address a row; with several targets a table for each. */
export function renderAttempts(attempts: AttemptRecord[], style: Style): string {
  const targets = Map.groupBy(attempts, ({ target }) => target)
  return [...targets].map(([target, rows]) => renderTarget(target, rows, style)).join('\n\n')
}

/** Renders one attempt, as a table of its own. */
export function renderAttempt(attempt: AttemptRecord, style: Style): string {
  return renderAttempts([attempt], style)
}

/** Renders the summary of the attempts, in one line. */
export function renderAttemptSummary(record: AttemptSummaryRecord, style: Style): string {
  const { tried, succeeded, failed, notTried } = record
  const counts = [
    `${tried} tried`,
    succeeded > 0 ? style.good(`${succeeded} worked`) : `${succeeded} worked`,
    failed > 0 ? style.bad(`${failed} failed`) : `${failed} failed`,
    `${notTried} not tried`,
  ]
  return counts.join(', ')
}

function renderTarget(target: string | undefined, attempts: AttemptRecord[], style: Style): string {
  const peers = new Set(attempts.map(peerOf).filter((peer) => peer !== undefined))
  // the one peer that all of them name, or turned out to be, is said once
  const [peer] = peers.size === 1 ? peers : []
  const title = peer ?? target
  const rows = attempts.map((attempt) => [
    peer === undefined ? attempt.address : withoutEnd(attempt.address, `/p2p/${peer}`),
    attempt.transport ?? '',
    resultOf(attempt, style),
    attempt.totalMs === undefined ? '' : renderMs(attempt.totalMs),
    detailOf(attempt, peer),
  ])
  const table = renderTable(['address', 'transport', 'result', 'time', 'layers, or cause'], rows, style)
  return title === undefined ? table : `${style.dim(peer === undefined ? 'target' : 'peer')}  ${title}\n${table}`
}

function withoutEnd(address: string, end: string): string {
  return address.endsWith(end) ? address.slice(0, -end.length) : address
}

/** The peer that an attempt found, else the one that its address names. */
function peerOf({ peer, address }: AttemptRecord): string | undefined {
  return peer ?? /\/p2p\/([^/]+)$/.exec(address)?.[1]
}

function resultOf({ ok, tried, code }: AttemptRecord, style: Style): string {
  if (ok) return style.good('ok')
  return tried ? style.bad(code ?? 'failed') : style.dim('not tried')
}

function detailOf({ ok, tried, layer, message = '', ...attempt }: AttemptRecord, peer: string | undefined): string {
  if (!ok) return tried && layer !== undefined ? `${layer}: ${message}` : message
  const { security, muxer, roundTrips } = attempt
  const trips = roundTrips === undefined ? undefined : `${roundTrips} round trip${roundTrips === 1 ? '' : 's'}`
  const found = peer === undefined ? attempt.peer : undefined
  return [security, muxer, trips, found].filter((part) => part !== undefined).join(', ')
}
