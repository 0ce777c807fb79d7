import { Args, Flags } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { longestTopic, type PubsubSpec, pubsubRouters, signingPolicies } from '../node/spec.ts'
import { canonicalAddress } from './arguments.ts'
import { bootstrapOptions, listOptions } from './dht-flags.ts'
import { serviceTagFlag } from './mdns-flags.ts'
import { repeatable } from './repeatable.ts'

const helpGroup = 'PUBSUB'

const routerOptions = {
  options: pubsubRouters,
  summary: 'how messages are passed on [default: gossipsub]',
  helpGroup,
}

const signingOptions = {
  options: signingPolicies,
  summary:
    'whether messages are signed, here and by others; with none equal payloads of a topic are copies [default: strict]',
  helpGroup,
}

/** How the others are found who take part in pub/sub. */
export const meetingFlags = {
  bootstrap: Flags.string({ ...bootstrapOptions, summary: 'address of a peer to connect to', helpGroup }),
  list: Flags.string({ ...listOptions, summary: 'bootstrap list of peers to connect to', helpGroup }),
  mdns: Flags.boolean({ summary: 'find peers of the local network; who listens is found as well', helpGroup }),
  'service-tag': serviceTagFlag({ helpGroup, dependsOn: ['mdns'] }),
}

/** The flags of every command of pub/sub. */
export const pubsubFlags = {
  router: Flags.option(routerOptions)(),
  signing: Flags.option(signingOptions)(),
  ...meetingFlags,
}

/** How a listener takes part in pub/sub. */
export const pubsubServiceFlags = {
  pubsub: Flags.string({
    summary: 'subscribe to a topic, and pass its messages on',
    helpValue: 'TOPIC',
    helpGroup,
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => topicName(text),
  }),
  router: Flags.option({ ...routerOptions, dependsOn: ['pubsub'] })(),
  signing: Flags.option({ ...signingOptions, dependsOn: ['pubsub'] })(),
}

/** Where others can join. */
export const joinFlags = {
  listen: Flags.string({
    summary: 'multiaddr to listen on [default: loopback, free ports, once for each transport]',
    helpValue: 'MULTIADDR',
    helpGroup,
    ...repeatable,
    parse: async (text) => canonicalAddress(text),
  }),
}

/**
 * Makes the part of a NodeSpec that is about pub/sub.
 *
 * @param flags - parsed flags
 * @returns `pubsub`
 */
export function pubsubSpecOf(flags: Partial<PubsubSpec>): { pubsub: PubsubSpec } {
  return { pubsub: { router: flags.router ?? 'gossipsub', signing: flags.signing ?? 'strict' } }
}

/**
 * Parses a topic: any text.
 *
 * @param text - what the user wrote
 * @returns the same text
 * @throws ToolkitError `usage` for an empty or a very long one
 */
function topicName(text: string): string {
  if (text !== '' && Buffer.byteLength(text) <= longestTopic) return text
  throw new ToolkitError('usage', `not a topic: it has ${Buffer.byteLength(text)} bytes, not 1 to ${longestTopic}`)
}

/** A topic. */
export const topicArgument = Args.custom<string>({
  ignoreStdin: true,
  description: 'topic: any text, the same for all who take part',
  parse: async (text) => topicName(text),
})
