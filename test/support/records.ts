import { z } from 'zod'
import { attemptRecord, attemptSummaryRecord } from '../../src/lib/records/attempt.ts'
import { bootstrapChangedRecord, bootstrapPeerRecord } from '../../src/lib/records/bootstrap.ts'
import {
  chatMessageRecord,
  chatPeerRecord,
  chatRoomRecord,
  chatSentRecord,
  chatSummaryRecord,
  peerJoinedRecord,
  peerLeftRecord,
  peerUpdatedRecord,
  roomJoinedRecord,
} from '../../src/lib/records/chat.ts'
import {
  connectionClosedRecord,
  connectionFailedRecord,
  connectionOpenedRecord,
  datastoreFailedRecord,
  dialedRecord,
  droppedRecord,
  listeningRecord,
  streamClosedRecord,
  streamOpenedRecord,
} from '../../src/lib/records/connection.ts'
import {
  bucketRecord,
  closestRecord,
  dhtSummaryRecord,
  lookupTreeRecord,
  peerRecord,
  providerRecord,
  storedRecord,
  valueRecord,
} from '../../src/lib/records/dht.ts'
import { discoveredRecord, discoverSummaryRecord } from '../../src/lib/records/discovered.ts'
import { errorRecord } from '../../src/lib/records/failure.ts'
import { holderRecord } from '../../src/lib/records/holder.ts'
import { identityRecord } from '../../src/lib/records/identity.ts'
import { ipnsRecord } from '../../src/lib/records/ipns.ts'
import { keyRecord, peerIdRecord } from '../../src/lib/records/key.ts'
import { mdnsSummaryRecord } from '../../src/lib/records/mdns.ts'
import { multiaddrRecord } from '../../src/lib/records/multiaddr.ts'
import { lostRecord, pingSummaryRecord, pongRecord } from '../../src/lib/records/ping.ts'
import {
  announcedSummaryRecord,
  meshRecord,
  messageRecord,
  publishedRecord,
  publishSummaryRecord,
  rejectedRecord,
  subscriberRecord,
  subscribeSummaryRecord,
  topicRecord,
} from '../../src/lib/records/pubsub.ts'
import { checkedRecord, resolvedRecord, resolveSummaryRecord } from '../../src/lib/records/resolved.ts'
import { type ScanSummaryRecord, scannedRecord, scanSummaryRecord } from '../../src/lib/records/scanned.ts'
import { tracePageRecord, traceRowRecord } from '../../src/lib/records/trace.ts'

/** Several records share this type: each summarises something else. */
const anySummary = z.union([
  announcedSummaryRecord,
  attemptSummaryRecord,
  chatSummaryRecord,
  dhtSummaryRecord,
  discoverSummaryRecord,
  mdnsSummaryRecord,
  pingSummaryRecord,
  publishSummaryRecord,
  resolveSummaryRecord,
  scanSummaryRecord,
  subscribeSummaryRecord,
])

const anyOther = z.discriminatedUnion('type', [
  attemptRecord,
  bootstrapChangedRecord,
  bootstrapPeerRecord,
  bucketRecord,
  chatMessageRecord,
  chatPeerRecord,
  chatRoomRecord,
  chatSentRecord,
  checkedRecord,
  closestRecord,
  connectionClosedRecord,
  connectionFailedRecord,
  datastoreFailedRecord,
  connectionOpenedRecord,
  dialedRecord,
  discoveredRecord,
  droppedRecord,
  errorRecord,
  holderRecord,
  identityRecord,
  ipnsRecord,
  keyRecord,
  listeningRecord,
  lookupTreeRecord,
  lostRecord,
  meshRecord,
  messageRecord,
  multiaddrRecord,
  peerIdRecord,
  peerJoinedRecord,
  peerLeftRecord,
  peerRecord,
  peerUpdatedRecord,
  pongRecord,
  providerRecord,
  publishedRecord,
  rejectedRecord,
  resolvedRecord,
  roomJoinedRecord,
  scannedRecord,
  storedRecord,
  streamClosedRecord,
  streamOpenedRecord,
  subscriberRecord,
  topicRecord,
  tracePageRecord,
  traceRowRecord,
  valueRecord,
])

/** Any record that a command prints. */
export type AnyRecord = z.infer<typeof anySummary> | z.infer<typeof anyOther>
/** The record of one `type`; where several share it, the keys of the others may be asked for, and are absent. */
export type RecordOf<T extends AnyRecord['type']> = WithAllKeys<Extract<AnyRecord, { type: T }>>

type KeysOf<U> = U extends unknown ? keyof U : never
type WithAllKeys<U, K extends PropertyKey = KeysOf<U>> = U extends unknown
  ? U & Partial<Record<Exclude<K, keyof U>, undefined>>
  : never

/** The summary that a scan ended in; fails when there is none. */
export function scanSummary(records: AnyRecord[]): ScanSummaryRecord {
  return scanSummaryRecord.parse(records.find((record) => record.type === 'summary'))
}

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * Reads one line of `--json` output, and holds it to the contract: see `checkedLine`, and its record's
 * schema.
 *
 * @param line - without its line ending
 * @returns the record
 * @throws Error where the line breaks the contract
 */
export function parseRecord(line: string): AnyRecord {
  const value = checkedLine(line)
  const parsed = (line.startsWith('{"type":"summary"') ? anySummary : anyOther).safeParse(value)
  if (!parsed.success) throw new Error(`against its schema: ${shorten(line)}\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/**
 * Reads one line of JSON that was printed: a compact object, `type` first, no unsafe code point in any
 * string.
 *
 * @param line - without its line ending
 * @returns what it says
 * @throws Error where the line breaks the contract
 */
export function checkedLine(line: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(line, (_key, inner: unknown) => {
      if (typeof inner === 'string' && unsafe.test(inner)) throw new Error('unsafe code point in a string')
      return inner
    })
  } catch (cause) {
    throw new Error(`not a JSON record: ${shorten(line)}`, { cause })
  }
  if (!line.startsWith('{"type":"')) throw new Error(`type is not the first key: ${shorten(line)}`)
  if (JSON.stringify(value) !== line) throw new Error(`not compact: ${shorten(line)}`)
  return value
}

function shorten(line: string): string {
  return line.length > 400 ? `${line.slice(0, 400)}…` : line
}
