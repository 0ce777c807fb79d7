import { Flags } from '@oclif/core'
import type { NodeSpec, PubsubSpec } from '../node/spec.ts'
import { canonicalAddress, canonicalPeerId, protocolId } from './arguments.ts'
import { type DhtServiceChoices, dhtServiceFlags, dhtSpecOf } from './dht-service-flags.ts'
import { durationFlag } from './durations.ts'
import { serviceTagFlag } from './mdns-flags.ts'
import { pubsubServiceFlags, pubsubSpecOf } from './pubsub-flags.ts'
import { repeatable } from './repeatable.ts'
import { readServerCertificate } from './tls-files.ts'

/** What a listener answers, whom it lets in, and how it is found. */
export const listenFlags = {
  announce: Flags.string({
    ...repeatable,
    summary: 'address to tell others instead',
    helpValue: 'ADDR',
    parse: async (text) => canonicalAddress(text),
  }),
  'address-file': Flags.string({ summary: 'write the addresses to a file, once all are bound', helpValue: 'FILE' }),
  echo: Flags.boolean({ summary: 'serve /echo/1.0.0' }),
  protocol: Flags.string({
    summary: 'join the first stream of this protocol to stdin and stdout',
    helpValue: 'PROTOCOL',
    parse: async (text) => protocolId(text),
  }),
  raw: Flags.boolean({ summary: 'write bytes to a terminal as they are', dependsOn: ['protocol'] }),
  'allow-peer': Flags.string({
    ...repeatable,
    summary: 'let only this peer in',
    helpValue: 'ID',
    parse: async (text) => canonicalPeerId(text),
  }),
  once: Flags.boolean({ summary: 'end after the first peer' }),
  for: durationFlag({ summary: 'end after this time' }),
  'tls-cert': Flags.string({
    summary: 'certificate to serve wss with, PEM',
    helpValue: 'FILE',
    dependsOn: ['tls-key'],
  }),
  'tls-key': Flags.string({ summary: 'its private key, PEM', helpValue: 'FILE', dependsOn: ['tls-cert'] }),
  mdns: Flags.boolean({ summary: 'answer mDNS, on interfaces with a private address' }),
  'service-tag': serviceTagFlag({ dependsOn: ['mdns'] }),
  ...dhtServiceFlags,
  ...pubsubServiceFlags,
}

/** What the flags of a listener say of its node. */
interface ListenerChoices extends DhtServiceChoices, Partial<PubsubSpec> {
  pubsub?: string[] | undefined
  announce?: string[] | undefined
  echo: boolean
  'allow-peer'?: string[] | undefined
  'tls-cert'?: string | undefined
  'tls-key'?: string | undefined
}

/**
 * Makes the NodeSpec of a listener.
 *
 * @param flags - parsed flags
 * @param listen - the addresses to bind
 * @returns the spec
 * @throws ToolkitError `local` for a certificate that cannot be read or used
 */
export async function listenSpecOf(flags: ListenerChoices, listen: string[]): Promise<NodeSpec> {
  const { announce, echo, 'allow-peer': allowPeers, 'tls-cert': cert, 'tls-key': key } = flags
  return {
    listen,
    services: ['identify', 'ping', ...(echo ? ['echo' as const] : [])],
    ...(announce && { announce }),
    ...(allowPeers && { allowPeers }),
    ...dhtSpecOf(flags),
    ...(flags.pubsub && pubsubSpecOf(flags)),
    ...(cert !== undefined && key !== undefined && { tls: await readServerCertificate(cert, key) }),
  }
}
