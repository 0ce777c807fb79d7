import { dhtNetwork } from '../addresses/dht-network.ts'
import { networkAddress } from '../addresses/target.ts'
import { transportNames } from '../addresses/transport-of.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { decodePrivateKey } from '../keys/decode-protobuf.ts'
import { parsePeerId } from '../keys/peer-id.ts'
import { datastorePlace } from './datastore/place.ts'
import {
  type CompleteSpec,
  type DhtSpec,
  muxerNames,
  type PubsubSpec,
  pubsubRouters,
  securityNames,
  serviceNames,
  signingPolicies,
  validatorNames,
} from './spec.ts'

const preSharedKeyBytes = 32

/**
 * Checks a spec where TypeScript has not: scripts hand in whatever they like.
 *
 * @param spec - a complete spec
 * @throws ToolkitError `usage` naming the field, `local` for a private key that is none
 */
export function checkSpec(spec: CompleteSpec): void {
  checkNames('transports', spec.transports, transportNames)
  checkNames('security', spec.security, securityNames)
  checkNames('muxers', spec.muxers, muxerNames)
  checkNames('services', spec.services, serviceNames)
  checkList('listen', spec.listen, networkAddress)
  checkList('announce', spec.announce, networkAddress)
  checkList('allowPeers', spec.allowPeers ?? [], parsePeerId)
  if (spec.security.length === 0) throw fault('security', 'it is empty: name plaintext to go without')
  if (spec.privateKey !== undefined) decodePrivateKey(spec.privateKey)
  if (spec.preSharedKey !== undefined && spec.preSharedKey.length !== preSharedKeyBytes) {
    throw fault('preSharedKey', `it is ${spec.preSharedKey.length} bytes long, not ${preSharedKeyBytes}`)
  }
  if (spec.dht !== undefined) checkDht(spec.dht, spec)
  if (spec.datastore !== undefined) datastorePlace(spec.datastore)
  if (spec.pubsub !== undefined) checkPubsub(spec.pubsub, spec)
}

function checkDht({ mode, network, validators = {} }: DhtSpec, { services }: CompleteSpec): void {
  checkNames('dht.mode', [mode], ['server', 'client'])
  dhtNetwork(network)
  checkNames('dht.validators', Object.values(validators), validatorNames)
  for (const [namespace, name] of Object.entries(validators)) {
    if (name !== 'none' && name !== namespace) throw fault('dht.validators', `${name} is not one of ${namespace}`)
  }
  if (!services.includes('identify')) throw fault('dht', 'peers find out by identify who serves a DHT: it is off')
}

function checkPubsub({ router, signing }: PubsubSpec, { services }: CompleteSpec): void {
  checkNames('pubsub.router', [router], pubsubRouters)
  checkNames('pubsub.signing', [signing], signingPolicies)
  if (!services.includes('identify')) throw fault('pubsub', 'peers find out by identify who speaks pub/sub: it is off')
}

function checkNames(field: string, names: readonly string[], known: readonly string[]): void {
  checkList(field, names, (name) => {
    if (!known.includes(name)) throw fault(field, `${JSON.stringify(name)} is none of ${known.join(', ')}`)
  })
}

function checkList(field: string, list: readonly string[], check: (item: string) => void): void {
  if (!Array.isArray(list)) throw fault(field, 'it is not a list')
  for (const item of list) check(item)
}

function fault(field: string, message: string): ToolkitError {
  return new ToolkitError('usage', `NodeSpec.${field}: ${message}`)
}
