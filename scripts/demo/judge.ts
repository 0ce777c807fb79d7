import { isDeepStrictEqual } from 'node:util'
import { greeting, type Visit } from './visit.ts'

/** What each transport has to negotiate: where the muxer is agreed on early, the handshake carried it. */
const expected = {
  tcp: { security: '/noise', muxer: '/yamux/1.0.0', earlyMuxer: true },
  ws: { security: '/noise', muxer: '/yamux/1.0.0', earlyMuxer: true },
  quic: { security: 'quic-tls', muxer: 'quic' },
}

/** Transports in the words of the flags. */
export type TransportWord = keyof typeof expected

/** Every transport that the demo has to see. */
export const transportWords = Object.keys(expected) as TransportWord[]

/** What was found right, and what was not. */
export interface Judgement {
  passed: number
  problems: string[]
}

/**
 * Reads from an address which transport it is for.
 *
 * @param address - a full multiaddr
 * @returns the flag's word
 */
export function transportIn(address: string): TransportWord {
  if (address.includes('/quic-v1')) return 'quic'
  return /\/wss?(\/|$)/.test(address) ? 'ws' : 'tcp'
}

/**
 * Holds what the commands said against what must be so.
 *
 * @param seen - the visit of one address
 * @param peerId - of the listener
 * @returns a sentence for each thing that is off
 */
export function judge(seen: Visit, peerId: string): Judgement {
  const { dialed, identity, summary, pongs, echoed, failures } = seen
  const transport = transportIn(seen.address)
  const problems = failures.map((failure) => `${transport}: ${failure}`)
  let passed = 0
  const expect = (what: string, actual: unknown, wanted: unknown) => {
    if (isDeepStrictEqual(actual, wanted)) passed++
    else problems.push(`${transport}: ${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(wanted)}`)
  }
  expect("dial's record", dialed.type, 'dialed')
  expect("identify's record", identity.type, 'identity')
  expect("ping's last record", summary.type, 'summary')
  for (const record of [dialed, identity, summary, ...pongs]) {
    expect(`the peer ID in ${String(record.type)}`, record.peer, peerId)
  }
  expect('transport', dialed.transport, transport)
  for (const [layer, wanted] of Object.entries(expected[transport])) expect(layer, dialed[layer], wanted)
  expect('direct', dialed.direct, true)
  expect('limited', dialed.limited, false)
  expect('/ipfs/ping/1.0.0 among the protocols', protocols(identity.protocols).includes('/ipfs/ping/1.0.0'), true)
  expect('/echo/1.0.0 among the protocols', protocols(identity.protocols).includes('/echo/1.0.0'), true)
  expect('the list of problems that identify found', identity.problems, [])
  expect(
    'the sequence of pongs',
    pongs.map(({ seq }) => seq),
    [1, 2, 3],
  )
  expect('pings transmitted', summary.transmitted, 3)
  expect('pongs received', summary.received, 3)
  expect('the echo', echoed, greeting)
  return { passed, problems }
}

function protocols(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
