import type { Multiaddr } from '@multiformats/multiaddr'
import { peerOf } from '../../addresses/target.ts'
import { codeOf, messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Layer } from '../../inspect/layer.ts'
import { explainConnect } from './explain-connect.ts'
import type { UpgradePhase } from './phase.ts'
import { recognise } from './recognise.ts'
import type { Upgrade } from './upgrade.ts'

/** What is known of an attempt beside its upgrade. */
export interface Attempt {
  address: Multiaddr
  privateNetwork: boolean
}

const layerOf: Record<UpgradePhase, Layer> = {
  connecting: 'transport',
  protecting: 'security',
  'negotiating-security': 'security',
  securing: 'security',
  'negotiating-muxer': 'muxer',
  upgraded: 'connection',
}

const waitedFor: Record<UpgradePhase, string> = {
  connecting: 'no connection',
  protecting: 'connected, then no answer to the nonce of the private network',
  'negotiating-security': 'connected, then no answer to the security negotiation',
  securing: 'the security handshake did not end',
  'negotiating-muxer': 'no answer to the muxer negotiation',
  upgraded: 'no answer',
}

const pskMismatch = 'PSK mismatch likely: what the other side says is not libp2p under this pre-shared key'
const pskMissing = 'PSK mismatch likely: the other side speaks libp2p without a pre-shared key'
const privateHint = 'the network may be private (--psk FILE), or another transport may answer there'
const selectionFailed = /Protocol selection failed/
/** TLS negotiates the muxer by ALPN, noise by its extensions. */
const noEarlyMuxer = /no.application.protocol|no common muxers/i
/** multistream-select lines are short and end in a newline. */
const notALine = /length too long|Missing newline|Invalid message length/
const hungUp = /ECONNRESET|EPIPE|reset|EOF|closed/i

/**
 * Explains why an attempt did not become a libp2p connection: which layer failed, what the other
 * side said instead, and the class of the failure.
 *
 * @param upgrade - how far the attempt got
 * @param error - what came out of libp2p, or the reason of the signal that ended the wait
 * @param attempt - the address and the kind of network
 * @returns the classified error; the error itself where it is classified, and no time-out
 */
export function explainUpgrade(upgrade: Upgrade, error: unknown, attempt: Attempt): ToolkitError {
  const layer = layerOf[upgrade.phase]
  const peer = upgrade.peer ?? peerOf(attempt.address)
  const fail = (code: ToolkitError['code'], message: string, suggestions: string[] = [], at: Layer = layer) =>
    new ToolkitError(code, message, { layer: at, peer, suggestions, cause: error })
  const refused = (code: ToolkitError['code'], what: string, at: Layer = layer) =>
    new ToolkitError(code, `no common ${what}`, { layer: at, refused: true, peer, cause: error })

  if (error instanceof ToolkitError && error.code !== 'timeout') return error
  const said = recognise(upgrade.first.bytes)
  const undecided = upgrade.phase === 'protecting' || upgrade.phase === 'negotiating-security'
  if (attempt.privateNetwork && undecided) {
    // in the clear, where the nonce should have been
    if (upgrade.phase === 'protecting' && said.kind === 'multistream') return fail('security', pskMissing)
    if (said.kind !== 'multistream') return fail('security', pskMismatch)
  }
  if (error instanceof ToolkitError) {
    return fail('timeout', `${waitedFor[upgrade.phase]}: ${error.message}`, undecided ? [privateHint] : [])
  }

  const cause = upgrade.failure ?? error
  const message = messageOf(cause)
  const name = cause instanceof Error ? cause.name : ''
  if (name === 'ConnectionInterceptedError')
    return fail('security', `${peer} is not among the peers let in`, [], 'connection')
  if (name === 'ConnectionDeniedError') return fail('local', 'the limit of connections is reached', [], 'connection')
  if (name === 'InvalidPeerIdError' && /dial self/.test(message))
    return fail('usage', 'this node was dialled by itself', [], 'identity')

  switch (upgrade.phase) {
    case 'connecting': {
      if (attempt.privateNetwork && codeOf(cause) === 'ECONNRESET') return fail('security', pskMismatch, [], 'security')
      const failure = explainConnect(cause)
      const hint = codeOf(cause) === 'ECONNRESET' ? [privateHint] : []
      return fail(
        failure.code,
        failure.message,
        [...failure.suggestions, ...hint],
        failure.code === 'security' ? 'security' : 'transport',
      )
    }
    case 'protecting':
    case 'negotiating-security':
      if (said.kind === 'nothing') {
        return fail('unreachable', `the connection was closed before anything was said (${message})`, [privateHint])
      }
      if (said.kind === 'other') {
        return fail('protocol', `not a libp2p peer: ${said.description}`, said.text ? [] : [privateHint])
      }
      if (notALine.test(message)) return fail('protocol', `multistream-select was broken: ${message}`)
      if (upgrade.direction === 'inbound') return fail('security', leftAfter(said.lines))
      if (selectionFailed.test(message)) return refused('security', 'security protocol')
      return fail('security', `the negotiation of a security protocol broke off (${message})`)
    case 'securing':
      if (noEarlyMuxer.test(message)) return refused('protocol', `muxer: ${message}`, 'muxer')
      return fail('security', explainHandshake(cause, message, attempt.address))
    case 'negotiating-muxer':
      if (selectionFailed.test(message)) return refused('protocol', 'muxer')
      return fail(
        'protocol',
        `the other side left after the security handshake, before a muxer was agreed on (${message})`,
      )
    case 'upgraded':
      return fail('protocol', message)
  }
}

/** An inbound negotiation ends with the other side hanging up: what it offered is in its first bytes. */
function leftAfter(lines: string[]): string {
  const offered = lines.slice(1).join(', ')
  return offered === ''
    ? 'the other side left before it offered a security protocol'
    : `no common security protocol: the other side offered ${offered}`
}

function explainHandshake(cause: unknown, message: string, address: Multiaddr): string {
  const expected = peerOf(address)
  const named = [...message.matchAll(/(?:12D3Koo|16Uiu2|Qm)[0-9A-Za-z]{40,}/g)].map((match) => match[0])
  const actual = named.find((id) => id !== expected)
  if (expected !== undefined && actual !== undefined && (named.includes(expected) || /peer/i.test(String(cause)))) {
    return `wrong peer ID: expected ${expected}, the other side is ${actual}`
  }
  if (hungUp.test(message)) return `the other side broke off the security handshake (${message})`
  return `the security handshake failed: ${message}`
}
