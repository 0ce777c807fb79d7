import type { Place } from './place.ts'

/** A cell that cannot pass, for a reason that is not ours. */
export interface Exception {
  outcome: 'passed' | 'unsupported' | 'upstream'
  /** what the failure has to say, so that another one is not taken for it */
  failure: RegExp
  /** it fails by chance: neither a pass nor this failure says anything new */
  sometimes?: true
  /** it passes, and says less than it seems to */
  passes?: true
  /** one line for the table */
  reason: string
}

const exceptions: Array<Exception & { matches: (place: Place) => boolean }> = [
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && group === 'they dial' && row.startsWith('wss'),
    outcome: 'upstream',
    failure: /No registered transport can dial/,
    reason:
      'py-libp2p 0.8.1 does not dial /tls/ws addresses that end in /p2p/ID (transport/websocket/multiaddr_utils.py)',
  },
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && /dial$/.test(group) && /private network/.test(row),
    outcome: 'upstream',
    failure: /PSK mismatch likely/,
    reason:
      'py-libp2p 0.8.1 encrypts private networks with Salsa20 and 8-byte nonces, where the specification has XSalsa20 and 24 (libp2p/security/pnet/psk_conn.py)',
  },
  {
    matches: ({ implementation, group, column }) =>
      implementation === 'python' && /dial$/.test(group) && /^tls/.test(column),
    outcome: 'upstream',
    failure:
      /did not include the libp2p public key extension|MuxerUpgradeFailure|muxer upgrade timeout|no result within/i,
    reason:
      '@libp2p/tls 3.1 looks for the libp2p extension in the first place only, and py-libp2p puts two others before it',
  },
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && group === 'we dial' && /^wss?$/.test(row),
    outcome: 'upstream',
    failure: /identify has problems: observedAddress/,
    reason:
      'py-libp2p 0.8.1 sends an empty observed address over WebSockets (transport/websocket/connection.py); everything else of the cell works',
  },
  {
    matches: ({ implementation, group, row }) => implementation === 'python' && group === 'they dial' && row === 'quic',
    outcome: 'upstream',
    sometimes: true,
    failure: /echo: (?:.*QUICStreamClosedError|cut short)/,
    reason:
      'py-libp2p 0.8.1 may lose the end of a QUIC stream that it reads (transport/quic/stream.py): its echo is cut short by chance',
  },
  {
    matches: ({ implementation, group, row, column }) =>
      implementation === 'python' && group === 'keys' && row === 'ed25519' && column !== 'as an identity',
    outcome: 'upstream',
    failure: /32 bytes|this has 32/,
    reason:
      'py-libp2p 0.8.1 writes and reads Ed25519 private keys as 32 bytes, where the specification has 64 (crypto/ed25519.py)',
  },
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && group === 'DHT' && /public key|IPNS name, published by us|IPNS record/.test(row),
    outcome: 'upstream',
    failure: /1 refused it|'utf-8' codec can't decode|a valid one was refused/,
    reason:
      'py-libp2p 0.8.1 reads the keys of records as UTF-8, with hexadecimal digits behind /pk/ and /ipns/, where the specification has the bytes of a multihash (kad_dht/kad_dht.py, records/pubkey.py, records/ipns.py)',
  },
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && group === 'DHT' && row.startsWith('IPNS name, published by them'),
    outcome: 'unsupported',
    failure: /makes none/,
    reason: 'py-libp2p 0.8.1 checks IPNS records, and makes none (records/ipns.py)',
  },
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && group === 'DHT' && /protocol ID of its own/.test(row),
    outcome: 'unsupported',
    failure: /no DHT but that of/,
    reason: 'py-libp2p 0.8.1 serves and asks the DHT by /ipfs/kad/1.0.0 alone (kad_dht/common.py)',
  },
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && group === 'pub/sub' && row === 'unsigned, they publish, we receive',
    outcome: 'upstream',
    failure: /rejected: it has a sequence number, where messages have none/,
    reason:
      'py-libp2p 0.8.1 sends an author and a sequence number with messages that are not signed (Pubsub.publish in pubsub/pubsub.py), where the specification has neither: js-libp2p and go-libp2p drop them as well',
  },
  {
    matches: ({ implementation, group, row, column }) =>
      implementation === 'python' &&
      group === 'pub/sub' &&
      row === 'unsigned, from us to us, through theirs' &&
      column === 'gossipsub',
    outcome: 'upstream',
    failure: /\b1 of 100 messages came/,
    reason:
      'py-libp2p 0.8.1 passes the first unsigned message on and no other: what has neither author nor number it takes for one message with several contents (_check_equivocation in pubsub/gossipsub.py)',
  },
  {
    matches: ({ implementation, group, row }) =>
      implementation === 'python' && group === 'failures' && /pre-shared key/.test(row),
    outcome: 'passed',
    passes: true,
    failure: /^$/,
    reason:
      'with py-libp2p no pre-shared key agrees with ours, an equal one included: this shows how a mismatch is told, not that it is one',
  },
]

/**
 * Finds the exception that a cell is.
 *
 * @param place - the cell
 * @returns the first that matches, or undefined for a cell that has to pass
 */
export function exceptionOf(place: Place): Exception | undefined {
  return exceptions.find(({ matches }) => matches(place))
}
