import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { only, run, scratchPath } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'

const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const bare = (address: string) => address.replace(/\/p2p\/[^/]+$/, '')

describe('p2p identify', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener(['--echo'])
  })

  it.each(['tcp', 'ws', 'quic'] as const)('tells over %s what is true of the listener', async (transport) => {
    const { code, records, stderr } = await run(['identify', '--json', listener[transport]])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const identity = only(records, 'identity')
    expect(identity).toMatchObject({
      peer: listener.peerId,
      agentVersion: expect.stringContaining(`${name}/${version}`),
      protocolVersion: expect.any(String),
      problems: [],
      truncated: false,
    })
    expect(identity.listenAddresses.map(bare).toSorted()).toEqual(listener.addresses.map(bare).toSorted())
    for (const protocol of ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', '/echo/1.0.0']) {
      expect(identity.protocols).toContain(protocol)
    }
    expect(new Set(identity.protocols).size).toBe(identity.protocols.length)
  })

  it('tells the address that the other side saw this one at', async () => {
    const own = await startListener(['--transport', 'tcp'])
    const { records } = await run(['identify', '--json', own.tcp])
    const opened = await own.waitFor('connection-opened')
    expect(bare(only(records, 'identity').observedAddress ?? '')).toBe(bare(opened.address))
  })

  it.each(['ed25519', 'secp256k1', 'rsa'])(
    'verifies the signed record of a peer with a key of type %s',
    async (type) => {
      const key = scratchPath('node.pem')
      const made = only((await run(['keygen', '-t', type, '-o', key, '--json'])).records, 'key')
      const own = await startListener(['--transport', 'tcp', '--key', key])
      const { code, records } = await run(['identify', '--json', own.tcp])
      expect(code).toBe(0)
      const { peer, publicKey, signedPeerRecord, problems } = only(records, 'identity')
      expect({ peer, publicKey, problems }).toEqual({ peer: made.peerId, publicKey: made.publicKey, problems: [] })
      expect(signedPeerRecord?.valid).toBe(true)
      expect(signedPeerRecord?.addresses.map(bare)).toEqual(own.addresses.map(bare))
      expect(BigInt(signedPeerRecord?.seq ?? 0)).toBeGreaterThan(0n)
    },
  )

  it('prints every part for people', async () => {
    const { code, stdout, stderr } = await run(['identify', listener.tcp])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const shown = [
      listener.peerId,
      `${name}/${version}`,
      bare(listener.tcp),
      bare(listener.quic),
      '/echo/1.0.0',
      'valid',
    ]
    for (const part of shown) expect(stdout).toContain(part)
    expect(stdout).not.toContain('problems')
  })

  it('names the target where there are several', async () => {
    const other = await startListener(['--transport', 'tcp'])
    const { code, records } = await run(['identify', '--json', listener.ws, other.tcp])
    expect(code).toBe(0)
    const found = records.map((record) => (record.type === 'identity' ? [record.target, record.peer] : record))
    expect(found.toSorted()).toEqual(
      [
        [listener.ws, listener.peerId],
        [other.tcp, other.peerId],
      ].toSorted(),
    )
  })
})
