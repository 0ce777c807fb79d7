import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyFormats, keyTypes } from '../../src/lib/keys/key-type.ts'
import { convertKey } from '../../src/lib/operations/convert-key.ts'
import { generateKey } from '../../src/lib/operations/generate-key.ts'
import { inspectKey } from '../../src/lib/operations/inspect-key.ts'
import { keyRecord } from '../../src/lib/records/key.ts'

const passphrase = Buffer.from('correct horse')
let folder = ''
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'p2p-key-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('generateKey', () => {
  it.each(keyTypes)('keeps a %s key for its owner only, and says the same of it when it is read', async (keyType) => {
    const output = { file: at('key'), force: false }
    const { record, key, notes } = await generateKey({ keyType, format: 'pem', output })
    expect(key).toBeUndefined()
    expect(notes).toEqual([])
    expect((await stat(output.file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['key'])
    expect(keyRecord.parse(record)).toMatchObject({ keyType, format: 'pem', encrypted: false, file: output.file })
    expect((await inspectKey({ file: output.file })).record).toEqual(record)
  })

  it('does not replace a file unless forced', async () => {
    await writeFile(at('key'), 'precious')
    const options = { keyType: 'ed25519', format: 'pem' } as const
    const refused = generateKey({ ...options, output: { file: at('key'), force: false } })
    await expect(refused).rejects.toMatchObject({ code: 'local', message: expect.stringContaining(at('key')) })
    expect(await readFile(at('key'), 'utf8')).toBe('precious')
    expect(await readdir(folder)).toEqual(['key'])
    await chmod(at('key'), 0o644)
    const { record } = await generateKey({ ...options, output: { file: at('key'), force: true } })
    expect((await inspectKey({ file: at('key') })).record.peerId).toBe(record.peerId)
    expect((await stat(at('key'))).mode & 0o777).toBe(0o600)
  })

  it('says that a key without output is not kept, and shows no private half of it', async () => {
    const result = await generateKey({ keyType: 'ed25519', format: 'pem' })
    expect(result.notes).toEqual([expect.stringContaining('not kept')])
    expect(Object.keys(keyRecord.parse(result.record))).toEqual(['type', 'peerId', 'keyType', 'publicKey'])
    expect(result).not.toHaveProperty('key')
  })

  it('hands the key over for stdout', async () => {
    const { record, key } = await generateKey({ keyType: 'rsa', bits: 2048, format: 'jwk', output: 'stdout' })
    expect(record).not.toHaveProperty('file')
    await writeFile(at('key'), key ?? '', { mode: 0o600 })
    expect((await inspectKey({ file: at('key') })).record.peerId).toBe(record.peerId)
  })

  it.each([
    { keyType: 'ed25519', bits: 2048, format: 'pem' },
    { keyType: 'rsa', bits: 1024, format: 'pem' },
    { keyType: 'ed25519', format: 'jwk', passphrase },
    { keyType: 'ed25519', format: 'pem', passphrase },
    { keyType: 'rsa', format: 'raw' },
  ] as const)('refuses %o as usage', async (options) => {
    await expect(generateKey(options)).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('convertKey and inspectKey', () => {
  it.each(keyFormats)('carries an encrypted key to %s', async (format) => {
    const { record } = await generateKey({
      keyType: 'secp256k1',
      format: 'pem',
      passphrase,
      output: { file: at('in'), force: false },
    })
    expect(record.encrypted).toBe(true)
    await expect(inspectKey({ file: at('in') })).rejects.toMatchObject({
      code: 'local',
      suggestions: [expect.stringContaining('--passphrase-file')],
    })
    const output = { file: at('out'), force: false }
    const converted = await convertKey({ input: at('in'), passphrase, format, output })
    expect(converted.notes).toEqual([expect.stringContaining('encrypted')])
    expect(keyRecord.parse(converted.record)).toMatchObject({ peerId: record.peerId, format, encrypted: false })
    expect((await inspectKey({ file: at('out'), keyType: 'secp256k1' })).record).toEqual(converted.record)
  })

  it('warns where others can read the key', async () => {
    await generateKey({ keyType: 'ed25519', format: 'protobuf', output: { file: at('key'), force: false } })
    for (const [mode, count] of [
      [0o600, 0],
      [0o640, 1],
      [0o604, 1],
    ] as const) {
      await chmod(at('key'), mode)
      expect((await inspectKey({ file: at('key') })).notes).toHaveLength(count)
    }
  })

  it('names the path and the reason of what it cannot read', async () => {
    await mkdir(at('folder'))
    await writeFile(at('large'), Buffer.alloc(64 * 1024 + 1))
    await writeFile(at('words'), 'not a key')
    for (const [name, reason] of [
      ['absent', 'no such file'],
      ['folder', 'directory'],
      ['large', 'larger than'],
      ['words', 'not a usable private key'],
    ] as const) {
      const message = expect.stringMatching(new RegExp(`${at(name)}: .*${reason}`))
      await expect(inspectKey({ file: at(name) })).rejects.toMatchObject({ code: 'local', message })
    }
    await expect(inspectKey({ file: '/dev/zero' })).rejects.toMatchObject({ code: 'local' })
  })
})
