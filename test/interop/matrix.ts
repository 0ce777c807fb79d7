import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { type Certificate, localCertificate } from '../support/certificate.ts'
import { only, run } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { swarmKeyFile } from '../support/swarm-key.ts'
import type { Implementation } from './build.ts'
import { cell, type StartPeer } from './cell.ts'
import type { TheirConnection } from './commands.ts'
import type { PeerConfig } from './foreign-peer.ts'

/** What a connection is made of. */
interface Layers {
  transport: 'tcp' | 'ws' | 'wss' | 'quic'
  /** QUIC brings its own */
  security?: string
  muxer?: string
  privateNetwork: boolean
}

const echoBytes = 10 * 1024 * 1024
const served = ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', '/echo/1.0.0']

/** Every combination of layers, with and without a private network, which QUIC cannot be part of. */
const combinations: Layers[] = [
  ...(['tcp', 'ws', 'wss'] as const).flatMap((transport) =>
    [false, true].flatMap((privateNetwork) =>
      ['noise', 'tls', 'plaintext'].flatMap((security) =>
        ['yamux', 'mplex'].map((muxer) => ({ transport, security, muxer, privateNetwork })),
      ),
    ),
  ),
  { transport: 'quic', privateNetwork: false },
]

/** What both sides of a cell share. */
interface Setting {
  layers: Layers
  certificate: Certificate
  psk: Buffer
}

/**
 * The matrix of one implementation: every combination of layers, dialled by us and by them.
 *
 * @param implementation - which
 */
export function matrix(implementation: Implementation): void {
  for (const layers of combinations) {
    const { transport, privateNetwork, security, muxer } = layers
    const row = privateNetwork ? `${transport}, private network` : transport
    const column = security === undefined ? 'built in' : `${security}, ${muxer}`
    cell({ implementation, group: 'we dial', row, column }, (start) => weDial(start, settingOf(layers)))
    cell({ implementation, group: 'they dial', row, column }, (start) => theyDial(start, settingOf(layers)))
  }
}

function settingOf(layers: Layers): Setting {
  return { layers, certificate: localCertificate(), psk: randomBytes(32) }
}

async function weDial(start: StartPeer, setting: Setting): Promise<void> {
  const peer = await start({ ...theirConfig(setting), listen: [listenAddress(setting.layers)] })
  const flags = ['--json', ...ourFlags(setting), '--tls-ca', setting.certificate.cert, peer.address]

  const bytes = randomBytes(echoBytes)
  const dialed = await run(['dial', '--protocol', '/echo/1.0.0', ...flags], { input: bytes })
  expect(dialed, dialed.stderr).toMatchObject({ code: 0 })
  expect(dialed.stdoutBytes.equals(bytes)).toBe(true)
  expectSameLayers(await peer.inbound(), only(dialed.records, 'dialed'))

  const pinged = await run(['ping', '-c', '3', '-i', '10ms', ...flags])
  expect(pinged, pinged.stderr).toMatchObject({ code: 0 })
  expect(only(pinged.records, 'summary')).toMatchObject({ transmitted: 3, received: 3 })

  const identified = await run(['identify', ...flags])
  expect(identified, identified.stderr).toMatchObject({ code: 0 })
  const identity = only(identified.records, 'identity')
  expect(identity).toMatchObject({ peer: peer.peerId, agentVersion: peer.agentVersion })
  expect(identity.protocols).toEqual(expect.arrayContaining(served))
  expect(identity.signedPeerRecord).toMatchObject({ valid: true })
  if (identity.problems.length > 0) throw new Error(`identify has problems: ${identity.problems.join('; ')}`)
}

async function theyDial(start: StartPeer, setting: Setting): Promise<void> {
  const { certificate } = setting
  const tls = setting.layers.transport === 'wss' ? ['--tls-cert', certificate.cert, '--tls-key', certificate.key] : []
  const peer = await start(theirConfig(setting))
  const listener = await startListener(['--echo', ...ourFlags(setting), ...tls])

  const theirs = await peer.do('dial', { address: addressOf(listener) }).catch(async (error) => {
    // theirs may know of it first
    const ours = hasFailed(error) ? await listener.waitFor('connection-failed') : undefined
    throw new Error(`${error}; our side: ${ours?.error.message ?? 'was not reached'}`)
  })
  expect(theirs.peer).toBe(listener.peerId)
  const opened = await listener.waitFor('connection-opened', (record) => record.peer === peer.peerId)
  expectSameLayers(theirs, opened)

  const identity = await peer.do('identify', { peer: listener.peerId })
  expect(identity).toMatchObject({
    agentVersion: expect.stringMatching(/^p2p-toolkit\/\d/),
    protocols: expect.arrayContaining(served),
    signedPeerRecord: true,
  })
  expect(identity.listenAddresses.length).toBeGreaterThan(0)
  expect((await peer.do('ping', { peer: listener.peerId, count: 3 })).rttMs).toHaveLength(3)
  const echoed = await peer.do('echo', { peer: listener.peerId, bytes: echoBytes })
  if (echoed.received < echoBytes) throw new Error(`echo: cut short, ${echoed.received} bytes of ${echoBytes}`)
  expect(echoed.equal).toBe(true)
}

/** An address that their transport refuses reaches nobody. */
function hasFailed(error: unknown): boolean {
  return !/No registered transport/.test(String(error))
}

function expectSameLayers(theirs: TheirConnection, ours: Pick<TheirConnection, 'security' | 'muxer'> & object): void {
  const { transport, security, muxer } = theirs
  expect(ours).toMatchObject({ transport, security, muxer })
}

/** The flags that restrict this side to one combination. */
function ourFlags({ layers: { transport, security, muxer, privateNetwork }, psk }: Setting): string[] {
  return [
    ...['--transport', transport === 'wss' ? 'ws' : transport],
    ...(security === undefined ? [] : ['--security', security]),
    ...(muxer === undefined ? [] : ['--muxer', muxer]),
    ...(privateNetwork ? ['--psk', swarmKeyFile(psk)] : []),
  ]
}

function theirConfig({
  layers: { transport, security, muxer, privateNetwork },
  certificate,
  psk,
}: Setting): PeerConfig {
  const { cert, key } = certificate
  return {
    transports: [transport === 'wss' ? 'ws' : transport],
    security: security === undefined ? [] : [security],
    muxers: muxer === undefined ? [] : [muxer],
    ...(transport === 'wss' && { tls: { cert, key, ca: cert } }),
    ...(privateNetwork && { psk: psk.toString('hex') }),
  }
}

function listenAddress({ transport }: Layers): string {
  if (transport === 'quic') return '/ip4/127.0.0.1/udp/0/quic-v1'
  return `/ip4/127.0.0.1/tcp/0${{ tcp: '', ws: '/ws', wss: '/tls/ws' }[transport]}`
}

function addressOf(listener: Listener): string {
  const [address] = listener.addresses
  if (address === undefined || listener.addresses.length > 1) throw new Error('one address was expected')
  return address
}
