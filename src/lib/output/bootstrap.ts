import type { BootstrapChangedRecord, BootstrapPeerRecord } from '../records/bootstrap.ts'
import type { Style } from './style.ts'

/** Renders an entry of a bootstrap list: the address alone, for pipes. */
export function renderBootstrapPeer(record: BootstrapPeerRecord, _style: Style): string {
  return record.address
}

/** Renders what became of an entry, in one line. */
export function renderBootstrapChanged({ change, address, list }: BootstrapChangedRecord, style: Style): string {
  switch (change) {
    case 'added':
      return `${style.good('added')} ${address}`
    case 'kept':
      return `already in ${list}: ${address}`
    case 'removed':
      return `${style.good('removed')} ${address}`
  }
}
