import { z } from 'zod'
import { failure } from './failure.ts'

const transport = z.enum(['tcp', 'ws', 'quic', 'relay'])
const direction = z.enum(['inbound', 'outbound'])
const at = z.iso.datetime()

/** The layers of one connection, in the words of the wire. */
export const layers = {
  transport: transport.optional(),
  /** negotiated protocol ID, `/noise` or `/tls/1.0.0`; `quic-tls` within QUIC */
  security: z.string(),
  /** negotiated protocol ID, `/yamux/1.0.0` or `/mplex/6.7.0`; `quic` within QUIC */
  muxer: z.string(),
  /** the muxer was agreed on inside the security handshake */
  earlyMuxer: z.boolean(),
}

const ms = z.number().min(0).optional()
const bytes = z.int().min(0).optional()

/** What a connection cost until it was open. */
export const cost = {
  /** where the time went; a step that did not take place is absent */
  timings: z.strictObject({
    /** looking its name up */
    resolveMs: ms,
    /** loading modules of this program */
    loadMs: ms,
    /** the raw connection: with the TLS and HTTP of WebSockets, all of QUIC, the way to and through a relay */
    transportMs: ms,
    /** the nonces of a private network */
    protectMs: ms,
    /** agreeing on a security protocol */
    securityMs: ms,
    /** the security handshake, and the muxer where it was agreed on within */
    handshakeMs: ms,
    /** agreeing on a muxer afterwards */
    muxerMs: ms,
    totalMs: z.number().min(0),
  }),
  /** absent where they are not known */
  bytes: z
    .strictObject({
      /** on the raw connection: TCP payload, UDP payload of QUIC, within the relay's stream */
      wireSent: bytes,
      wireReceived: bytes,
      /** above the security protocol: negotiating the muxer, and its first frames; absent for QUIC */
      sent: bytes,
      received: bytes,
    })
    .optional(),
  /** how often this side waited for the other, judged by the steps that were spoken; absent for a relayed connection */
  roundTrips: z.int().min(1).optional(),
}

/** A connection that `dial` made. */
export const dialedRecord = z.strictObject({
  type: z.literal('dialed'),
  target: z.string().optional(),
  peer: z.string(),
  address: z.string(),
  ...layers,
  direct: z.boolean(),
  /** a relay bounds its bytes or its time */
  limited: z.boolean(),
  /** the peer ID was known before, so that it could be checked */
  authenticated: z.boolean(),
  totalMs: z.number().min(0),
  ...cost,
})

/** All addresses of a listener are bound. */
export const listeningRecord = z.strictObject({
  type: z.literal('listening'),
  peerId: z.string(),
  addresses: z.array(z.string()),
})

const event = { at, connection: z.string(), peer: z.string(), address: z.string(), direction }

export const connectionOpenedRecord = z.strictObject({ type: z.literal('connection-opened'), ...event, ...layers })

export const connectionClosedRecord = z.strictObject({
  type: z.literal('connection-closed'),
  target: z.string().optional(),
  ...event,
  /** who ended it, and why */
  by: z.enum(['local', 'remote']),
  reason: z.string(),
  heldMs: z.number().min(0),
})

/** Somebody connected, and it did not become a libp2p connection. */
export const connectionFailedRecord = z.strictObject({
  type: z.literal('connection-failed'),
  at,
  address: z.string().optional(),
  peer: z.string().optional(),
  direction,
  error: failure,
})

/** The datastore of a listener could not be read or written. It is told once a minute at most. */
export const datastoreFailedRecord = z.strictObject({ type: z.literal('datastore-failed'), at, error: failure })

const streamEvent = { ...event, stream: z.string() }

export const streamOpenedRecord = z.strictObject({
  type: z.literal('stream-opened'),
  ...streamEvent,
  protocol: z.string(),
})

export const streamClosedRecord = z.strictObject({
  type: z.literal('stream-closed'),
  ...streamEvent,
  /** absent where none was agreed on */
  protocol: z.string().optional(),
  /** what was asked for, where none was agreed on */
  asked: z.array(z.string()).optional(),
  by: z.enum(['local', 'remote']).optional(),
  reason: z.string(),
})

/** Events of a listener that nobody read in time. */
export const droppedRecord = z.strictObject({ type: z.literal('dropped'), count: z.int().min(1) })

export type DialedRecord = z.infer<typeof dialedRecord>
export type ListeningRecord = z.infer<typeof listeningRecord>
export type ConnectionClosedRecord = z.infer<typeof connectionClosedRecord>
export type ConnectionFailedRecord = z.infer<typeof connectionFailedRecord>
export type DatastoreFailedRecord = z.infer<typeof datastoreFailedRecord>
/** What happens to a listener while it runs. */
export type ListenEvent =
  | z.infer<typeof connectionOpenedRecord>
  | ConnectionClosedRecord
  | ConnectionFailedRecord
  | DatastoreFailedRecord
  | z.infer<typeof streamOpenedRecord>
  | z.infer<typeof streamClosedRecord>
