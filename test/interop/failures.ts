import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { only, run, start as startCli } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { strangerId } from '../support/peer.ts'
import { swarmKeyFile } from '../support/swarm-key.ts'
import type { Implementation } from './build.ts'
import { cell, type StartPeer } from './cell.ts'
import type { PeerConfig } from './foreign-peer.ts'

const loopback = '/ip4/127.0.0.1/tcp/0'
const plain: PeerConfig = { transports: ['tcp'], security: ['noise'], muxers: ['yamux'] }
const psk = randomBytes(32)
const otherPsk = randomBytes(32)

/** Two sides that do not come together, and what this side has to say of it. */
interface Mismatch {
  row: string
  theirs: PeerConfig
  /** flags of ours, of `dial` and of `listen` */
  ours: string[]
  /** of the error record of `dial` */
  whenWeDial: { exitCode: number; layer: string; message?: RegExp }
  /** of the `connection-failed` record of `listen` */
  whenTheyDial: { code: string; layer: string; message?: RegExp }
}

const mismatches: Mismatch[] = [
  {
    row: 'no common security',
    theirs: { ...plain, security: ['tls'] },
    ours: ['--security', 'noise'],
    whenWeDial: { exitCode: 5, layer: 'security' },
    whenTheyDial: { code: 'security', layer: 'security' },
  },
  {
    row: 'no common muxer',
    theirs: plain,
    ours: ['--security', 'noise', '--muxer', 'mplex'],
    whenWeDial: { exitCode: 6, layer: 'muxer' },
    whenTheyDial: { code: 'protocol', layer: 'muxer' },
  },
  {
    row: 'our pre-shared key against none',
    theirs: plain,
    ours: ['--psk', 'ours'],
    whenWeDial: { exitCode: 5, layer: 'security', message: /PSK mismatch likely/ },
    whenTheyDial: { code: 'security', layer: 'security', message: /PSK mismatch likely/ },
  },
  {
    row: 'our pre-shared key against another',
    theirs: { ...plain, psk: otherPsk.toString('hex') },
    ours: ['--psk', 'ours'],
    whenWeDial: { exitCode: 5, layer: 'security', message: /PSK mismatch likely/ },
    whenTheyDial: { code: 'security', layer: 'security', message: /PSK mismatch likely/ },
  },
]

/**
 * What cannot work has to fail at the right layer, seen from both sides.
 *
 * @param implementation - which
 */
export function failures(implementation: Implementation): void {
  const pair = (
    row: string,
    dial: (start: StartPeer) => Promise<void>,
    listen: (start: StartPeer) => Promise<void>,
  ) => {
    cell({ implementation, group: 'failures', row, column: 'we dial' }, dial)
    cell({ implementation, group: 'failures', row, column: 'they dial' }, listen)
  }
  for (const mismatch of mismatches) {
    pair(
      mismatch.row,
      (start) => weFail(start, mismatch),
      (start) => theyFail(start, mismatch),
    )
  }
  pair('no pre-shared key against theirs', noPskDialing, noPskListening)
  pair('wrong peer ID', wrongPeerDialing, wrongPeerListening)
  pair('unsupported protocol', unsupportedDialing, unsupportedListening)
  pair('killed in mid-stream', killedDialing, killedListening)
}

async function weFail(start: StartPeer, { theirs, ours, whenWeDial }: Mismatch): Promise<void> {
  const peer = await start({ ...theirs, listen: [loopback] })
  const { exitCode, layer, message = /./ } = whenWeDial
  const result = await run(['dial', '--json', '--timeout', '5s', ...withPsk(ours), peer.address])
  expect(result.code, result.stdout).toBe(exitCode)
  const { error } = only(result.records, 'error')
  expect(error).toMatchObject({ layer, message: expect.stringMatching(message) })
}

async function theyFail(start: StartPeer, { theirs, ours, whenTheyDial }: Mismatch): Promise<void> {
  const peer = await start(theirs)
  const listener = await startListener(['--transport', 'tcp', ...withPsk(ours)])
  const dialing = peer.do('dial', { address: listener.tcp }).then(
    () => 'connected',
    () => 'failed',
  )
  const { code, layer, message = /./ } = whenTheyDial
  const failed = await listener.waitFor('connection-failed')
  expect(failed.error).toMatchObject({ code, layer, message: expect.stringMatching(message) })
  await listener.stop()
  expect(await dialing).toBe('failed')
}

/** Without a key of ours the other side answers with silence or a reset: the layer is known, the cause a guess. */
async function noPskDialing(start: StartPeer): Promise<void> {
  const peer = await start({ ...plain, psk: psk.toString('hex'), listen: [loopback] })
  const result = await run(['dial', '--json', '--timeout', '3s', peer.address])
  expect([3, 4, 6]).toContain(result.code)
  const { error } = only(result.records, 'error')
  expect(error.layer).toBe('security')
  expect(error.suggestions?.join()).toMatch(/may be private/)
}

async function noPskListening(start: StartPeer): Promise<void> {
  const peer = await start({ ...plain, psk: psk.toString('hex') })
  const listener = await startListener(['--transport', 'tcp'])
  const dialing = peer.do('dial', { address: listener.tcp }).catch(() => undefined)
  const failed = await listener.waitFor('connection-failed')
  expect(failed.error).toMatchObject({ code: 'protocol', layer: 'security' })
  await listener.stop()
  await dialing
}

async function wrongPeerDialing(start: StartPeer): Promise<void> {
  const peer = await start({ ...plain, listen: [loopback] })
  const stranger = await strangerId()
  const result = await run(['dial', '--json', peer.address.replace(peer.peerId, stranger)])
  expect(result.code, result.stdout).toBe(5)
  const { error } = only(result.records, 'error')
  expect(error.layer).toBe('security')
  expect(error.message).toContain(peer.peerId)
  expect(error.message).toContain(stranger)
}

async function wrongPeerListening(start: StartPeer): Promise<void> {
  const peer = await start(plain)
  const listener = await startListener(['--transport', 'tcp'])
  await expect(
    peer.do('dial', { address: listener.tcp.replace(listener.peerId, await strangerId()) }),
  ).rejects.toThrow()
  const failed = await listener.waitFor('connection-failed')
  expect(failed.error).toMatchObject({ code: 'security', layer: 'security' })
}

async function unsupportedDialing(start: StartPeer): Promise<void> {
  const peer = await start({ ...plain, listen: [loopback] })
  const result = await run(['dial', '--json', '--protocol', '/nobody/speaks/this', peer.address])
  expect(result.code, result.stderr).toBe(6)
  expect(only(result.records, 'error').error).toMatchObject({ layer: 'protocol' })
}

async function unsupportedListening(start: StartPeer): Promise<void> {
  const peer = await start(plain)
  const listener = await connectTo(peer)
  await expect(peer.do('open', { peer: listener.peerId, protocol: '/nobody/speaks/this' })).rejects.toThrow()
  const closed = await listener.waitFor('stream-closed', (record) => record.asked !== undefined)
  expect(closed).toMatchObject({
    peer: peer.peerId,
    asked: ['/nobody/speaks/this'],
    reason: expect.stringContaining('no protocol in common'),
  })
}

async function killedDialing(start: StartPeer): Promise<void> {
  const peer = await start({ ...plain, listen: [loopback] })
  const dialing = startCli(['dial', '--json', '--protocol', '/echo/1.0.0', peer.address])
  dialing.child.stdin.write('hello')
  await dialing.until(() => dialing.stdout === 'hello')
  peer.kill()
  const result = await dialing.exited
  expect(result.code, result.stderr).toBe(6)
  expect(only(result.records, 'error').error).toMatchObject({ layer: 'stream' })
}

async function killedListening(start: StartPeer): Promise<void> {
  const peer = await start(plain)
  const listener = await connectTo(peer, ['--echo'])
  await peer.do('open', { peer: listener.peerId, protocol: '/echo/1.0.0' })
  await listener.waitFor('stream-opened', (record) => record.protocol === '/echo/1.0.0')
  peer.kill()
  const closed = await listener.waitFor('stream-closed', (record) => record.protocol === '/echo/1.0.0')
  expect(closed).toMatchObject({ peer: peer.peerId, by: 'remote' })
  await listener.waitFor('connection-closed', (record) => record.peer === peer.peerId)
}

async function connectTo(peer: Awaited<ReturnType<StartPeer>>, flags: string[] = []): Promise<Listener> {
  const listener = await startListener(['--transport', 'tcp', ...flags])
  await peer.do('dial', { address: listener.tcp })
  return listener
}

function withPsk(flags: string[]): string[] {
  return flags.map((flag) => (flag === 'ours' ? swarmKeyFile(psk) : flag))
}
