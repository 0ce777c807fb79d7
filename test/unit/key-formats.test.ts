import { describe, expect, it } from 'vitest'
import { decodeKey } from '../../src/lib/keys/decode.ts'
import { encodeKey, encodePrivateKey } from '../../src/lib/keys/encode.ts'
import { generateKeyPairOf } from '../../src/lib/keys/generate.ts'
import { keyPairFromSeed, peerIdOf } from '../../src/lib/keys/key-pair.ts'
import { type KeyFormat, keyFormats, keyTypes } from '../../src/lib/keys/key-type.ts'
import { decodePublicKey } from '../../src/lib/keys/public-key.ts'
import { hex, specKeys } from './key-vectors.ts'

const secret = Buffer.from('correct horse')

describe('the spec’s keys', () => {
  it.each(keyTypes)('derives the %s public key from the private one', (keyType) => {
    const { pair, format } = decodeKey(hex(specKeys[keyType].privateKey))
    expect(Buffer.from(pair.publicKey).toString('hex')).toBe(specKeys[keyType].publicKey)
    expect({ keyType: pair.keyType, format }).toEqual({ keyType, format: 'protobuf' })
    expect(Buffer.from(encodePrivateKey(pair)).toString('hex')).toBe(specKeys[keyType].privateKey)
    expect(decodePublicKey(pair.publicKey).keyType).toBe(keyType)
  })

  it('refuses ECDSA with the reason, as a private and as a public key', () => {
    expect(() => decodeKey(hex(specKeys.ecdsa.privateKey))).toThrow(/ECDSA keys are not offered/)
    expect(() => decodePublicKey(hex(specKeys.ecdsa.publicKey))).toThrow(/ECDSA keys are not offered/)
  })
})

describe.each(keyTypes)('%s', (keyType) => {
  const formats = keyFormats.filter((format) => keyType !== 'rsa' || format !== 'raw')

  it.each(formats)('keeps its identity through %s', async (format) => {
    const pair = await generateKeyPairOf(keyType)
    const decoded = decodeKey(await encodeKey(pair, format), format === 'raw' ? { keyType } : {})
    expect(peerIdOf(decoded.pair)).toBe(peerIdOf(pair))
    expect(decoded.pair.privateKey.equals(pair.privateKey)).toBe(true)
    expect(decoded).toMatchObject({ format, encrypted: false })
  })

  it('keeps its identity through an encrypted PEM, whose iterations are many', async () => {
    const pair = await generateKeyPairOf(keyType)
    const pem = await encodeKey(pair, 'pem', secret)
    expect(decodeKey(pem, { passphrase: secret })).toMatchObject({ encrypted: true, format: 'pem' })
    expect(peerIdOf(decodeKey(pem, { passphrase: secret }).pair)).toBe(peerIdOf(pair))
    const der = Buffer.from(pem.toString().replace(/-----.*-----/g, ''), 'base64')
    expect(der.toString('hex').includes('02030927c0')).toBe(true) // INTEGER 600000
  })

  it('reads its protobuf as base64, padded, unpadded and wrapped, and from a Kubo configuration', async () => {
    const pair = await generateKeyPairOf(keyType)
    const base64 = Buffer.from(encodePrivateKey(pair)).toString('base64')
    const config = JSON.stringify({ Identity: { PeerID: peerIdOf(pair), PrivKey: base64 }, Datastore: {} }, null, 2)
    const wrapped = `${base64.match(/.{1,64}/g)?.join('\r\n')}\n`
    for (const text of [base64, base64.replace(/=+$/, ''), wrapped, config]) {
      const decoded = decodeKey(Buffer.from(text))
      expect(decoded).toMatchObject({ format: 'protobuf', encrypted: false })
      expect(peerIdOf(decoded.pair)).toBe(peerIdOf(pair))
    }
  })

  it('refuses a type other than the one asked for', async () => {
    const other = keyType === 'rsa' ? 'ed25519' : 'rsa'
    const pem = await encodeKey(await generateKeyPairOf(keyType), 'pem')
    expect(() => decodeKey(pem, { keyType: other })).toThrow(`it is of type ${keyType}, not ${other}`)
  })
})

describe('encodings that cannot be', () => {
  it('refuses raw RSA, and a passphrase with a format other than pem', async () => {
    const rsa = await generateKeyPairOf('rsa')
    await expect(encodeKey(rsa, 'raw')).rejects.toMatchObject({ code: 'usage' })
    for (const format of keyFormats.filter((format): format is Exclude<KeyFormat, 'pem'> => format !== 'pem')) {
      await expect(encodeKey(rsa, format, secret)).rejects.toMatchObject({ code: 'usage' })
    }
  })

  it('refuses bits of another type, and RSA lengths that peers refuse', async () => {
    await expect(generateKeyPairOf('ed25519', 2048)).rejects.toMatchObject({ code: 'usage' })
    for (const bits of [1024, 2047, 8193, 2048.5, Number.NaN]) {
      await expect(generateKeyPairOf('rsa', bits)).rejects.toMatchObject({ code: 'usage' })
    }
  })
})

describe('seeds', () => {
  it('reads hex in either case with or without 0x, and needs the type', () => {
    const digits = specKeys.secp256k1.privateKey.slice(8)
    for (const text of [digits, `${digits.toUpperCase()}\n`, `0x${digits}\r\n`]) {
      const { pair } = decodeKey(Buffer.from(text), { keyType: 'secp256k1' })
      expect(Buffer.from(pair.publicKey).toString('hex')).toBe(specKeys.secp256k1.publicKey)
      expect(() => decodeKey(Buffer.from(text))).toThrow(/do not say what type/)
      expect(() => decodeKey(Buffer.from(text), { keyType: 'rsa' })).toThrow(/no raw form/)
    }
  })

  it('takes the least and the greatest scalar and refuses those beyond', () => {
    const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'
    expect(keyPairFromSeed('secp256k1', hex(`${'00'.repeat(31)}01`)).keyType).toBe('secp256k1')
    expect(keyPairFromSeed('secp256k1', hex(order.replace(/41$/, '40'))).keyType).toBe('secp256k1')
    for (const scalar of ['00'.repeat(32), order, 'ff'.repeat(32)]) {
      expect(() => keyPairFromSeed('secp256k1', hex(scalar))).toThrow(/order of the group/)
    }
  })
})
