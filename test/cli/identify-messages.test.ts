import { generateKeyPairSync, sign } from 'node:crypto'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { only, run } from '../support/cli.ts'
import { addressOf, foreignPeer } from '../support/peers.ts'
import { bytesField, signedRecord, varint } from '../support/signed-record.ts'

/** Starts a peer that answers identify with these messages, made by hand from its own key. */
async function peerSaying(
  messages: (self: { publicKey: Uint8Array; record: (domain: string) => Uint8Array }) => Uint8Array[],
) {
  const { privateKey } = generateKeyPairSync('ed25519')
  const jwk = privateKey.export({ format: 'jwk' })
  const raw = Buffer.concat([jwk.d, jwk.x].map((part) => Buffer.from(part ?? '', 'base64url')))
  const peer = await foreignPeer({ privateKey: privateKeyFromRaw(raw) })
  const publicKey = Buffer.concat([Uint8Array.of(0x08, 0x01, 0x12, 0x20), raw.subarray(32)])
  const multihash = peer.peerId.toMultihash().bytes
  const signer = {
    peerId: peer.peerId.toString(),
    publicKey,
    multihash,
    sign: (m: Uint8Array) => sign(null, m, privateKey),
  }
  const answer = messages({ publicKey, record: (domain) => signedRecord(signer, { domain }) })
  await peer.handle('/ipfs/id/1.0.0', (stream) => {
    for (const message of answer) stream.send(Uint8Array.from([...varint(message.length), ...message]))
    void stream.close()
  })
  return { address: addressOf(peer), peerId: peer.peerId.toString() }
}

const listenAddress = bytesField(2, multiaddr('/ip4/192.0.2.1/tcp/4001').bytes)

describe('p2p identify of an answer made by hand', () => {
  it.each(['libp2p-peer-record', 'libp2p-routing-state'])('takes a record signed for the domain %s', async (domain) => {
    const { address } = await peerSaying(({ publicKey, record }) => [
      Buffer.concat([bytesField(1, publicKey), bytesField(8, record(domain))]),
    ])
    const { code, records } = await run(['identify', '--json', address])
    expect(code).toBe(0)
    expect(only(records, 'identity')).toMatchObject({
      signedPeerRecord: { seq: '7', addresses: ['/ip4/192.0.2.1/tcp/4001'], valid: true },
      problems: [],
    })
  })

  it('does not call a record valid that is signed for another domain', async () => {
    const { address } = await peerSaying(({ publicKey, record }) => [
      Buffer.concat([bytesField(1, publicKey), bytesField(8, record('libp2p-relay-rsvp'))]),
    ])
    const { code, records } = await run(['identify', '--json', address])
    expect(code).toBe(0)
    expect(only(records, 'identity').signedPeerRecord?.valid).toBe(false)
    expect(only(records, 'identity').problems.join()).toContain('signature')
  })

  it('merges an answer of two messages, the signed record in the second, as go sends it', async () => {
    const { address, peerId } = await peerSaying(({ publicKey, record }) => [
      Buffer.concat([
        bytesField(1, publicKey),
        bytesField(6, 'go/1'),
        listenAddress,
        bytesField(3, '/a'),
        bytesField(3, '/b'),
      ]),
      bytesField(8, record('libp2p-peer-record')),
    ])
    const { records } = await run(['identify', '--json', address])
    expect(only(records, 'identity')).toMatchObject({
      peer: peerId,
      agentVersion: 'go/1',
      protocols: ['/a', '/b'],
      listenAddresses: ['/ip4/192.0.2.1/tcp/4001'],
      signedPeerRecord: { valid: true },
    })
  })

  it('reports a malformed field beside the good ones, in text as well', async () => {
    const { address } = await peerSaying(({ publicKey }) => [
      Buffer.concat([
        bytesField(1, publicKey),
        bytesField(4, 'no multiaddr'),
        bytesField(2, Uint8Array.of(0x04, 1)),
        listenAddress,
        bytesField(6, 'fine'),
      ]),
    ])
    const { code, records } = await run(['identify', '--json', address])
    expect(code).toBe(0)
    const identity = only(records, 'identity')
    expect(identity).toMatchObject({ agentVersion: 'fine', listenAddresses: ['/ip4/192.0.2.1/tcp/4001'] })
    expect(identity).not.toHaveProperty('observedAddress')
    expect(identity.problems.some((problem) => problem.startsWith('observedAddress: '))).toBe(true)
    expect(identity.problems.some((problem) => problem.startsWith('listenAddresses'))).toBe(true)
    expect((await run(['identify', address])).stdout).toMatch(/problems +\S/)
  })

  it('reports a public key that is not the peer’s', async () => {
    const { address } = await peerSaying(() => [
      bytesField(1, Buffer.concat([Uint8Array.of(8, 1, 18, 32), Buffer.alloc(32, 9)])),
    ])
    const { code, records } = await run(['identify', '--json', address])
    expect(code).toBe(0)
    expect(only(records, 'identity').problems.join()).toContain('publicKey')
  })
})
