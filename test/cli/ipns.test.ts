import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { only, run, scratchFile, scratchPath, shell } from '../support/cli.ts'
import { editedIpns, forgedIpns, ipnsBytes, ipnsSigner } from '../support/ipns.ts'
import { loadedBy } from '../support/loaded-modules.ts'

const signer = await ipnsSigner()
const rsa = await ipnsSigner('RSA')
const expired = '1999-01-01T00:00:00.000000000Z'
const create = async (...args: string[]) => run(['ipns', 'create', '--json', '--key', signer.file, ...args])
const inspect = async (record: Uint8Array, ...args: string[]) =>
  run(['ipns', 'inspect', '--json', '-', ...args], { input: record })

describe('ipns create', () => {
  it('writes a record that inspect reads, and says what it says', async () => {
    const file = scratchPath('record')
    const before = Date.now()
    const created = await create('-o', file, '--sequence', '18446744073709551615', '--lifetime', '8760h', 'bafkqaaa')
    expect(created.code).toBe(0)
    const { validity, ...record } = only(created.records, 'ipns')
    expect(record).toEqual({
      type: 'ipns',
      name: signer.name,
      value: '/ipfs/bafkqaaa',
      sequence: '18446744073709551615',
      ttlMs: 300_000,
      expired: false,
      signature: 'valid',
    })
    expect(Date.parse(validity) - before).toBeGreaterThanOrEqual(8760 * 3_600_000)
    const inspected = await inspect(readFileSync(file), '--name', signer.peerId)
    expect(inspected.code).toBe(0)
    expect(only(inspected.records, 'ipns')).toEqual({ ...record, validity })
  })

  it('writes nothing but the record to stdout with -o -', async () => {
    const { stdout, code } = await shell(
      'p2p ipns create --key "$1" --ttl 0 bafkqaaa --out - | p2p ipns inspect --json --name "$2" -',
      [signer.file, signer.name],
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ sequence: '0', ttlMs: 0, signature: 'valid' })
  })

  it('replaces a file only with --force', async () => {
    const file = scratchFile('mine', 'record')
    expect((await create('-o', file, 'bafkqaaa')).code).toBe(7)
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect((await create('-o', file, '--force', 'bafkqaaa')).code).toBe(0)
    expect((await inspect(readFileSync(file))).code).toBe(0)
  })

  it('opens an encrypted key with its passphrase, and without it exits 7', async () => {
    const [file, secret] = [scratchPath('key.pem'), scratchFile('secret\n')]
    expect((await run(['keygen', '-o', file, '--passphrase-file', secret])).code).toBe(0)
    const args = ['ipns', 'create', '--json', '--key', file, '-o', scratchPath('record'), 'bafkqaaa']
    const refused = await run(args)
    expect(refused.code).toBe(7)
    expect(only(refused.records, 'error').error.suggestions.join()).toContain('--key-passphrase-file')
    expect((await run([...args, '--key-passphrase-file', secret])).code).toBe(0)
  })

  it.each([
    ['text', ['word'], 'not a value'],
    ['a path without a CID', ['/ipfs/word'], 'not a value'],
    ['a sequence of 65 bits', ['bafkqaaa', '--sequence', '18446744073709551616'], 'not a sequence'],
    ['a negative sequence', ['bafkqaaa', '--sequence', '-1'], 'not a sequence'],
    ['no lifetime', ['bafkqaaa', '--lifetime', '0'], 'no time'],
    ['an endless lifetime', ['bafkqaaa', '--lifetime', '1000000h'], 'days'],
    ['a TTL without a number', ['bafkqaaa', '--ttl', 'soon'], 'not a duration'],
    ['a value that is too long', [`/ipfs/bafkqaaa/${'x'.repeat(10_000)}`], '10240 bytes'],
    ['no value', [], 'value'],
  ])('refuses %s with exit 2', async (_name, args, message) => {
    const file = scratchPath('record')
    const { code, records } = await create('-o', file, ...args)
    expect(code).toBe(2)
    expect(only(records, 'error').error.message).toContain(message)
    expect(() => readFileSync(file)).toThrow('ENOENT')
  })

  it('exits 2 without a key, and 7 where it cannot be read', async () => {
    const args = ['ipns', 'create', '-o', scratchPath('record'), 'bafkqaaa']
    expect((await run(args)).code).toBe(2)
    expect((await run([...args, '--key', scratchPath('nothing')])).code).toBe(7)
    expect((await run([...args, '--key', scratchFile('no key')])).code).toBe(7)
  })
})

describe('ipns inspect', () => {
  it('checks the signature by the key that the record carries, else by --name, else not', async () => {
    const carried = only((await inspect(await ipnsBytes(rsa))).records, 'ipns')
    expect(carried).toMatchObject({ name: rsa.name, signature: 'valid' })
    const { name, signature } = only((await inspect(await ipnsBytes(signer))).records, 'ipns')
    expect({ name, signature }).toEqual({ name: undefined, signature: 'unchecked' })
    const text = await run(['ipns', 'inspect', '-'], { input: await ipnsBytes(signer, { v2: true }) })
    expect(text.stdout).toMatch(/^value {8}\/ipfs\/bafkqaaa\nsequence {5}1\nTTL {10}300 s\n/)
    expect(text.stdout).toContain('not checked: the record does not carry its key, give --name')
  })

  it.each([
    ['forged', async () => forgedIpns(signer), 'signature'],
    ["another name's", async () => ipnsBytes(rsa), 'did not match'],
  ])('shows a record that is %s, and exits 1', async (_name, record, reason) => {
    const { code, records } = await inspect(await record(), '--name', signer.name)
    expect(code).toBe(1)
    expect(only(records, 'ipns')).toMatchObject({ name: signer.name, signature: 'invalid' })
    expect(only(records, 'error').error).toMatchObject({ code: 'negative', message: expect.stringContaining(reason) })
  })

  it('shows a record that has expired, and exits 1', async () => {
    for (const args of [[], ['--name', signer.name]]) {
      const { code, records } = await inspect(await ipnsBytes(signer, { expires: expired }), ...args)
      expect(code).toBe(1)
      expect(only(records, 'ipns')).toMatchObject({ validity: '1999-01-01T00:00:00.000Z', expired: true })
      expect(only(records, 'error').error.message).toBe('the record expired at 1999-01-01T00:00:00.000Z')
    }
  })

  it.each([
    ['nothing', async () => new Uint8Array(0)],
    ['garbage', async () => Buffer.from('0fffffffffffffffff', 'hex')],
    ['half a record', async () => (await ipnsBytes(signer)).subarray(0, 100)],
    ['a time that is none', async () => editedIpns(signer, '2999-01-01', '2999-13-01')],
  ])('exits 7 for %s', async (_name, bytes) => {
    const { code, records } = await inspect(await bytes())
    expect(code).toBe(7)
    expect(only(records, 'error').error).toMatchObject({
      code: 'local',
      message: expect.stringMatching(/^not an IPNS record: ./),
    })
    expect(records).toHaveLength(1)
  })

  it('exits 7 for a file of more than 10 KiB, and for one that is not there', async () => {
    expect((await inspect(Buffer.alloc(10 * 1024 + 1))).code).toBe(7)
    expect((await run(['ipns', 'inspect', scratchPath('nothing')])).code).toBe(7)
  })

  it('shows hostile text without its escapes', async () => {
    const record = await ipnsBytes(signer, { value: '/\u{1b}[2J\u202e' })
    const { stdout } = await run(['ipns', 'inspect', '-'], { input: record })
    expect(stdout).toContain('/\\u{1b}[2J\\u{202e}')
  })
})

it('neither loads the network', () => {
  const record = scratchPath('record')
  for (const args of [
    ['create', '--key', signer.file, '-o', record, 'bafkqaaa'],
    ['inspect', record],
  ]) {
    const loaded = loadedBy(['ipns', ...args])
    expect(loaded.code).toBe(0)
    const network =
      /^(?:libp2p$|@libp2p\/(?!crypto$|interface$|logger$|peer-id$|utils$)|@chainsafe\/(?!is-ip$)|ws$|it-)/
    expect([...loaded.packages].filter((name) => network.test(name))).toEqual([])
    expect(loaded.packages.has('ipns')).toBe(true)
  }
})
