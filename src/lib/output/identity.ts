import type { IdentityRecord } from '../records/identity.ts'
import { renderRows } from './rows.ts'
import type { Style } from './style.ts'

/** Renders what a peer says of itself. */
export function renderIdentity(record: IdentityRecord, style: Style): string {
  const { signedPeerRecord: signed } = record
  const signature = signed && (signed.valid ? style.good('valid') : style.bad('not valid'))
  return renderRows(
    [
      ['target', record.target],
      ['peer', record.peer],
      ['agent', record.agentVersion],
      ['protocol version', record.protocolVersion],
      ['public key', record.publicKey],
      ['listens on', record.listenAddresses],
      ['observed us at', record.observedAddress],
      ['protocols', record.protocols.toSorted()],
      ['signed record', signed && [`${signature}, seq ${signed.seq}`, ...signed.addresses]],
      ['problems', record.problems.map((problem) => style.bad(problem))],
      ['truncated', record.truncated ? style.warn('more was sent than is shown') : undefined],
    ],
    style,
  )
}
