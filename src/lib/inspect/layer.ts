/**
 * The layers of the stack, from the inside of a node outwards. The same words name a layer in
 * inspection events, in error records and in flags.
 */
export const layers = [
  'identity',
  'address',
  'transport',
  'security',
  'muxer',
  'connection',
  'stream',
  'protocol',
  'routing',
  'pubsub',
] as const

/** One layer of the stack. */
export type Layer = (typeof layers)[number]
