import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { only, run, scratchFile, scratchPath, start } from '../support/cli.ts'

describe.each([
  ['ed25519', ['pem', 'protobuf', 'jwk', 'raw', 'pem']],
  ['secp256k1', ['pem', 'raw', 'protobuf', 'jwk', 'pem']],
  ['rsa', ['pem', 'jwk', 'protobuf', 'pem']],
])('p2p key convert, %s', (keyType, formats) => {
  it(`keeps the key through ${formats.join(', ')}`, async () => {
    const files = formats.map((format) => scratchPath(format))
    const made = await run(['keygen', '-t', keyType, '-o', files[0] ?? '', '--json'])
    const { peerId, publicKey } = only(made.records, 'key')
    for (const [index, format] of formats.entries()) {
      const file = files[index] ?? ''
      if (index > 0) {
        const type = formats[index - 1] === 'raw' ? ['-t', keyType] : []
        const args = ['key', 'convert', files[index - 1] ?? '', '-o', file, '--format', format, ...type, '--json']
        const { code, records } = await run(args)
        expect(code).toBe(0)
        expect(records).toEqual([{ type: 'key', peerId, keyType, publicKey, format, encrypted: false, file }])
      }
      expect(statSync(file).mode & 0o777).toBe(0o600)
    }
    expect(readFileSync(files.at(-1) ?? '')).toEqual(readFileSync(files[0] ?? ''))
  })
})

describe('p2p key convert', () => {
  const passphrase = 'correct horse'
  let plain = ''
  let encrypted = ''
  let peerId = ''
  beforeAll(async () => {
    plain = scratchPath('plain.pem')
    encrypted = scratchPath('encrypted.pem')
    peerId = only((await run(['keygen', '-o', plain, '--json'])).records, 'key').peerId
    const secret = scratchFile(`${passphrase}\n`)
    const args = ['key', 'convert', plain, '-o', encrypted, '--out-passphrase-file', secret, '--json']
    expect(only((await run(args)).records, 'key')).toMatchObject({ peerId, format: 'pem', encrypted: true })
  })

  it('encrypts, so that openssl opens it without the newline of the passphrase file', () => {
    expect(readFileSync(encrypted, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
    const args = ['pkey', '-in', encrypted, '-passin', `pass:${passphrase}`]
    const opened = spawnSync('openssl', args, { encoding: 'utf8' })
    expect(opened.stdout).toBe(readFileSync(plain, 'utf8'))
  })

  it.each(['', '\n', '\r\n'])('opens an encrypted key, the passphrase file ending in %j', async (end) => {
    const secret = scratchFile(passphrase + end)
    const { code, records } = await run(['key', 'inspect', encrypted, '--passphrase-file', secret, '--json'])
    expect(code).toBe(0)
    expect(only(records, 'key')).toMatchObject({ peerId, format: 'pem', encrypted: true, file: encrypted })
  })

  it.each([
    ['a wrong passphrase', ['--passphrase-file', 'wrong']],
    ['no passphrase', []],
  ])('refuses an encrypted key with %s', async (_name, args) => {
    const flags = args.map((arg) => (arg === 'wrong' ? scratchFile('wrong') : arg))
    const { code, stdout, stderr } = await run(['key', 'inspect', encrypted, ...flags])
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toContain(encrypted)
    expect(stderr).toContain('passphrase')
  })

  it('opens an encrypted key, and says that the new file is not encrypted', async () => {
    const file = scratchPath('opened.pem')
    const secret = scratchFile(passphrase)
    const { code, stderr } = await run(['key', 'convert', encrypted, '-o', file, '--passphrase-file', secret])
    expect(code).toBe(0)
    expect(stderr).toContain('encrypted')
    expect(readFileSync(file)).toEqual(readFileSync(plain))
  })

  it('refuses to overwrite without --force, its own input too', async () => {
    const before = readFileSync(plain)
    const args = ['key', 'convert', plain, '-o', plain, '--format', 'jwk']
    expect((await run(args)).code).toBe(7)
    expect(readFileSync(plain)).toEqual(before)
    const copy = scratchFile(before)
    expect((await run(['key', 'convert', copy, '-o', copy, '--format', 'jwk', '--force'])).code).toBe(0)
    expect(JSON.parse(readFileSync(copy, 'utf8'))).toMatchObject({ kty: 'OKP', crv: 'Ed25519' })
  })

  it('waits for a key that comes late through a pipe', async () => {
    const made = await run(['keygen', '-o', '-'])
    const inspecting = start(['key', 'inspect', '--json', '-'])
    // by then the command has looked for its input, and found none
    await run(['--version'])
    inspecting.child.stdin.end(made.stdoutBytes)
    expect(await inspecting.exited).toMatchObject({ code: 0 })
  })

  it('writes the key alone to stdout with -o -, and reads one from stdin', async () => {
    const input = readFileSync(plain)
    const written = await run(['key', 'convert', '-', '-o', '-', '--format', 'protobuf'], { input, raw: true })
    expect({ code: written.code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' })
    expect(written.stdoutBytes.subarray(0, 4)).toEqual(Buffer.from('08011240', 'hex'))
    const read = await run(['key', 'inspect', '-', '--json'], { input: written.stdoutBytes })
    expect(only(read.records, 'key').peerId).toBe(peerId)
  })

  it('warns that a key is readable by others, unless it is to be quiet', async () => {
    const open = scratchFile(readFileSync(plain))
    chmodSync(open, 0o644)
    const loud = await run(['key', 'inspect', open])
    expect(loud.code).toBe(0)
    expect(loud.stderr).toContain(open)
    expect(loud.stderr).toContain('chmod 600')
    expect(loud.stdout).toContain(peerId)
    expect((await run(['key', 'inspect', open, '--quiet'])).stderr).toBe('')
    expect((await run(['key', 'inspect', plain])).stderr).toBe('')
  })
})
