import { generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { decodeKey } from '../../src/lib/keys/decode.ts'
import { derTag, writeDer } from '../../src/lib/keys/der.ts'
import { encodeKey } from '../../src/lib/keys/encode.ts'
import { generateKeyPairOf } from '../../src/lib/keys/generate.ts'
import type { keyTypes } from '../../src/lib/keys/key-type.ts'
import { hex, specKeys } from './key-vectors.ts'

const text = (content: string) => Buffer.from(content)
const jwk = (members: object) => text(JSON.stringify(members))

async function jwkOf(keyType: (typeof keyTypes)[number]): Promise<Record<string, string>> {
  return JSON.parse(Buffer.from(await encodeKey(await generateKeyPairOf(keyType), 'jwk')).toString())
}

describe('halves that disagree', () => {
  it.each([
    ['ed25519', 'x'],
    ['secp256k1', 'x'],
    ['secp256k1', 'y'],
    ['rsa', 'n'],
    ['rsa', 'd'],
    ['rsa', 'dp'],
    ['rsa', 'qi'],
  ] as const)('refuses a %s JWK with another key’s "%s"', async (keyType, member) => {
    const [ours, theirs] = [await jwkOf(keyType), await jwkOf(keyType)]
    expect(() => decodeKey(jwk({ ...ours, [member]: theirs[member] }))).toThrow(/belong/)
  })

  it('refuses SEC1 and PKCS#8 with another key’s point', () => {
    const [ours, theirs] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey)
    for (const type of ['sec1', 'pkcs8'] as const) {
      const [a, b] = [ours, theirs].map((key) => key?.export({ format: 'der', type }) ?? Buffer.alloc(0))
      const label = type === 'sec1' ? 'EC PRIVATE KEY' : 'PRIVATE KEY'
      const mixed = Buffer.concat([a?.subarray(0, -65) ?? '', b?.subarray(-65) ?? ''].map((part) => Buffer.from(part)))
      const pem = `-----BEGIN ${label}-----\n${mixed.toString('base64')}\n-----END ${label}-----\n`
      expect(() => decodeKey(text(pem))).toThrow(/does not belong/)
    }
  })

  it('reads the old Ed25519 form when its halves agree', () => {
    const [seed, publicHalf] = [specKeys.ed25519.privateKey.slice(8, 72), specKeys.ed25519.privateKey.slice(72)]
    const other = '00'.repeat(32)
    expect(decodeKey(hex(`08011260${seed}${publicHalf}${publicHalf}`)).pair.keyType).toBe('ed25519')
    expect(() => decodeKey(hex(`08011260${seed}${publicHalf}${other}`))).toThrow(/differ/)
    expect(() => decodeKey(hex(`08011260${seed}${other}${other}`))).toThrow(/does not belong/)
    expect(() => decodeKey(hex(`08011240${seed}${other}`))).toThrow(/does not belong/)
  })

  it('refuses a Kubo configuration whose peer ID is another', () => {
    const PrivKey = Buffer.from(hex(specKeys.ed25519.privateKey)).toString('base64')
    expect(() => decodeKey(jwk({ Identity: { PeerID: 'Qm', PrivKey } }))).toThrow(/Identity.PeerID/)
  })
})

describe('what is not offered', () => {
  const pem = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
    key.export({ format: 'pem', type: 'pkcs8' })
  it.each([
    ['P-256', () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), /ECDSA keys are not offered/],
    ['Ed448', () => pem(generateKeyPairSync('ed448').privateKey), /no key type for ed448/],
    ['X25519', () => pem(generateKeyPairSync('x25519').privateKey), /no key type for x25519/],
    ['RSA-1024', () => pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey), /2048 to 8192 bits/],
    ['a public key', () => '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n', /holds public key/],
    ['OpenSSH', () => '-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----', /OpenSSH/],
    ['no end', () => '-----BEGIN PRIVATE KEY-----\nAA==', /no end/],
    ['words', () => 'hello', /neither PEM/],
    ['nothing', () => '', /empty/],
    ['JSON', () => '{"a":1}', /neither a JWK nor a Kubo/],
    ['a P-256 JWK', () => '{"kty":"EC","crv":"P-256","d":"AA"}', /ECDSA keys are not offered/],
    ['a public JWK', () => '{"kty":"OKP","crv":"Ed25519","x":"AA"}', /no private key/],
  ])('refuses %s with the reason in one line', (_name, content, reason) => {
    expect(() => decodeKey(text(content().toString()))).toThrow(reason)
    expect(() => decodeKey(text(content().toString()))).toThrow(expect.objectContaining({ code: 'local' }))
  })

  it('refuses PEM, protobuf and PKCS#1 with a tail', async () => {
    const rsa = hex(specKeys.rsa.privateKey)
    expect(() => decodeKey(Buffer.concat([rsa, Buffer.alloc(1)]))).toThrow(/cut short|field/)
    const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
    const body = Buffer.concat([ed25519, Buffer.alloc(3)]).toString('base64')
    expect(() => decodeKey(text(`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`))).toThrow(/damaged/)
  })

  it.each([
    ['PBKDF2', [0x7fffffff]],
    ['scrypt', [16384, 8, 16384]],
  ])('refuses a work factor of %s that would take minutes, at once', (_name, factors) => {
    const integers = factors.map((factor) => writeDer(derTag.integer, hex(factor.toString(16).padStart(8, '0'))))
    const kdf = writeDer(derTag.sequence, writeDer(derTag.octetString, Buffer.alloc(8)), ...integers)
    const algorithm = writeDer(derTag.sequence, hex('06092a864886f70d01050d'), writeDer(derTag.sequence, kdf))
    const der = writeDer(derTag.sequence, algorithm, writeDer(derTag.octetString, Buffer.alloc(48)))
    const body = Buffer.from(der).toString('base64')
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${body}\n-----END ENCRYPTED PRIVATE KEY-----\n`
    expect(() => decodeKey(text(pem), { passphrase: text('x') })).toThrow(/work factor/)
  })

  it('tells a missing passphrase from a wrong one', async () => {
    const pem = await encodeKey(await generateKeyPairOf('secp256k1'), 'pem', text('right'))
    expect(() => decodeKey(pem)).toThrow(/encrypted and no passphrase/)
    expect(() => decodeKey(pem, { passphrase: text('wrong') })).toThrow(/wrong passphrase/)
  })

  it('calls a wrong passphrase so also where the padding comes out right by chance', () => {
    const key = generateKeyPairSync('ed25519').privateKey
    for (let round = 0; round < 1000; round++) {
      const pem = key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'right' })
      expect(() => decodeKey(text(pem.toString()), { passphrase: text('wrong') })).toThrow(/wrong passphrase/)
    }
  })
})

describe('secrets', () => {
  it('an error holds no part of a key that is nearly right', async () => {
    const ours = await jwkOf('ed25519')
    const nearly = [`{"kty":"OKP","crv":"Ed25519","d":"${ours.d}",x}`, JSON.stringify({ ...ours, x: 'AAAA' })]
    for (const content of nearly) {
      try {
        decodeKey(text(content))
        expect.unreachable()
      } catch (error) {
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(ours.d)
      }
    }
  })
})
