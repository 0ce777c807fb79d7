import type { Multiaddr } from '@multiformats/multiaddr'
import { networkAddress } from '../addresses/target.ts'
import { type TransportName, transportOf } from '../addresses/transport-of.ts'
import { messageOf } from '../errors/causes.ts'
import { classify } from '../errors/classify.ts'
import { type AddressOutcome, ToolkitError } from '../errors/toolkit-error.ts'
import type { RunningNode } from '../node/running-node.ts'
import type { ListeningRecord } from '../records/connection.ts'

/** What a listener is to bind. */
export interface ListenPlan {
  addresses: string[]
  /** the addresses, or the certificate for them, were asked for: each has to work */
  asked: boolean
}

/** What decides on the addresses. */
export interface ListenChoices {
  transports: TransportName[] | undefined
  privateNetwork: boolean
  /** there is a certificate: the default WebSocket address is a secure one */
  secureWebSockets: boolean
}

/**
 * Chooses what to listen on: the addresses that were asked for, else loopback on free ports, once
 * for each transport.
 *
 * @param asked - multiaddrs in canonical text
 * @param choices - transports, and what they can do
 * @returns the plan
 * @throws ToolkitError `usage` for an address that no enabled transport can listen on
 */
export function listenPlan(asked: string[] | undefined, choices: ListenChoices): ListenPlan {
  const { transports, privateNetwork, secureWebSockets } = choices
  for (const address of asked ?? []) refuseUnlistenable(address, choices)
  if (asked !== undefined && asked.length > 0) return { addresses: asked, asked: true }

  const defaults: Record<TransportName, string[]> = {
    tcp: ['/ip4/127.0.0.1/tcp/0'],
    quic: ['/ip4/127.0.0.1/udp/0/quic-v1'],
    ws: [`/ip4/127.0.0.1/tcp/0/${secureWebSockets ? 'tls/ws' : 'ws'}`],
    relay: [],
  }
  const chosen = transports ?? (privateNetwork ? (['tcp', 'ws'] as const) : (['tcp', 'quic', 'ws'] as const))
  const addresses = [...new Set(chosen)].flatMap((name) => defaults[name])
  if (addresses.length > 0) return { addresses, asked: secureWebSockets }
  throw new ToolkitError('usage', `no transport of --transport ${chosen.join(',')} can listen`, { layer: 'transport' })
}

/**
 * Sees what a node has bound of a plan.
 *
 * @param node - a node that was opened with the plan's addresses
 * @param plan - the plan
 * @returns the record of the bound addresses, and a note for each default that could not be bound
 * @throws ToolkitError `local` when an address that was asked for, or every default, could not be bound
 */
export function bound(node: RunningNode, plan: ListenPlan): { record: ListeningRecord; notes: string[] } {
  const peerId = node.peerId.toString()
  const addresses = node.transports.getAddrs().map((address) => `${address}/p2p/${peerId}`)
  const failed: AddressOutcome[] = node.notListening.map(({ address, error }) => {
    const { code } = classify(error)
    return {
      address,
      tried: true,
      layer: 'transport',
      code: code === 'bug' ? 'local' : code,
      message: messageOf(error),
    }
  })
  if (failed.length > 0 && (plan.asked || addresses.length === 0)) {
    throw new ToolkitError('local', `cannot listen on ${failed.map((outcome) => outcome.address).join(', ')}`, {
      layer: 'transport',
      addresses: failed,
      cause: node.notListening[0]?.error,
    })
  }
  const notes = failed.map((outcome) => `not listening on ${outcome.address}: ${outcome.message}`)
  return { record: { type: 'listening', peerId, addresses }, notes }
}

function refuseUnlistenable(text: string, choices: ListenChoices): void {
  const fault = whyUnlistenable(networkAddress(text), choices)
  if (fault === undefined) return
  throw new ToolkitError('usage', `cannot listen on ${text}: ${fault}`, { layer: 'address' })
}

function whyUnlistenable(address: Multiaddr, choices: ListenChoices): string | undefined {
  const names = address.getComponents().map((component) => component.name)
  const host = names.find((name) => name !== 'ip6zone')
  const transport = transportOf(address)
  if (host !== 'ip4' && host !== 'ip6') return 'it does not begin with an IP address'
  if (names.includes('p2p')) return 'it names a peer: a listener adds its own peer ID'
  if (transport === undefined || transport === 'relay') return 'no transport can listen on it'
  if (choices.transports?.includes(transport) === false) return `${transport} is not among --transport`
  if (transport === 'quic' && choices.privateNetwork) return 'QUIC cannot be part of a private network'
  const secure = names.includes('tls') || names.includes('wss')
  if (secure && !choices.secureWebSockets) return 'it needs a certificate: give --tls-cert and --tls-key'
  return undefined
}
