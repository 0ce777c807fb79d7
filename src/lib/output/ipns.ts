import type { StoredRecord } from '../records/dht.ts'
import type { IpnsRecord } from '../records/ipns.ts'
import { renderStored } from './dht.ts'
import { renderRows } from './rows.ts'
import type { Style } from './style.ts'

/** Renders what an IPNS record says. */
export function renderIpns(record: IpnsRecord, style: Style): string {
  const { name, value, sequence, ttlMs, validity, expired } = record
  return renderRows(
    [
      ['name', name],
      ['value', value],
      ['sequence', sequence],
      ['TTL', ttlMs === undefined ? undefined : `${ttlMs / 1000} s`],
      ['valid until', expired ? `${validity} ${style.bad('expired')}` : validity],
      ['signature', signatureOf(record, style)],
    ],
    style,
  )
}

/** Renders what was published, and by whom it is stored. */
export function renderPublished(record: IpnsRecord | StoredRecord, style: Style): string {
  return record.type === 'ipns' ? renderIpns(record, style) : renderStored(record, style)
}

function signatureOf({ signature }: IpnsRecord, style: Style): string {
  switch (signature) {
    case 'valid':
      return style.good('valid')
    case 'invalid':
      return style.bad('not valid')
    case 'unchecked':
      return style.warn('not checked: the record does not carry its key, give --name')
    default:
      return signature satisfies never
  }
}
