import type { Layer } from './layer.ts'
import type { PubsubDetails } from './pubsub-details.ts'
import type { RoutingDetails } from './routing-details.ts'

/** Bytes in each direction, seen from this side. */
export interface ByteCount {
  sent: number
  received: number
}

/** Bytes of one connection as each layer saw them; the difference between two is what a layer costs. */
export interface BytesByLayer {
  /** on the socket; absent where the transport does not tell */
  wire?: ByteCount
  /** what the transport carried: the wire without the WebSocket framing */
  transport?: ByteCount
  /** after the security protocol: the muxer's frames */
  secured?: ByteCount
  /** after the muxer: what the streams carried, negotiation included */
  streams: ByteCount
  /** after the negotiation of the streams' protocols */
  protocols: ByteCount
}

/** Who did it. */
type By = 'local' | 'remote'

/**
 * What can be seen at each layer, and what is said of it. Types are in the past tense; every detail
 * is plain JSON. docs/inspection.md explains each with a real trace.
 */
export interface InspectionDetails {
  identity: {
    loaded: { peerId: string; keyType: string; fresh: boolean }
    'gave-up': Failure
  }
  address: {
    'name-resolved': { name: string; found: string[]; elapsedMs: number }
    'name-failed': { name: string; code: string; message: string }
    'candidates-listed': { addresses: string[] }
    'address-dropped': { address: string; code: string; reason: string }
    'gave-up': Failure
  }
  transport: {
    'dial-started': { address: string }
    connected: { address: string; elapsedMs: number }
    accepted: { address: string }
    'chunk-sent': { bytes: number }
    'chunk-received': { bytes: number }
    abandoned: { reason: string }
    closed: { by: By; reason: string }
    failed: Failure
    'gave-up': Failure
  }
  security: {
    'network-protected': { elapsedMs: number }
    'line-sent': { line: string }
    'line-received': { line: string }
    'protocol-selected': { protocol: string }
    'handshake-started': { protocol: string }
    'handshake-finished': { protocol: string; peer: string; keyType?: string; earlyMuxer?: string; elapsedMs: number }
    failed: Failure
    'gave-up': Failure
  }
  muxer: {
    'line-sent': { line: string }
    'line-received': { line: string }
    negotiated: { protocol: string; early: boolean }
    'frame-sent': MuxerFrame
    'frame-received': MuxerFrame
    'stream-started': { by: By }
    'stream-ended': { by?: By; reason: string }
    failed: Failure
    'gave-up': Failure
  }
  connection: {
    opened: {
      id: string
      direction: 'inbound' | 'outbound'
      peer: string
      address: string
      security: string
      muxer: string
      earlyMuxer: boolean
      limited: boolean
    }
    closed: { by: By; reason: string }
    'bytes-counted': BytesByLayer
    failed: Failure
    'gave-up': Failure
  }
  stream: {
    'line-sent': { line: string }
    'line-received': { line: string }
    negotiated: { protocol: string }
    'first-byte-sent': { elapsedMs: number }
    'first-byte-received': { elapsedMs: number }
    'half-closed': { by: By }
    reset: { by: By; reason: string }
    closed: { by?: By; sent: number; received: number }
    failed: Failure
    'gave-up': Failure
  }
  protocol: {
    'message-sent': { protocol: string; message: Json }
    'message-received': { protocol: string; message: Json }
    failed: Failure
    'gave-up': Failure
  }
  routing: RoutingDetails & { 'gave-up': Failure }
  pubsub: PubsubDetails<Json> & { 'gave-up': Failure }
}

/**
 * Why something failed, by the code and the message of the error. `failed` is told where it happens;
 * `gave-up` is the last event of a command that fails, at the layer that its error names.
 */
export interface Failure {
  code: string
  message: string
}

/** A frame of a stream muxer. */
export interface MuxerFrame {
  /** yamux: data, window-update, ping, go-away; mplex: new-stream, message, close, reset */
  frame: string
  /** the frame's stream ID on the wire; 0 is the session itself in yamux */
  streamId: string
  /** yamux flags: SYN, ACK, FIN, RST */
  flags?: string[]
  /** bytes of data, the window's growth, a ping's value or the code of a go-away */
  length: number
}

/** Plain JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

type EventsOf<L extends Layer> = {
  [Type in keyof InspectionDetails[L] & string]: {
    layer: L
    type: Type
    detail: InspectionDetails[L][Type]
  }
}[keyof InspectionDetails[L] & string]

/** What happened at a layer, before the time is put on it. */
export type Observed = { [L in Layer]: EventsOf<L> }[Layer]

/** What can be seen of a query to a DHT, before the time is put on it. */
export type RoutingObserved = Extract<Observed, { layer: 'routing' }>

/** Where an event belongs. */
export interface Place {
  /** `c1`, `c2`, … in the order in which the raw connections were begun */
  connection?: string
  /** the muxer's stream ID */
  stream?: string
  peer?: string
}

/** One event of inspection. */
export type InspectionEvent = Observed &
  Place & {
    /** since the command began to look, on the monotonic clock, in milliseconds */
    atMs: number
  }
