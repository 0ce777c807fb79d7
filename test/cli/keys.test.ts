import { createPrivateKey } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { publicKeyFromProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { only, run, scratchFile, scratchPath, shell } from '../support/cli.ts'
import { parseRecord } from '../support/records.ts'

const mode = (file: string) => statSync(file).mode & 0o777

describe('p2p keygen', () => {
  it.each([
    ['ed25519', /^12D3/],
    ['secp256k1', /^16U/],
    ['rsa', /^Qm/],
  ])('keeps a new %s key for its owner only, and says whose it is', async (keyType, peerId) => {
    const file = scratchPath('node.pem')
    const { code, records, stderr } = await run(['keygen', '-t', keyType, '-o', file, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const record = only(records, 'key')
    expect(record).toMatchObject({ keyType, format: 'pem', encrypted: false, file })
    expect(record.peerId).toMatch(peerId)
    const publicKey = publicKeyFromProtobuf(Buffer.from(record.publicKey, 'base64'))
    expect(peerIdFromPublicKey(publicKey).toString()).toBe(record.peerId)
    expect(mode(file)).toBe(0o600)
  })

  it('makes another Ed25519 key each time, as PEM', async () => {
    const files = [scratchPath(), scratchPath()]
    for (const file of files) expect((await run(['keygen', '-o', file])).code).toBe(0)
    const [first, second] = files.map((file) => createPrivateKey(readFileSync(file)))
    expect(first?.asymmetricKeyType).toBe('ed25519')
    expect(second && first?.equals(second)).toBe(false)
  })

  it.each(['000', '022', '077'])('writes mode 0600 under umask %s, and leaves nothing else behind', async (umask) => {
    const folder = scratchPath('folder')
    mkdirSync(folder)
    const { code } = await shell(`umask ${umask}; p2p keygen -o "$1"`, [join(folder, 'key')])
    expect(code).toBe(0)
    expect(readdirSync(folder)).toEqual(['key'])
    expect(mode(join(folder, 'key'))).toBe(0o600)
  })

  it('refuses to overwrite, and leaves the file untouched', async () => {
    const file = scratchFile('precious')
    chmodSync(file, 0o640)
    const before = statSync(file, { bigint: true })
    const { code, stdout, stderr } = await run(['keygen', '-o', file])
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toContain(file)
    expect(stderr).toContain('--force')
    const after = statSync(file, { bigint: true })
    expect(readFileSync(file, 'utf8')).toBe('precious')
    expect([after.ino, after.mtimeNs, after.mode]).toEqual([before.ino, before.mtimeNs, before.mode])
  })

  it('overwrites with --force, for its owner only', async () => {
    const file = scratchFile('precious')
    chmodSync(file, 0o644)
    expect((await run(['keygen', '-o', file, '--force'])).code).toBe(0)
    expect(createPrivateKey(readFileSync(file)).asymmetricKeyType).toBe('ed25519')
    expect(mode(file)).toBe(0o600)
  })

  it('without -o shows a key that is not kept, and says so', async () => {
    const { code, stdout, stderr } = await run(['keygen'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/12D3KooW\w+/)
    expect(stdout).toMatch(/public key\s+CAES/)
    expect(stderr).toContain('not kept')
    const json = await run(['keygen', '--json', '--quiet'])
    expect(Object.keys(only(json.records, 'key'))).toEqual(['type', 'peerId', 'keyType', 'publicKey'])
    expect(json.stderr).toBe('')
  })

  it('-o - writes the key alone to stdout', async () => {
    const { code, stdout, stderr } = await run(['keygen', '-o', '-'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----\n$/)
    expect(createPrivateKey(stdout).asymmetricKeyType).toBe('ed25519')
  })

  it('-o - --json keeps stdout for the key, and puts the record on stderr', async () => {
    const { code, stdoutBytes, stderr } = await run(['keygen', '-o', '-', '--format', 'raw', '--json'], { raw: true })
    expect(code).toBe(0)
    expect(stdoutBytes).toHaveLength(32)
    const record = only(stderr.trimEnd().split('\n').map(parseRecord), 'key')
    expect(record).toMatchObject({ format: 'raw', encrypted: false })
    const inspected = await run(['key', 'inspect', '-t', 'ed25519', '--json', scratchFile(stdoutBytes)])
    expect(only(inspected.records, 'key').peerId).toBe(record.peerId)
  })

  it.each([
    ['an RSA key below 2048 bits', ['-t', 'rsa', '--bits', '2047']],
    ['an RSA key above 8192 bits', ['-t', 'rsa', '--bits', '8193']],
    ['bits for an Ed25519 key', ['--bits', '2048']],
    ['a raw RSA key', ['-t', 'rsa', '--format', 'raw']],
    ['an ECDSA key', ['-t', 'ecdsa']],
    ['a passphrase for a format that has none', ['--format', 'jwk', '--passphrase-file', '/dev/null']],
  ])('refuses %s, and writes nothing', async (_name, args) => {
    const file = scratchPath('refused')
    const { code, stdout, stderr } = await run(['keygen', '-o', file, ...args])
    expect(stderr).not.toBe('')
    expect({ code, stdout, exists: existsSync(file) }).toEqual({ code: code === 7 ? 7 : 2, stdout: '', exists: false })
  })

  it('refuses a folder that is missing, is a file, or cannot be written', async () => {
    const sealed = scratchPath('sealed')
    mkdirSync(sealed, { mode: 0o555 })
    // nothing stops root but the kernel
    const unwritable = process.getuid?.() === 0 ? '/proc' : sealed
    for (const folder of [scratchPath('absent'), scratchFile(''), unwritable]) {
      const { code, stdout, stderr } = await run(['keygen', '-o', join(folder, 'key')])
      expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
      expect(stderr).toContain(join(folder, 'key'))
    }
  })

  it('takes a file name without a folder, in the current one', async () => {
    const file = scratchPath('plain.pem')
    const { code } = await run(['keygen', '-o', basename(file)], { cwd: dirname(file) })
    expect(code).toBe(0)
    writeFileSync(file, readFileSync(file))
  })
})
