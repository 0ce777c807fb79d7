import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { only, type Result, run, scratchFile, scratchFolder, scratchPath } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'
import { swarmKeyFile } from '../support/swarm-key.ts'

/** A failure in text: one line of reason on stderr, nothing on stdout, no stack trace and no configuration. */
function expectOneLine(result: Result, code: number, pattern: RegExp): void {
  expect(result.stderr).toMatch(pattern)
  expect(result.stderr).not.toMatch(/^\s+at |node_modules|oclif|pluginAliases|"config"/m)
  expect(result.code).toBe(code)
  expect(result.stdout).toBe('')
}

const nowhere = '/ip4/127.0.0.1/tcp/1'

describe('a busy port', () => {
  test.each(['tcp', 'ws'])('over %s is 7', async (transport) => {
    const server = await tcpServer()
    const address = `${server.address}${transport === 'ws' ? '/ws' : ''}`
    const json = await run(['listen', '--json', address])
    expect(json.code).toBe(7)
    expect(json.records).toHaveLength(1)
    expect(only(json.records, 'error').error).toMatchObject({ code: 'local', layer: 'transport' })
    const text = await run(['listen', address])
    expectOneLine(text, 7, /in use/)
    expect(text.stderr).toContain(String(server.port))
  })

  test('over quic is 7', async () => {
    const listener = await startListener(['--transport', 'quic'])
    const address = listener.quic.replace(/\/p2p\/.*/, '')
    expectOneLine(await run(['listen', address]), 7, /in use/)
  })

  test('of two addresses fails the whole, and nothing is announced', async () => {
    const server = await tcpServer()
    const result = await run(['listen', '--json', '/ip4/127.0.0.1/tcp/0', server.address])
    expect(result.code).toBe(7)
    expect(result.records.map((record) => record.type)).toEqual(['error'])
  })

  test('an address of another machine is 7', async () => {
    expectOneLine(await run(['listen', '/ip4/192.0.2.1/tcp/0']), 7, /192\.0\.2\.1/)
  })
})

describe('keys', () => {
  test.each([
    ['absent', () => scratchPath('absent.pem'), /ENOENT|no such file|not exist/i],
    ['a folder', () => scratchFolder(), /EISDIR|director|folder/i],
    ['no key', () => scratchFile('hello\n'), /key/],
    ['empty', () => scratchFile(''), /key|empty/],
  ])('a key file that is %s is 7', async (_name, file, pattern) => {
    const path = file()
    for (const command of [['dial', nowhere], ['listen'], ['ping', nowhere]]) {
      expectOneLine(await run([...command, '--key', path]), 7, pattern)
    }
    const json = await run(['dial', '--json', '--key', path, nowhere])
    expect(only(json.records, 'error').error).toMatchObject({ code: 'local', exitCode: 7 })
  })

  test('P2P_KEY names the key as --key does', async () => {
    const file = scratchPath('key.pem')
    const { records } = await run(['keygen', '--json', '-o', file])
    const listener = await startListener(['--transport', 'tcp'], { env: { P2P_KEY: file } })
    expect(listener.peerId).toBe(only(records, 'key').peerId)
    expectOneLine(
      await run(['dial', nowhere], { env: { P2P_KEY: scratchPath('absent') } }),
      7,
      /ENOENT|no such file|not exist/i,
    )
  })

  test('a wrong, an absent and an empty passphrase are 7; the right one opens the key', async () => {
    const right = scratchFile('correct horse\n')
    const wrong = scratchFile('battery staple\n')
    const key = scratchPath('key.pem')
    const made = await run(['keygen', '--json', '-o', key, '--passphrase-file', right])
    expect(made.code).toBe(0)
    expectOneLine(await run(['listen', '--key', key, '--key-passphrase-file', wrong]), 7, /passphrase/)
    expectOneLine(await run(['dial', nowhere, '--key', key]), 7, /passphrase|encrypted/)
    expectOneLine(await run(['dial', nowhere, '--key', key, '--key-passphrase-file', scratchFile('')]), 7, /passphrase/)
    expectOneLine(
      await run(['dial', nowhere, '--key', key, '--key-passphrase-file', scratchPath('none')]),
      7,
      /ENOENT|no such file|not exist/i,
    )
    const listener = await startListener(['--transport', 'tcp', '--key', key, '--key-passphrase-file', right])
    expect(listener.peerId).toBe(only(made.records, 'key').peerId)
  })

  test('no message holds any of the key', async () => {
    const secret = 'MC4CAQAwBQYDK2VwBCIEIBrokenbrokenbrokenbrokenbrokenbrokenbrok'
    const file = scratchFile(`-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`)
    for (const flags of [[], ['--json']]) {
      const result = await run(['dial', nowhere, '--key', file, ...flags])
      expect(result.code).toBe(7)
      expect(result.stdout + result.stderr).not.toContain(secret.slice(24, 40))
    }
  })
})

describe('private networks', () => {
  test.each(['tcp', 'ws'] as const)('the same key on both sides works over %s', async (transport) => {
    const psk = swarmKeyFile()
    const listener = await startListener(['--psk', psk, '--transport', transport])
    const result = await run(['ping', '-c', '1', '--json', listener[transport]], { env: { P2P_PSK: psk } })
    expect(result.code).toBe(0)
    expect(only(result.records, 'pong').peer).toBe(listener.peerId)
  })

  test('the defaults of a private network leave QUIC out', async () => {
    const listener = await startListener(['--psk', swarmKeyFile()])
    expect(listener.quic).toBe('')
    expect(listener.tcp).not.toBe('')
    expect(listener.ws).not.toBe('')
  })

  test.each(['tcp', 'ws'] as const)('another key is 5 on both sides, over %s', async (transport) => {
    const listener = await startListener(['--psk', swarmKeyFile(), '--transport', transport])
    const result = await run(['dial', '--json', '--timeout', '5s', '--psk', swarmKeyFile(), listener[transport]])
    expect(result.code).toBe(5)
    const { error } = only(result.records, 'error')
    expect(error).toMatchObject({ code: 'security', layer: 'security' })
    expect(error.message).toMatch(/PSK mismatch likely/)
    const seen = await listener.waitFor('connection-failed')
    expect(seen.error).toMatchObject({ code: 'security', layer: 'security' })
    expect(seen.error.message).toMatch(/PSK mismatch likely/)
  })

  test('a key against a public peer is 5 here; the other side is told that the network may be private', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const result = await run(['dial', '--json', '--timeout', '5s', '--psk', swarmKeyFile(), listener.tcp])
    expect(result.code).toBe(5)
    expect(only(result.records, 'error').error.message).toMatch(/PSK mismatch likely/)
    const seen = await listener.waitFor('connection-failed')
    expect([3, 4, 6]).toContain(seen.error.exitCode)
    expect(`${seen.error.message} ${seen.error.suggestions.join()}`).toMatch(/private/)
  })

  test('no key against a private network is 3, 4 or 6, with the hint; the private side says mismatch', async () => {
    const listener = await startListener(['--psk', swarmKeyFile(), '--transport', 'tcp'])
    const result = await run(['dial', '--json', '--timeout', '5s', listener.tcp])
    expect([3, 4, 6]).toContain(result.code)
    const { error } = only(result.records, 'error')
    expect(`${error.message} ${error.suggestions.join()}`).toMatch(/private/)
    const seen = await listener.waitFor('connection-failed')
    expect(seen.error).toMatchObject({ code: 'security', layer: 'security' })
    expect(seen.error.message).toMatch(/PSK mismatch likely/)
  })

  test.each<[string, (greeting: import('node:net').Socket) => void]>([
    ['silent', () => {}],
    ['closing', (socket) => socket.end()],
    ['resetting', (socket) => socket.resetAndDestroy()],
    ['answering with 24 bytes of its own, then garbage', (socket) => socket.write(Buffer.alloc(4096, 7))],
    ['an HTTP server', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')],
  ])('with a key, a server that is %s is 5', async (_name, greet) => {
    const server = await tcpServer(greet)
    const result = await run(['dial', '--json', '--timeout', '2s', '--psk', swarmKeyFile(), server.address])
    expect(result.code).toBe(5)
    expect(only(result.records, 'error').error.message).toMatch(/PSK mismatch likely/)
  })

  test('with a key, a refused port is still 4', async () => {
    const result = await run(['dial', '--json', '--psk', swarmKeyFile(), `/ip4/127.0.0.1/tcp/${await refusedPort()}`])
    expect(result.code).toBe(4)
  })

  test.each([
    ['dial', '--transport', 'quic', '/ip4/127.0.0.1/tcp/1'],
    ['dial', '/ip4/127.0.0.1/udp/1/quic-v1'],
    ['ping', '/ip4/127.0.0.1/udp/1/quic-v1'],
    ['listen', '/ip4/127.0.0.1/udp/0/quic-v1'],
    ['listen', '--transport', 'tcp,quic'],
  ])('over QUIC it cannot be: %s %s is 2', async (...args) => {
    const result = await run([...args, '--psk', swarmKeyFile()])
    expectOneLine(result, 2, /QUIC/)
  })

  test.each([
    ['absent', () => scratchPath('swarm.key')],
    ['no such key', () => scratchFile('hello\n')],
    ['too short', () => swarmKeyFile(Buffer.alloc(31, 1))],
    ['not hexadecimal', () => scratchFile(`/key/swarm/psk/1.0.0/\n/base16/\n${'zz'.repeat(32)}\n`)],
  ])('a pre-shared key file that is %s is 7', async (_name, file) => {
    expectOneLine(await run(['dial', nowhere, '--psk', file()]), 7, /./)
  })
})

describe('files of listen', () => {
  test('an address file that cannot be written is 7', async () => {
    const result = await run(['listen', '--json', '--address-file', '/nonexistent/folder/addresses', '--for', '20s'])
    expect(result.code).toBe(7)
    expect(only(result.records, 'error').error.code).toBe('local')
  })

  test('the address file is replaced as a whole', async () => {
    const file = scratchPath('addresses')
    writeFileSync(file, 'old\n')
    const listener = await startListener(['--address-file', file, '--echo'])
    // written once all are bound: the echo of the first peer comes after it
    await run(['dial', '--protocol', '/echo/1.0.0', listener.tcp], { input: 'x' })
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toEqual(listener.addresses)
  })

  test.each([
    ['absent', () => scratchPath('cert.pem')],
    ['no certificate', () => scratchFile('hello\n')],
  ])('a certificate that is %s is 7', async (_name, file) => {
    const result = await run([
      'listen',
      '--tls-cert',
      file(),
      '--tls-key',
      scratchFile('hello\n'),
      '/ip4/127.0.0.1/tcp/0/tls/ws',
    ])
    expectOneLine(result, 7, /./)
  })
})
