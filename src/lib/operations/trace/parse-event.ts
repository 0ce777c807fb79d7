import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Json } from '../../inspect/event.ts'
import { type Layer, layers } from '../../inspect/layer.ts'
import type { TraceEvent } from '../../inspect/trace-event.ts'

/** 34 years: beyond, a double tells microseconds apart no more. */
const longestMs = 2 ** 40

/**
 * Parses one line of a trace. An unknown type and further keys are another version's; an unknown
 * layer is no libp2p trace.
 *
 * @param text - the line
 * @returns the event
 * @throws ToolkitError `local` with the reason alone; the caller knows the file and the line
 */
export function parseTraceEvent(text: string): TraceEvent {
  const value = parseJson(text)
  if (!isObject(value)) throw refusal('not a JSON object')
  const { type, layer, atMs, connection, stream, peer, detail } = value
  if (typeof type !== 'string' || type === '') throw refusal('no event type in "type"')
  if (typeof layer !== 'string') throw refusal('no layer in "layer"')
  if (!isLayer(layer)) throw refusal(`not a layer: ${shorten(layer)}`)
  if (typeof atMs !== 'number' || !(atMs >= 0 && atMs <= longestMs)) {
    throw refusal('not a number of milliseconds in "atMs"')
  }
  if (!isObject(detail)) throw refusal('not an object in "detail"')
  const place = {
    ...(connection !== undefined && { connection: placeName('connection', connection) }),
    ...(stream !== undefined && { stream: placeName('stream', stream) }),
    ...(peer !== undefined && { peer: placeName('peer', peer) }),
  }
  return { type, layer, atMs, ...place, detail }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal('not JSON')
  }
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isLayer(value: string): value is Layer {
  return layers.some((layer) => layer === value)
}

function placeName(key: string, value: Json): string {
  if (typeof value !== 'string') throw refusal(`not a text in "${key}"`)
  return value
}

function refusal(reason: string): ToolkitError {
  return new ToolkitError('local', reason)
}

function shorten(text: string): string {
  return JSON.stringify(text.length <= 64 ? text : `${text.slice(0, 63)}…`)
}
