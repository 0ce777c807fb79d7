import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeKey } from '../../src/lib/keys/decode.ts'
import { encodeKey } from '../../src/lib/keys/encode.ts'
import { generateKeyPairOf } from '../../src/lib/keys/generate.ts'
import { keyTypes } from '../../src/lib/keys/key-type.ts'
import { decodePublicKey } from '../../src/lib/keys/public-key.ts'

const absent = spawnSync('openssl', ['version']).status !== 0
if (absent) process.stderr.write('skipped: interop with openssl, since there is no openssl on PATH\n')

const passphrase = Buffer.from('correct horse')
const folder = mkdtempSync(join(tmpdir(), 'p2p-openssl-'))
const passFile = join(folder, 'pass')
writeFileSync(passFile, passphrase)
afterAll(() => rmSync(folder, { recursive: true }))

function openssl(args: string[], input: Uint8Array | string = ''): string {
  return execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] }).toString()
}

/** SPKI DER of a private key, as openssl derives it. */
function spkiOf(pem: Uint8Array | string, ...args: string[]): string {
  return openssl(['pkey', '-pubout', ...args], pem).replace(/-----.*-----|\s/g, '')
}

/** SPKI DER of what this toolkit made of a key; secp256k1 with an uncompressed point, as openssl writes it. */
function ourSpki(bytes: Uint8Array | string, withPassphrase = false): string {
  const { pair } = decodeKey(Buffer.from(bytes), withPassphrase ? { passphrase } : {})
  return decodePublicKey(pair.publicKey).key.export({ format: 'der', type: 'spki' }).toString('base64')
}

const generators = {
  ed25519: ['genpkey', '-algorithm', 'ed25519'],
  secp256k1: ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
  rsa: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
} as const

describe.skipIf(absent).each(keyTypes)('openssl and a %s key', (keyType) => {
  it('openssl’s PKCS#8 is read, plain and encrypted in each of its ways', () => {
    const pem = openssl([...generators[keyType]])
    expect(ourSpki(pem)).toBe(spkiOf(pem))
    for (const how of [
      ['-v2', 'aes-256-cbc'],
      ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA512', '-iter', '100000'],
      ['-scrypt'],
      ['-v1', 'PBE-SHA1-3DES'],
    ]) {
      const encrypted = openssl(['pkcs8', '-topk8', ...how, '-passout', `file:${passFile}`], pem)
      expect(ourSpki(encrypted, true)).toBe(spkiOf(pem))
      expect(() => decodeKey(Buffer.from(encrypted), { passphrase: Buffer.from('wrong') })).toThrow(/wrong passphrase/)
    }
  })

  it('openssl reads the PEM that is written here, plain and encrypted', async () => {
    const pair = await generateKeyPairOf(keyType)
    const pem = await encodeKey(pair, 'pem')
    const encrypted = await encodeKey(pair, 'pem', passphrase)
    expect(spkiOf(pem)).toBe(ourSpki(pem))
    expect(spkiOf(encrypted, '-passin', `file:${passFile}`)).toBe(ourSpki(pem))
    expect(openssl(['pkey', '-check', '-noout'], pem)).toMatch(/valid/)
  })
})

describe.skipIf(absent)('openssl’s older forms', () => {
  it('SEC1, with parameters before it, with a compressed point, and encrypted the traditional way', () => {
    const sec1 = openssl(['ecparam', '-name', 'secp256k1', '-genkey'])
    expect(sec1).toContain('EC PARAMETERS')
    const compressed = openssl(['ec', '-conv_form', 'compressed'], sec1)
    const encrypted = openssl(['ec', '-aes256', '-passout', `file:${passFile}`], sec1)
    expect(ourSpki(sec1)).toBe(spkiOf(sec1))
    expect(ourSpki(compressed)).toBe(ourSpki(sec1))
    expect(ourSpki(openssl(['ec', '-no_public'], sec1))).toBe(ourSpki(sec1))
    expect(ourSpki(encrypted, true)).toBe(ourSpki(sec1))
  })

  it('PKCS#1, plain and encrypted the traditional way', () => {
    const pem = openssl([...generators.rsa])
    const pkcs1 = openssl(['rsa', '-traditional'], pem)
    expect(pkcs1).toContain('BEGIN RSA PRIVATE KEY')
    expect(ourSpki(pkcs1)).toBe(spkiOf(pem))
    const encrypted = openssl(['rsa', '-traditional', '-aes128', '-passout', `file:${passFile}`], pem)
    expect(ourSpki(encrypted, true)).toBe(spkiOf(pem))
    expect(() => decodeKey(Buffer.from(encrypted))).toThrow(/no passphrase/)
  })

  it('P-256 is refused in each form', () => {
    const sec1 = openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout'])
    for (const pem of [sec1, openssl(['pkcs8', '-topk8', '-nocrypt'], sec1)]) {
      expect(() => decodeKey(Buffer.from(pem))).toThrow(/ECDSA keys are not offered/)
    }
  })
})
