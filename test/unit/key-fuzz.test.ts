import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { decodeKey } from '../../src/lib/keys/decode.ts'
import { encodeKey, encodePrivateKey } from '../../src/lib/keys/encode.ts'
import { generateKeyPairOf } from '../../src/lib/keys/generate.ts'
import { keyFormats, keyTypes } from '../../src/lib/keys/key-type.ts'
import { decodePublicKey } from '../../src/lib/keys/public-key.ts'

const text = (content: string) => Buffer.from(content)
const jwk = (members: object) => text(JSON.stringify(members))

describe('fuzzed input', () => {
  const passphrase = text('pass')
  const options = fc.constantFrom(
    {},
    { keyType: 'ed25519' as const },
    { keyType: 'secp256k1' as const },
    { passphrase },
  )

  /** Decodes, and fails on whatever is not a one-line ToolkitError. */
  function decodeOrRefuse(bytes: Uint8Array, decodeOptions: Parameters<typeof decodeKey>[1]): void {
    try {
      decodeKey(bytes, decodeOptions)
    } catch (error) {
      expect(error).toBeInstanceOf(ToolkitError)
      expect(String(error)).not.toMatch(/\n/)
    }
  }

  it('random bytes and texts give a key or a ToolkitError', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ maxLength: 200 }).map(text),
      fc.json().map(text),
      fc.base64String({ maxLength: 200 }).map(text),
      fc.uint8Array({ maxLength: 99 }).map((tail) => Uint8Array.of(0x08, 0x01, 0x12, ...tail)),
      fc.dictionary(fc.constantFrom('kty', 'crv', 'd', 'x', 'y', 'n', 'e'), fc.base64String()).map(jwk),
    )
    fc.assert(fc.property(content, options, decodeOrRefuse), { numRuns: 3000 })
  })

  it('mutated keys give a key or a ToolkitError', async () => {
    const files: Uint8Array[] = []
    for (const keyType of keyTypes) {
      const pair = await generateKeyPairOf(keyType)
      for (const format of keyFormats)
        if (keyType !== 'rsa' || format !== 'raw') files.push(await encodeKey(pair, format))
      files.push(text(Buffer.from(encodePrivateKey(pair)).toString('base64')))
      files.push(
        text(
          String(pair.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'pass' })),
        ),
      )
    }
    const mutation = fc.record({
      file: fc.constantFrom(...files),
      at: fc.nat(),
      byte: fc.nat(255),
      cut: fc.option(fc.nat(), { freq: 4 }),
    })
    const property = fc.property(mutation, options, ({ file, at, byte, cut }, decodeOptions) => {
      const bytes = Buffer.from(file)
      bytes[at % bytes.length] = byte
      decodeOrRefuse(cut === null ? bytes : bytes.subarray(0, cut % bytes.length), decodeOptions)
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it('public keys likewise', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ minLength: 33, maxLength: 33 }).map((point) => Uint8Array.of(0x08, 0x02, 0x12, 33, ...point)),
    )
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          decodePublicKey(input)
        } catch (error) {
          expect(error).toBeInstanceOf(ToolkitError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
