import { base16 } from 'multiformats/bases/base16'
import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { base64 } from 'multiformats/bases/base64'
import { base256emoji } from 'multiformats/bases/base256emoji'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { only, run } from '../support/cli.ts'
import { specKeys, specPeerIds } from '../unit/key-vectors.ts'

const libp2pKey = 0x72
const inline = (prefix: string, publicKey: string) => ({
  peerId: base58btc.baseEncode(Buffer.from(prefix + publicKey, 'hex')),
  prefix,
  publicKey,
})
const ids = {
  ed25519: inline('0024', specKeys.ed25519.publicKey),
  secp256k1: inline('0025', specKeys.secp256k1.publicKey),
} as const
const cidOf = (peerId: string) => CID.createV1(libp2pKey, CID.parse(peerId).multihash)
/** A CIDv1 of an ID that is inlined: its multihash is the ID itself. */
const inlineCid = (peerId: string, codec = libp2pKey) => {
  const bytes = base58btc.baseDecode(peerId)
  return CID.decode(Uint8Array.from([1, ...(codec < 0x80 ? [codec] : [(codec & 0x7f) | 0x80, codec >> 7]), ...bytes]))
}

describe('p2p peer-id inspect', () => {
  it.each(['ed25519', 'secp256k1'] as const)(
    'shows every encoding of a %s ID, whichever it was given in',
    async (type) => {
      const { peerId, prefix, publicKey } = ids[type]
      const cid = inlineCid(peerId)
      const encodings = [
        peerId,
        cid.toString(base32),
        cid.toString(base36),
        cid.toString(base58btc),
        cid.toString(base16),
        cid.toString(base64),
        cid.toString(base256emoji),
        cid.toString(base32).toUpperCase(),
      ]
      const { code, records } = await run(['peer-id', 'inspect', '--json', ...encodings])
      expect(code).toBe(0)
      const expected = {
        type: 'peer-id',
        peerId,
        cidBase32: cid.toString(base32),
        cidBase36: cid.toString(base36),
        keyType: type,
        publicKey: Buffer.from(publicKey, 'hex').toString('base64'),
        multihash: `${prefix}${publicKey}`,
      }
      expect(records).toEqual(encodings.map(() => expected))
    },
  )

  it('shows neither key type nor public key of an ID that is a hash', async () => {
    const { code, records } = await run(['peer-id', 'inspect', '--json', specPeerIds.sha256, specPeerIds.sha256Cid])
    expect(code).toBe(0)
    const [first, second] = records
    expect(first).toMatchObject({ peerId: specPeerIds.sha256, cidBase32: cidOf(specPeerIds.sha256).toString(base32) })
    expect(first).not.toHaveProperty('keyType')
    expect(first).not.toHaveProperty('publicKey')
    expect(second).toMatchObject({ cidBase32: specPeerIds.sha256Cid })
  })

  it('prints a row for each encoding for people', async () => {
    const { code, stdout, stderr } = await run(['peer-id', 'inspect', specPeerIds.ed25519])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const cid = inlineCid(specPeerIds.ed25519)
    for (const shown of [specPeerIds.ed25519, cid.toString(base32), cid.toString(base36), 'ed25519']) {
      expect(stdout).toContain(shown)
    }
  })

  it.each([
    ['a CID of another codec', inlineCid(specPeerIds.ed25519, 0x55).toString()],
    ['a CID of files', 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'],
    ['an ID that is cut short', specPeerIds.ed25519.slice(0, -1)],
    ['an ID with a letter that base58 has not', specPeerIds.ed25519.replace('D', '0')],
    ['an address', `/p2p/${specPeerIds.ed25519}`],
    ['a word', 'hello'],
    ['an empty text', ''],
    ['a text without end', '1'.repeat(100_000)],
  ])('refuses %s in one line', async (_name, id) => {
    const { code, stdout, stderr } = await run(['peer-id', 'inspect', id])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toMatch(/^error .+/)
    expect(stderr.length).toBeLessThan(2000)
  })

  it('goes on after a bad one, in order, and ends with 2', async () => {
    const args = [specPeerIds.ed25519, 'nonsense', specPeerIds.sha256]
    const { code, records } = await run(['peer-id', 'inspect', '--json', ...args])
    expect(code).toBe(2)
    expect(records.map(({ type }) => type)).toEqual(['peer-id', 'error', 'peer-id'])
    expect(only(records, 'error')).toMatchObject({ input: 'nonsense', index: 2, error: { code: 'usage', exitCode: 2 } })
  })

  it('asks for an ID when there is none', async () => {
    expect((await run(['peer-id', 'inspect'])).code).toBe(2)
  })
})
